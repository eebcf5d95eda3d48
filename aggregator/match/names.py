"""Names that presses write differently, by one key: 川普, 特朗普, Трамп and Trump are one man.

The tables are ``names.txt``, which explains itself, ``territories.txt``, the countries of CLDR, and
``places.txt``, the cities of GeoNames and CLDR. Where two hold a spelling the first has it.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources

from aggregator.match.text import UNSPACED, fold, is_unspaced, tokens

NAME = "@"
"""What a key begins with: no word does."""

_NOBODY = "@-"
"""What names nothing and hides what seems to stand in it: Haiti, 海地, in 沿海地区."""
_BY_HAND = "names.txt"
TABLES = (_BY_HAND, "territories.txt", "places.txt")

_LONGEST_ENDING = 3
"""Letters of grammar that are cut off a name; of ASCII names one fewer, since few of those bend."""
_ARABIC_PREFIXES = ("وال", "بال", "لل", "ال", "و", "ل", "ب")
_DOT = re.compile(rf"(?<=[{UNSPACED}])[.·•‧・](?=[{UNSPACED}])")
"""What Chinese puts between the parts of a foreign name, or leaves out: 查理·柯克, 查理柯克."""
_CAPITALS = re.compile(r"\b(U)([SN])\b(?!\.)")


def spelled(name: str) -> str:
    """Return a spelling as it is looked for: folded, its words with a space between them."""
    return " ".join(_words(fold(name)))


def read(table: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the lines of a table: keys, and spellings as they are looked for.

    Scripts write them in that form, which saves half the time.
    """
    text = resources.files(__package__).joinpath(table).read_text("utf-8")
    by_hand = table == _BY_HAND
    for line in (fold(text) if by_hand else text).splitlines():
        if line and not line.startswith("#"):
            keys, spellings = line.split(": ", 1)
            some = spellings.split(" | ")
            yield keys.split(), [" ".join(_words(s)) for s in some] if by_hand else some


@cache
def _tables() -> tuple[dict[str, list[str]], dict[str, list[int]]]:
    """Return keys by spelling, and how long those without spaces are, by first character."""
    keys: dict[str, list[str]] = {}
    for table in TABLES:
        for bare, spellings in read(table):
            named = [NAME + key for key in bare]
            for spelling in spellings:
                keys.setdefault(spelling, named)
    lengths: dict[str, set[int]] = {}
    for spelling in filter(is_unspaced, keys):
        lengths.setdefault(spelling[0], set()).add(len(spelling))
    return keys, {first: sorted(some, reverse=True) for first, some in lengths.items()}


def spell_out(text: str) -> str:
    """Return a text whose US and UN stay names when case is folded: us and un are words.

    In a text all in capitals nothing tells them apart.
    """
    if text.isupper():
        return text
    return _CAPITALS.sub(r"\1.\2.", text)


def find(folded: str) -> frozenset[str]:
    """Return the keys of the names in a folded text: ``@trump``."""
    spaced: list[str] = []
    found: set[str] = set()
    for word in _words(folded):
        if is_unspaced(word):
            found.update(_unspaced(word))
        else:
            spaced.append(word)
    found.update(_spaced(spaced))
    found.discard(_NOBODY)
    return frozenset(found)


def _unspaced(run: str) -> Iterator[str]:
    """Yield the names in a run of characters, the longest first."""
    keys, lengths = _tables()
    at = 0
    while at < len(run):
        for length in lengths.get(run[at], ()):
            if named := keys.get(run[at : at + length]):
                yield from named
                at += length - 1
                break
        at += 1


def _words(folded: str) -> list[str]:
    """Return the words of a folded text, with a name's parts that only a dot parts as one."""
    return tokens(folded if folded.isascii() else _DOT.sub("", folded))


def _spaced(words: list[str]) -> Iterator[str]:
    """Yield the names in a list of words, the longest first."""
    at = 0
    while at < len(words):
        for length in range(min(_reach(words[at]), len(words) - at), 0, -1):
            if named := _lookup(" ".join(words[at : at + length])):
                yield from named
                at += length - 1
                break
        at += 1


@cache
def _beginnings() -> dict[str, int]:
    """Return the first words of all spellings, with the words of the longest that it begins."""
    longest: dict[str, int] = {}
    for spelling in _tables()[0]:
        first = spelling.partition(" ")[0]
        longest[first] = max(longest.get(first, 0), spelling.count(" ") + 1)
    return longest


@lru_cache(maxsize=16_384)
def _reach(word: str) -> int:
    """Return how many words a name can have that begins with this one: most words begin none."""
    longest = _beginnings()
    bare = (word.removeprefix(prefix) for prefix in _ARABIC_PREFIXES if word.startswith(prefix))
    cut = (word[:-ending] for ending in range(1, _LONGEST_ENDING + 1))
    return max(longest.get(form, 0) for form in (word, *bare, *cut))


@lru_cache(maxsize=16_384)
def _lookup(phrase: str) -> list[str] | None:
    """Return the keys of a phrase, if need be without the endings and prefixes of grammar."""
    keys, _ = _tables()
    if named := keys.get(phrase):
        return named
    for prefix in _ARABIC_PREFIXES:
        if phrase.startswith(prefix) and (named := keys.get(phrase.removeprefix(prefix))):
            return named
    shortest, longest_ending = (
        (5, _LONGEST_ENDING - 1) if phrase.isascii() else (4, _LONGEST_ENDING)
    )
    for ending in range(1, min(longest_ending, len(phrase) - shortest) + 1):
        if named := keys.get(phrase[:-ending]):
            return named
    return None
