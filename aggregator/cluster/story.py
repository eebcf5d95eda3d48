"""What a story shows of its members: who represents it, and whether readers see a change."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aggregator.model import Article, Criterion, Member, Related, Story
from aggregator.negotiation import negotiate


@dataclass(frozen=True, slots=True)
class Precedence:
    """Who stands for a story: the first criterion decides, the next among equals, then the id."""

    criteria: tuple[Criterion, ...] = tuple(Criterion)
    languages: tuple[str, ...] = ()
    """The reader's, best first."""
    priorities: Mapping[str, int] = field(default_factory=dict)
    """Of feeds, 0 where it names none."""
    private: AbstractSet[str] = frozenset()
    """Feeds that nobody else is to learn of."""

    def shown(self, articles: Sequence[Article]) -> Sequence[Article]:
        """Return what others see of a story; all of it where that is nothing."""
        return [article for article in articles if article.feed not in self.private] or articles

    def representative(self, articles: Sequence[Article]) -> Article:
        """Return the article whose words stand for a story."""
        told = (part.language for article in articles for part in article.parts)
        language = negotiate(self.languages, filter(None, told))
        return min(articles, key=lambda article: self._rank(article, language))

    def _rank(self, article: Article, language: str | None) -> tuple[Any, ...]:
        ranks = {
            Criterion.LANGUAGES: all(part.language != language for part in article.parts),
            Criterion.FULLEST: -article.length.bit_length(),
            Criterion.PRIORITY: -self.priorities.get(article.feed, 0),
            Criterion.EARLIEST: article.published,
        }
        return (*(ranks[criterion] for criterion in self.criteria), article.published, article.id)


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
    *,
    id: str,  # noqa: A002  the field's name
    related: tuple[Related, ...] = (),
    precedence: Precedence,
    now: datetime,
) -> Story:
    """Return the story of these members: a new one, or what became of the one before."""
    shown = precedence.shown([member.article for member in members])
    representative = precedence.representative(shown)
    digest = fingerprint(representative, shown)
    unchanged = before is not None and before.fingerprint == digest
    return Story(
        id=id,
        members=tuple(members),
        representative=representative.id,
        created=before.created if before else now,
        updated=before.updated if before and unchanged else now,
        fingerprint=digest,
        related=related,
    )
