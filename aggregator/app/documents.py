"""Articles as they are compared, kept beside their vectors: each is prepared once.

A run that starts anew needs every article of the last days. What is kept of one is found again by
all that is known of it and by the code and data of matching: of whatever changed nothing is found,
nor of what cannot be read, and then it is prepared again.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import fields, replace
from functools import cache
from hashlib import blake2b
from importlib import metadata, resources
from operator import attrgetter
from zlib import compress, decompress, error

from pydantic import TypeAdapter

import aggregator.match
from aggregator.app.signatures import Signatures
from aggregator.app.vectors import VectorStore
from aggregator.match.features import Document, prepare
from aggregator.model import Article

_SOURCES = (".py", ".txt", ".json")
_known_of = attrgetter(*(f.name for f in fields(Article) if f.name not in {"summary", "content"}))
"""All that comes from the store with every article; the hash of its content stands for the rest."""


class Documents:
    """Prepares what is new, and remembers."""

    def __init__(self, store: VectorStore) -> None:
        self._store = store
        self._signatures = Signatures(store)

    def __call__(self, articles: Sequence[Article]) -> list[Document]:
        """Return articles as they are compared, one each."""
        digests = [_digest(article) for article in articles]
        kept = self._store.vectors(digests)
        known = {digest: document for digest in kept if (document := _read(kept[digest]))}
        new = {
            digest: prepare(article)
            for digest, article in zip(digests, articles, strict=True)
            if digest not in known
        }
        if written := {digest: w for digest in new if (w := _written(new[digest]))}:
            self._store.keep_vectors(written)
        known |= new
        return [
            replace(known[digest], signature=signature)
            for digest, signature in zip(digests, self._signatures(articles), strict=True)
        ]


def _digest(article: Article) -> bytes:
    said = f"{_version()}\0{_known_of(article)!r}"
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@cache
def _version() -> str:
    """Name the code and the data that articles are prepared by."""
    sources = sorted(resources.files(aggregator.match).iterdir(), key=attrgetter("name"))
    written = b"\0".join(s.read_bytes() for s in sources if s.name.endswith(_SOURCES))
    tables = f"{metadata.version('opencc')} {unicodedata.unidata_version}"
    return f"document {blake2b(written, digest_size=16).hexdigest()} {tables}"


@cache
def _format() -> TypeAdapter[Document]:
    return TypeAdapter(Document)


def _written(document: Document) -> bytes | None:
    """Return what is kept of a document; None where it holds what JSON cannot (lone surrogates)."""
    try:
        return compress(_format().dump_json(document))
    except ValueError:
        return None


def _read(kept: bytes) -> Document | None:
    """Return a document, None where this is none."""
    try:
        return _format().validate_json(decompress(kept))
    except (error, ValueError):
        return None
