"""What the passages of a window mean, as vectors less what the news of these days has in common."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from aggregator.match.encoder import Encoder, Vectors
from aggregator.match.features import Passage

UNRELATED = 500
"""Passages of unrelated news that the encoder's own mean counts for, beside those of the window."""

Halves = npt.NDArray[np.float16]
"""Vectors as the store keeps them, too (app.vectors): they are read when rows are written anew."""


class Meanings:
    """The vectors of passages, a row each, in the order in which they came.

    Where one of two passages has a lead and the other is a headline alone, headlines are compared:
    what a lead tells moves a vector far from that of the headline which it stands under. Such a
    headline is encoded when it is first asked for, as in most windows none is.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._clear()

    def _clear(self) -> None:
        self._passages: list[Passage] = []
        self._encoded: Halves = np.empty((0, 0), np.float16)
        self._vectors: Vectors = np.empty((0, 0), np.float32)
        self._headlines: dict[int, Vectors] = {}
        self._sums: dict[str, Vectors] = {}
        self._counts: Counter[str] = Counter()

    def add(self, passages: Sequence[Passage]) -> None:
        """Take passages in, a row each."""
        if passages:
            languages = [passage.language for passage in passages]
            self._take(passages, self._encoder.encode([p.encoded for p in passages], languages))

    def keep(self, rows: Sequence[int]) -> None:
        """Drop all rows but these, which stand in this order then, counted anew."""
        passages = [self._passages[row] for row in rows]
        encoded = self._encoded[rows].astype(np.float32)
        self._clear()
        if passages:
            self._take(passages, encoded)

    def _take(self, passages: Sequence[Passage], encoded: Vectors) -> None:
        languages = np.array([passage.language for passage in passages])
        for language in sorted(set(languages)):
            mine = (languages == language) & encoded.any(axis=1)
            self._sums[language] = self._sums.get(language, 0) + encoded[mine].sum(axis=0)
            self._counts[language] += int(mine.sum())
        width = encoded.shape[1]
        halves = encoded.astype(np.float16)
        self._passages += passages
        self._encoded = np.concatenate((self._encoded.reshape(-1, width), halves))
        centred = self._centred(encoded, passages)
        self._vectors = np.concatenate((self._vectors.reshape(-1, width), centred))

    def _centred(self, vectors: Vectors, passages: Sequence[Passage]) -> Vectors:
        """Return vectors less what the news of these days has in common, by language.

        In a month of one topic all lie near each other; what tells events apart is the rest.
        """
        means = [
            self._sums[p.language] / np.float32(self._counts[p.language] + UNRELATED)
            for p in passages
        ]
        centred = np.where(vectors.any(axis=1, keepdims=True), vectors - means, np.float32(0))
        lengths = np.linalg.norm(centred, axis=1, keepdims=True)
        np.divide(centred, lengths, out=centred, where=lengths > 0)
        return centred

    def cosine(self, row: int, other: int) -> float:
        """Return the cosine of two passages, whole."""
        return float(self._vectors[row] @ self._vectors[other])

    def to_all(self, rows: Sequence[int]) -> Vectors:
        """Return the cosines of some passages (rows) to all (columns), whole."""
        return self._vectors[rows] @ self._vectors.T

    def cosines(self, rows: range, others: range) -> Vectors:
        """Return the cosines of one article's passages (rows) and another's (columns)."""
        found = self._vectors[rows.start : rows.stop] @ self._vectors[others.start : others.stop].T
        if uneven := list(self._uneven(rows, others)):
            self.ready([(rows, others)])
            for row, other in uneven:
                x, y = (self._headlines.get(n, self._vectors[n]) for n in (row, other))
                found[row - rows.start, other - others.start] = x @ y
        return found

    def ready(self, pairs: Iterable[tuple[range, range]]) -> None:
        """Encode, at once, the headlines that are asked for when these are compared."""
        missing = sorted(
            {
                row
                for rows, others in pairs
                for pair in self._uneven(rows, others)
                for row in pair
                if self._passages[row].has_lead and row not in self._headlines
            }
        )
        if missing:
            passages = [self._passages[row] for row in missing]
            encoded = self._encoder.encode(
                [passage.headline for passage in passages],
                [passage.language for passage in passages],
            )
            self._headlines |= zip(missing, self._centred(encoded, passages), strict=True)

    def _uneven(self, rows: range, others: range) -> Iterator[tuple[int, int]]:
        """Yield the pairs of which one has a lead and the other none."""
        for row in rows:
            for other in others:
                if self._passages[row].has_lead != self._passages[other].has_lead:
                    yield row, other
