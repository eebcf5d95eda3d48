"""Texts that may resemble each other, found without comparing any: locality-sensitive hashing.

A sketch falls into bands of four values; texts of which one band is equal are candidates (Indyk
and Motwani 1998). Of those that resemble each other by half 87 in 100 are found, by three quarters
all but 1 in 100,000. An article costs some microseconds, and half a kilobyte, however many others
there are.
"""

from array import array
from collections import Counter
from collections.abc import Iterator

import numpy as np

from aggregator.match.signature import Kind, Minima

MOST = 24
"""Texts that are found at most, and looked at a band, the latest: a flood costs no more."""

_BANDS = 32
_BAND = "<u8"
"""Four values of 16 bits."""
_SLOT_BITS = 20
"""Of the table's size: four bytes a slot."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio (Knuth, The Art of Computer Programming, section 6.4)."""


class Bands:
    """The bands of many texts, a hash table of chains. A text goes by its number, from 0."""

    def __init__(self) -> None:
        self._latest = array("i", [-1]) * (1 << _SLOT_BITS)
        """By slot: the latest entry, which is a band of a text."""
        self._before = array("i")
        """By entry: the one before it in its slot."""

    def add(self, kind: Kind, minima: Minima) -> None:
        """Take the next text in."""
        first = len(self._before)
        for entry, slot in enumerate(_slots(kind, minima), first):
            self._before.append(self._latest[slot])
            self._latest[slot] = entry

    def find(self, kind: Kind, minima: Minima) -> list[int]:
        """Return the texts that have most bands in common with this one; a few by accident."""
        hits = Counter(text for slot in _slots(kind, minima) for text in self._chain(slot))
        return [text for text, _ in hits.most_common(MOST)]

    def _chain(self, slot: int) -> Iterator[int]:
        """Yield the latest texts of a slot."""
        entry = self._latest[slot]
        for _ in range(MOST):
            if entry < 0:
                return
            yield entry // _BANDS
            entry = self._before[entry]


def _slots(kind: Kind, minima: Minima) -> list[int]:
    """Return where the bands of a sketch stand: equal bands at one place are of one slot."""
    bands = minima.view(_BAND).astype(np.uint64)
    places = np.arange(_BANDS * kind, _BANDS * (kind + 1), dtype=np.uint64)
    mixed = ((bands ^ (bands >> np.uint64(29))) + places) * _FACTOR
    slots: list[int] = (mixed >> np.uint64(64 - _SLOT_BITS)).tolist()
    return slots
