"""Reads labelled headlines: an object a line with id, lang, title, summary, url, source, published.

Shared by scripts/fit and scripts/bench; the files are described where they lie.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aggregator.model import Article, Part, PublishedSource

GRADED = (
    "semeval22_dufour.pairs.jsonl",
    "semeval22_hfl_other.pairs.jsonl",
    "semeval22_zhen_mt.pairs.jsonl",
)
"""Files of pairs that people graded from 1, the same, to 4."""


@dataclass(frozen=True)
class Labelled:
    """An article with the story that it belongs to."""

    article: Article
    story: str
    parent: str
    """The broad story: pairs of one parent and different stories count neither way."""


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file, which may be gzipped."""
    packed = path.read_bytes()
    for line in (gzip.decompress(packed) if path.suffix == ".gz" else packed).splitlines():
        yield json.loads(line)


def read(path: Path) -> list[Labelled]:
    """Return a file's articles in order of publication; without labels each is its own story."""
    found = [
        Labelled(article(row), row.get("story") or row["id"], row.get("parent") or "")
        for row in rows(path)
    ]
    return sorted(found, key=lambda item: (item.article.published, item.article.id))


def article(row: dict[str, Any]) -> Article:
    """Return what a poll would have made of a row."""
    published = datetime.fromisoformat(row.get("published") or "2020-01-01T00:00:00+00:00")
    if published.tzinfo is None:
        published = published.replace(tzinfo=UTC)
    title, lead, language = row["title"], row.get("summary") or "", row["lang"]
    return Article(
        id=row["id"],
        feed=row.get("source") or "",
        title=title,
        language=language,
        parts=(Part(language=language, title=title, lead=lead),),
        url=row.get("url") or None,
        publisher=row.get("source") or "",
        published=published.astimezone(UTC),
        published_source=PublishedSource.FEED,
        first_seen=published.astimezone(UTC),
        content_hash=hashlib.sha256(f"{title}\n{lead}".encode()).hexdigest(),
    )
