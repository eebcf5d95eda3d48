"""An encoder that remembers: a text is encoded once, however often the program starts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Protocol

import numpy as np

from aggregator.match.encoder import Encoder, Vectors

_STORED = np.float16
"""Half of what is computed with: 1 KiB a text."""


class VectorStore(Protocol):
    """What keeps vectors, by the digests of their texts."""

    def vectors(self, digests: Iterable[bytes]) -> Mapping[bytes, bytes]:
        """Return those that are kept."""
        ...

    def keep_vectors(self, vectors: Mapping[bytes, bytes]) -> None:
        """Keep these too."""
        ...


class RememberingEncoder:
    """Asks the store before it asks the model, which is loaded when first needed.

    A vector is the same whether it was just computed or stored last week: both are rounded.
    """

    def __init__(self, name: str, load: Callable[[], Encoder], store: VectorStore) -> None:
        """Take the model's name, what loads it (it takes a second, and 160 MB), and the store."""
        self.name = name
        self._load = load
        self._store = store
        self._encoder: Encoder | None = None

    def encode(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        """Return a unit row a text, zero where there is nothing to encode."""
        digests = [self._digest(*told) for told in zip(texts, languages, strict=True)]
        known = self._store.vectors(digests)
        missing = [n for n, digest in enumerate(digests) if digest not in known]
        if missing:
            if self._encoder is None:
                self._encoder = self._load()
            rows = self._encoder.encode(
                [texts[n] for n in missing], [languages[n] for n in missing]
            ).astype(_STORED)
            new = {digests[n]: row.tobytes() for n, row in zip(missing, rows, strict=True)}
            self._store.keep_vectors(new)
            known = {**known, **new}
        stored = np.frombuffer(b"".join(known[digest] for digest in digests), _STORED)
        return stored.reshape(len(texts), -1).astype(np.float32)

    def _digest(self, text: str, language: str) -> bytes:
        """Name a text for this model: another model's vector is no answer."""
        said = f"{self.name}\0{language}\0{text}"
        return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest()
