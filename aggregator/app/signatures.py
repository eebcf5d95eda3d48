"""The signatures of articles' whole texts, kept beside their vectors.

An article comes without its text from the store once it has been told; its signature, drawn when
it came, is found again by the hash of its content.
"""

from collections.abc import Sequence
from hashlib import blake2b

from aggregator.app.vectors import VectorStore
from aggregator.match.signature import sign
from aggregator.model import Article
from aggregator.normalize.text import blocks

_NAME = "minhash 1"
"""Another way of signing has another name: its signatures cannot be compared with these."""


class Signatures:
    """Signs what comes with its text, and remembers."""

    def __init__(self, store: VectorStore) -> None:
        self._store = store

    def __call__(self, articles: Sequence[Article]) -> list[bytes]:
        """Return the signatures of articles, one each; empty where the text is short or gone."""
        digests = [_digest(article) for article in articles]
        known = dict(self._store.vectors(digests))
        new = {
            digest: signature
            for digest, article in zip(digests, articles, strict=True)
            if digest not in known and (signature := sign(_text(article)))
        }
        if new:
            self._store.keep_vectors(new)
        known |= new
        return [known.get(digest, b"") for digest in digests]


def _text(article: Article) -> str:
    """Return the text that an article brought, the fuller of two."""
    texts = ("\n".join(blocks(html)) for html in (article.content, article.summary) if html)
    return max(texts, key=len, default="")


def _digest(article: Article) -> bytes:
    said = f"{_NAME}\0{article.content_hash}"
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest()
