"""How rare a term is in the news of the last days: what rare terms share tells most."""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from math import log

BACKGROUND = 2_000
"""Passages that the shipped frequencies count for, so that a first poll knows what is common."""


class Rarity:
    """Counts the passages that hold a term."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._passages = 0

    def add(self, terms: Iterable[str]) -> None:
        """Count one passage more."""
        self._counts.update(terms)
        self._passages += 1

    def remove(self, terms: Iterable[str]) -> None:
        """Count one passage less."""
        self._counts.subtract(terms)
        self._passages -= 1

    def __call__(self, term: str) -> float:
        """Return the inverse document frequency, a natural logarithm, at least 0."""
        usual = _background().get(term, 0.0) * BACKGROUND
        return log((self._passages + BACKGROUND + 1) / (self._counts[term] + usual + 1))


@cache
def _background() -> Mapping[str, float]:
    """Return the share of passages in its language that hold a term, for the common ones."""
    packed = resources.files(__package__).joinpath("background.json.gz").read_bytes()
    shares: dict[str, float] = json.loads(gzip.decompress(packed))
    return shares
