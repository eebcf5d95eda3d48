"""Vectors less what is usual in their language: without it they mostly tell languages apart."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from aggregator.match.encoder import Encoder, Vectors

ENOUGH = 40
"""Texts whose mean is worth having: with fewer, nothing is said of any meaning."""
PLENTY = 1000
"""Texts of a language from which its mean stays as it is."""
OWN = 10
"""Texts of a language from which its own mean counts more than that of all."""


class CentredEncoder:
    """Subtracts from an encoder's vectors the mean of what was asked so far, by language.

    For an encoder whose means nobody has measured beforehand: the news of some days, with which a
    window is filled first, is sample enough.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.name = encoder.name
        self._encoder = encoder
        self._sums: dict[str, Vectors] = {}
        self._counts: Counter[str] = Counter()

    def encode(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        """Return a unit row a text; zero where there is nothing to encode, or to centre it by."""
        raw = self._encoder.encode(texts, languages)
        told = raw.any(axis=1)
        spoken = np.array(languages)
        for language in sorted(set(languages)):
            self._learn(language, raw[told & (spoken == language)])
        centred = np.zeros_like(raw)
        for language, mean in self._means().items():
            mine = told & (spoken == language)
            centred[mine] = raw[mine] - mean
        lengths = np.linalg.norm(centred, axis=1, keepdims=True)
        np.divide(centred, lengths, out=centred, where=lengths > 0)
        return centred

    def _learn(self, language: str, vectors: Vectors) -> None:
        if len(vectors) and self._counts[language] < PLENTY:
            self._sums[language] = self._sums.get(language, 0) + vectors.sum(axis=0)
            self._counts[language] += len(vectors)

    def _means(self) -> dict[str, Vectors]:
        """Return the mean of each language: the less is known of it, the nearer to that of all."""
        if self._counts.total() < ENOUGH:
            return {}
        of_all = sum(self._sums.values()) / self._counts.total()
        return {
            language: np.float32(1 / (self._counts[language] + OWN)) * (summed + OWN * of_all)
            for language, summed in self._sums.items()
        }
