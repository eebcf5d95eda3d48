"""Names that presses write differently, by one key: 川普, 特朗普, Трамп and Trump are one man.

The tables are ``names.txt``, which explains itself, and ``territories.txt``, which is CLDR's.
Spellings are folded when they are read.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources

from aggregator.match.text import fold, is_unspaced, tokens

NAME = "@"
"""What a key begins with: no word does."""

_LONGEST = 4
"""Words in the longest name that is looked for."""
_LONGEST_ENDING = 3
"""Letters of grammar that are cut off a name; of ASCII names one fewer, since few of those bend."""
_ARABIC_PREFIXES = ("وال", "بال", "لل", "ال", "و", "ل", "ب")


@cache
def _tables() -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return keys by spelling, and the spellings without spaces by first character."""
    keys: dict[str, str] = {}
    unspaced: dict[str, list[str]] = {}
    for name in ("names.txt", "territories.txt"):
        table = resources.files(__package__).joinpath(name).read_text("utf-8")
        for line in table.splitlines():
            if not line or line.startswith("#"):
                continue
            key, spellings = line.split(":", 1)
            for spelling in spellings.split("|"):
                keys.setdefault(" ".join(tokens(fold(spelling))), NAME + key)
    for spelling in sorted(keys, key=lambda s: (-len(s), s)):
        if is_unspaced(spelling):
            unspaced.setdefault(spelling[0], []).append(spelling)
    return keys, unspaced


def find(folded: str) -> frozenset[str]:
    """Return the keys of the names in a folded text: ``@trump``."""
    words: list[str] = []
    found: set[str] = set()
    for token in tokens(folded):
        if is_unspaced(token):
            found.update(_unspaced(token))
        else:
            words.append(token)
    found.update(_spaced(words))
    return frozenset(found)


def _unspaced(run: str) -> Iterator[str]:
    """Yield the names in a run of characters, the longest first."""
    keys, by_first = _tables()
    at = 0
    while at < len(run):
        name = next((n for n in by_first.get(run[at], ()) if run.startswith(n, at)), "")
        if name:
            yield keys[name]
        at += len(name) or 1


def _spaced(words: list[str]) -> Iterator[str]:
    """Yield the names in a list of words, the longest first."""
    at = 0
    while at < len(words):
        if not _may_begin(words[at]):
            at += 1
            continue
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            if key := _lookup(" ".join(words[at : at + length])):
                yield key
                at += length - 1
                break
        at += 1


@cache
def _beginnings() -> frozenset[str]:
    """Return the first words of all spellings."""
    return frozenset(spelling.partition(" ")[0] for spelling in _tables()[0])


@lru_cache(maxsize=16_384)
def _may_begin(word: str) -> bool:
    """Tell whether a name can begin with this word: most words, which come again, begin none."""
    first = _beginnings()
    bare = (word.removeprefix(prefix) for prefix in _ARABIC_PREFIXES if word.startswith(prefix))
    cut = (word[:-ending] for ending in range(1, _LONGEST_ENDING + 1))
    return any(form in first for form in (word, *bare, *cut))


def _lookup(phrase: str) -> str | None:
    """Return the key of a phrase, if need be without the endings and prefixes of grammar."""
    keys, _ = _tables()
    if key := keys.get(phrase):
        return key
    for prefix in _ARABIC_PREFIXES:
        if phrase.startswith(prefix) and (key := keys.get(phrase.removeprefix(prefix))):
            return key
    shortest, longest_ending = (
        (5, _LONGEST_ENDING - 1) if phrase.isascii() else (4, _LONGEST_ENDING)
    )
    for ending in range(1, min(longest_ending, len(phrase) - shortest) + 1):
        if key := keys.get(phrase[:-ending]):
            return key
    return None
