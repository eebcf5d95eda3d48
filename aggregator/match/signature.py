"""What a text is told from other texts by, in a few hundred bytes: MinHash sketches. Pure.

A text is the set of its shingles: runs of words, or of characters in scripts that put no space
between words. Of each of many orders of all shingles a sketch keeps the first that the text has;
the share of orders in which two texts keep the same one estimates the share of shingles that they
have in common (Broder 1997). What is kept is rounded to 16 bits that sort as the whole does (Yu
and Weber 2017, HyperMinHash), so that it stays known which of two came first: shingles that are
no part of what a text tells can be left out of a comparison afterwards.

A text in two scripts has a sketch of each, and is like another that has one half of it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from zlib import crc32

import numpy as np
import numpy.typing as npt

from aggregator.match.text import UNSPACED, fold

LONGEST = 30_000
"""Characters of a text that are read."""
MOST = 4096
"""Shingles of them."""
_BLOCK = 256
"""Shingles that are put in order at once: what a processor's cache holds."""

Words = npt.NDArray[np.uint64]
Minima = npt.NDArray[np.uint16]


class Kind(IntEnum):
    """What a sketch is of."""

    WORDS = 0
    CHARACTERS = 1
    NUMBERS = 2


@dataclass(frozen=True, slots=True)
class _Measure:
    run: int
    """Tokens a shingle."""
    orders: int
    """Values a sketch."""
    fewest: int
    """Shingles that a text needs: fewer are a phrase, which many texts may have."""


_MEASURES = {
    Kind.WORDS: _Measure(run=3, orders=128, fewest=60),
    Kind.CHARACTERS: _Measure(run=5, orders=128, fewest=100),
    Kind.NUMBERS: _Measure(run=1, orders=32, fewest=4),
}
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
_RUNS = re.compile(f"[{UNSPACED}{_KATAKANA}]+")
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text of one kind."""

    count: int
    """Shingles, 65,535 at most."""
    minima: Minima
    """The first in each order."""

    def agreement(self, other: "Sketch") -> float:
        """Return the share of orders in which both have the same first."""
        return int(np.count_nonzero(self.minima == other.minima)) / len(self.minima)

    def together(self, other: "Sketch") -> float:
        """Return about how many shingles there are in both: |x| + |y| = |x or y| * (1 + J)."""
        return (self.count + other.count) / (1 + self.agreement(other))

    def containment(self, other: "Sketch") -> float:
        """Return about which share of the smaller set the other has too."""
        shared = self.agreement(other) * self.together(other)
        return min(1.0, shared / min(self.count, other.count))


def sign(text: str) -> bytes:
    """Return the sketches of a plain text; empty where it is too short to be told from others."""
    folded = fold(text[:LONGEST])
    characters = "" if folded.isascii() else "".join(_RUNS.findall(folded))
    words = _WORD.findall(_RUNS.sub(" ", folded) if characters else folded)
    tokens = {
        Kind.WORDS: _hashed(words),
        Kind.CHARACTERS: np.frombuffer(characters.encode("utf-32-le"), "<u4").astype(np.uint64),
    }
    signed = b"".join(_packed(kind, _shingles(found, kind)) for kind, found in tokens.items())
    if not signed:
        return b""
    return signed + _packed(Kind.NUMBERS, _shingles(_hashed(_NUMBER.findall(folded)), Kind.NUMBERS))


def read(signature: bytes) -> Mapping[Kind, Sketch]:
    """Return the sketches of a signature."""
    return dict(_read(signature))


def _read(signature: bytes) -> Iterator[tuple[Kind, Sketch]]:
    values = np.frombuffer(signature, "<u2")
    start = 0
    while start < len(values):
        kind = Kind(int(values[start]))
        end = start + 2 + _MEASURES[kind].orders
        yield kind, Sketch(int(values[start + 1]), values[start + 2 : end])
        start = end


def _packed(kind: Kind, shingles: Words) -> bytes:
    """Return a sketch as it is stored: kind, count and minima, 16 bits each."""
    if len(shingles) < _MEASURES[kind].fewest:
        return b""
    head = np.array([kind, min(len(shingles), 0xFFFF)], "<u2")
    return head.tobytes() + _minima(shingles, _MEASURES[kind].orders).astype("<u2").tobytes()


def _hashed(tokens: list[str]) -> Words:
    return np.array([crc32(token.encode("utf-8", "surrogatepass")) for token in tokens], np.uint64)


def _shingles(tokens: Words, kind: Kind) -> Words:
    """Return the distinct runs of tokens, as numbers."""
    run = _MEASURES[kind].run
    length = min(len(tokens) - run + 1, MOST)
    if length <= 0:
        return tokens[:0]
    mixed = _mixed(tokens)
    shingles = np.zeros(length, np.uint64)
    for place in range(run):
        shingles = _mixed(shingles + mixed[place : place + length])
    return np.unique(shingles)


def _minima(shingles: Words, orders: int) -> Minima:
    """Return the first of some shingles in each order, its place in it rounded to 16 bits."""
    least = np.full(orders, np.iinfo(np.uint64).max)
    for start in range(0, len(shingles), _BLOCK):
        # Multiply-shift hashing (Dietzfelbinger et al. 1997): the upper half is well mixed.
        places = shingles[start : start + _BLOCK, None] * _FACTORS[:orders] + _SUMMANDS[:orders]
        least = np.minimum(least, places.min(axis=0))
    # A float of 32 bits sorts as its bits do; these are 5 of its exponent and 11 of its fraction.
    written = ((least >> np.uint64(32)) + np.uint64(1)).astype(np.float32).view(np.uint32)
    rounded = (written - np.uint32(127 << 23)) >> np.uint32(12)
    minima: Minima = np.minimum(rounded, 0xFFFF).astype(np.uint16)
    return minima


def _mixed(numbers: Words) -> Words:
    """Return numbers of which every bit depends on every bit (SplitMix64, Steele et al. 2014)."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


_ORDERS = max(measure.orders for measure in _MEASURES.values())
_FACTORS = _mixed(np.arange(_ORDERS, dtype=np.uint64)) | np.uint64(1)
_SUMMANDS = _mixed(np.arange(_ORDERS, 2 * _ORDERS, dtype=np.uint64))
