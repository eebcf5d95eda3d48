"""Function words: what tells a language of the Latin script in the few words of a headline."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

WORD: Final = re.compile(r"(?![^\W\d_]\.)[^\W\d_]+")
"""A word, not the initials of "N.Y."."""
SAMPLE: Final = 300
"""Characters of a text that are looked at: fifty words."""
_ENOUGH: Final = 1.5
_CLEARLY: Final = 1.5
"""The weight of words, and the lead over the next language, that settle it without the model.

A word shared by n languages weighs 1/n.
"""


@cache
def _owners() -> dict[str, tuple[str, ...]]:
    """Read which languages each function word belongs to."""
    data = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    owners: dict[str, tuple[str, ...]] = {}
    for language, words in data.items():
        for word in dict.fromkeys(words.split()):
            owners[word] = (*owners.get(word, ()), language)
    return owners


@cache
def listed() -> frozenset[str]:
    """Return the languages whose function words are known."""
    return frozenset(language for names in _owners().values() for language in names)


def first_words(text: str) -> list[str]:
    """Return the words in the beginning of a text."""
    return WORD.findall(text[:SAMPLE])


def owners(words: Iterable[str]) -> list[tuple[str, ...]]:
    """Return, of each function word among some words, the languages that it is of."""
    known = _owners()
    return [known[word] for word in map(str.lower, words) if word in known]


def function_words(text: str) -> list[tuple[str, ...]]:
    """Return, of each function word in the beginning of a text, the languages that it is of."""
    return owners(first_words(text))


def prevailing(found: Sequence[tuple[str, ...]]) -> str | None:
    """Return the language that function words speak for clearly, or None."""
    weights: dict[str, float] = {}
    for languages in found:
        for language in languages:
            weights[language] = weights.get(language, 0.0) + 1 / len(languages)
    best, *others = sorted(weights, key=weights.__getitem__, reverse=True) or [""]
    weight, second = weights.get(best, 0.0), weights[others[0]] if others else 0.0
    return best if weight >= _ENOUGH and weight >= second * _CLEARLY else None


def evident(text: str) -> str | None:
    """Return the language of a text in Latin letters, where its function words show it."""
    return prevailing(function_words(text))
