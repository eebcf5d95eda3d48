"""Parts: where a bilingual text falls apart, and which headline goes with which half."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from aggregator.model import Part
from aggregator.normalize import words
from aggregator.normalize.language import detect
from aggregator.normalize.script import LATIN, weigh
from aggregator.normalize.text import lead

_READ: Final = 20_000
"""Characters of a text that are looked at."""
_SHARE: Final = 0.2
"""The share of a text that a second language must have: less is a quotation."""
_LEAST: Final = 100
"""What it must have at least, in Latin letters: some twenty words."""
_TELLING: Final = 50
"""What a paragraph must have to show by its function words which language it is in."""
_HEADLINE: Final = 12
"""What half a headline must have."""
_SHORTEST_SENTENCE: Final = 4
"""Words of a headline in Latin letters that is more than a name."""
_ALIKE: Final = 4
"""A headline and its translation differ in length by this factor at most."""
_SENTENCE: Final = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+")
_SEPARATOR: Final = re.compile(r"(?P<plain>\s*[|｜/／‖]+\s*|\s+[-–—·•]+\s+)|\s*[(（]\s*|\s+")
"""Between a headline and its translation; brackets and spaces only where the body has both."""


class _Piece(NamedTuple):
    """A paragraph, or a sentence of a mixed one."""

    text: str
    label: str
    """Its script; its language where the text has two in Latin letters."""
    weight: int


def split(blocks: Iterable[str], title: str, hint: str | None = None) -> tuple[Part, ...]:
    """Return a text's parts, one a language, that of the title first; never none.

    ``blocks`` are its paragraphs in order. A second part must be a text of its own (a fifth of
    the whole, twenty words): names, quotations and terms in another script make none. A title of
    two languages ("中文 / English") is divided between them; a part without a headline of its own
    has the title "".
    """
    groups = _grouped(_labelled(list(_pieces(blocks))))
    titles = _titles(title, list(groups))
    order = dict.fromkeys([*(label for label in titles if label in groups), *groups, *titles])
    parts = (_part(titles.get(label, ""), groups.get(label, ()), hint) for label in order)
    return tuple(parts) or (_part(title, (), hint),)


def _part(title: str, texts: Iterable[str], hint: str | None) -> Part:
    """Make a part of its title and paragraphs."""
    beginning = lead(texts)
    return Part(language=detect(f"{title}\n{beginning}", hint), title=title, lead=beginning)


def _pieces(blocks: Iterable[str]) -> Iterator[_Piece]:
    """Yield the paragraphs, one that mixes two texts by its sentences, up to ``_READ``."""
    read = 0
    for whole in blocks:
        block = whole[:_READ]
        weights = weigh(block)
        mixed = len(weights) > 1 and sorted(weights.values())[-2] >= _LEAST
        yield from _runs(block) if mixed else (_piece(block, weights),)
        read += len(block)
        if read > _READ:
            return


def _runs(block: str) -> Iterator[_Piece]:
    """Cut a paragraph between sentences where the script changes."""
    ends = [sentence.end() for sentence in _SENTENCE.finditer(block)]
    start, current = 0, ""
    for begin, end in pairwise([0, *ends, len(block)]):
        label = _piece(block[begin:end]).label
        if current and label and label != current:
            yield _piece(block[start:begin].strip())
            start = begin
        current = label or current
    yield _piece(block[start:].strip())


def _piece(text: str, weights: dict[str, int] | None = None) -> _Piece:
    """Label a text by the script that most of it is in; figures alone have none."""
    weights = weigh(text) if weights is None else weights
    label = max(weights, key=weights.__getitem__, default="")
    return _Piece(text, label, weights.get(label, 0))


def _labelled(pieces: list[_Piece]) -> list[_Piece]:
    """Label Latin pieces by language where the text begins in one and ends in another."""
    latin = [piece for piece in pieces if piece.label == LATIN and piece.weight >= _TELLING]
    first = words.evident(latin[0].text) if len(latin) > 1 else None
    if first is None or words.evident(latin[-1].text) in {first, None}:
        return pieces
    labelled: list[_Piece] = []
    current = first
    for piece in pieces:
        if piece.label == LATIN:
            current = words.evident(piece.text) or current
            labelled.append(piece._replace(label=current))
        else:
            labelled.append(piece)
    return labelled


def _grouped(pieces: Sequence[_Piece]) -> dict[str, list[str]]:
    """Gather the texts of each label that makes a part; others stay with what they stand in."""
    weights: Counter[str] = Counter()
    for piece in pieces:
        weights[piece.label] += piece.weight
    if not weights:
        return {}
    main = weights.most_common(1)[0][0]
    least = max(_LEAST, _SHARE * weights.total())
    groups: dict[str, list[str]] = {}
    current = main
    for piece in pieces:
        if piece.label == main or weights[piece.label] >= least:
            current = piece.label
        groups.setdefault(current, []).append(piece.text)
    return groups


def _titles(title: str, labels: Sequence[str]) -> dict[str, str]:
    """Give each label its headline; ``labels`` are those of the body."""
    if not title:
        return {}
    weights = weigh(title)
    if len(labels) > 1 or len(weights) > 1:
        for separator in _SEPARATOR.finditer(title):
            halves = (title[: separator.start()], title[separator.end() :].rstrip(")）"))
            one, other = (_label(half, labels) for half in halves)
            told = one in labels and other in labels
            plain = separator["plain"] is not None or (told and _is_pure(*halves))
            if plain and one != other and _translation(*halves, told=told):
                return {one: halves[0], other: halves[1]}
    label = _label(title, labels, weights)
    if labels and label not in labels:
        own = weights.keys().isdisjoint(labels) and _is_sentence(title, label)
        label = label if own else labels[0]
    return {label: title}


def _label(text: str, labels: Sequence[str], weights: dict[str, int] | None = None) -> str:
    """Label a headline as the body's pieces are labelled."""
    label = _piece(text, weights).label
    languages = [name for name in labels if name in words.listed()]
    if label == LATIN and languages:
        found = words.function_words(text)
        return max(languages, key=lambda name: sum(name in owners for owners in found))
    return label or next(iter(labels), "")


def _is_pure(*halves: str) -> bool:
    """Tell whether each half of a title is in one script."""
    return all(len(weigh(half)) == 1 for half in halves)


def _translation(one: str, other: str, *, told: bool) -> bool:
    """Tell whether two halves of a title say one thing in two languages.

    ``told``: the body is in both. Otherwise a Latin half must be a sentence, not a name.
    """
    pieces = (_piece(one), _piece(other))
    lower, upper = sorted(piece.weight for piece in pieces)
    if lower < _HEADLINE or upper > _ALIKE * lower:
        return False
    return told or all(_is_sentence(piece.text, piece.label) for piece in pieces)


def _is_sentence(text: str, label: str) -> bool:
    """Tell a sentence from a name, which has no function word and few words at all."""
    if label != LATIN:
        return True
    return bool(words.function_words(text)) and len(words.WORD.findall(text)) >= _SHORTEST_SENTENCE
