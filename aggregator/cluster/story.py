"""What a story shows of its members: who represents it, and whether readers see a change."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from aggregator.model import Article, Member, Story


def represent(articles: Sequence[Article], priorities: Mapping[str, int]) -> Article:
    """Return the article whose words stand for a story.

    The fullest text first (texts within a factor of two count as equal), then the priority of
    its feed, then the earliest, then the id.
    """
    return min(
        articles,
        key=lambda article: (
            -article.length.bit_length(),
            -priorities.get(article.feed, 0),
            article.published,
            article.id,
        ),
    )


def fingerprint(representative: Article, articles: Sequence[Article]) -> str:
    """Return a digest of what readers see: the representative's text, and who else reports.

    Summary and content count by their hash: an article may come without them from the store.
    """
    seen = [
        [representative.title, representative.content_hash, representative.link],
        sorted([a.link or "", a.title, a.publisher, a.language or ""] for a in articles),
    ]
    return hashlib.sha256(json.dumps(seen, ensure_ascii=False).encode()).hexdigest()


def tell(
    before: Story | None,
    members: Sequence[Member],
    priorities: Mapping[str, int],
    draw_id: Callable[[], str],
    now: datetime,
) -> Story:
    """Return the story of these members: a new one, or what became of the one before."""
    articles = [member.article for member in members]
    representative = represent(articles, priorities)
    digest = fingerprint(representative, articles)
    unchanged = before is not None and before.fingerprint == digest
    return Story(
        id=before.id if before else draw_id(),
        members=tuple(members),
        representative=representative.id,
        created=before.created if before else now,
        updated=before.updated if before and unchanged else now,
        fingerprint=digest,
    )
