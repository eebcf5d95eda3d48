"""What the store is given at once, and what it remembers."""

from dataclasses import dataclass
from datetime import datetime

from aggregator.model.article import Article, PublishedSource
from aggregator.model.decision import Decision
from aggregator.model.feed import FeedState
from aggregator.model.poll import Poll
from aggregator.model.story import Story, Withdrawal


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store remembers of an article when a later poll brings it again."""

    id: str
    content_hash: str
    first_seen: datetime
    published: datetime
    published_source: PublishedSource
    title: str = ""
    lead: str = ""
    url: str | None = None
    """Its words and address, so that what is given to several items as their name is not."""
    versions: tuple[str, ...] = ()
    """The content hashes that it had and has, oldest first; empty where it never changed."""
    forgotten: bool = False
    """Whether it was let go for its age: what a feed still says of it is no news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What happened, to be stored in one transaction."""

    states: tuple[FeedState, ...] = ()
    polls: tuple[Poll, ...] = ()
    """That these came of."""
    articles: tuple[Article, ...] = ()
    """New, or changed in place."""
    keys: tuple[tuple[str, str, str], ...] = ()
    """(feed, key, article): names newly learned of articles already known."""
    versions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(article, ``Known.versions``) of those that changed."""
    muted: tuple[tuple[str, str | None], ...] = ()
    """(article, ``Mute.rule``) of those kept out of stories; None: it no longer is."""
    digests: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(feed, ``ParsedFeed.digests``) of the documents read: their items need no second reading."""
    stories: tuple[Story, ...] = ()
    """New or changed, whole."""
    withdrawals: tuple[Withdrawal, ...] = ()
    settled: tuple[Decision, ...] = ()
    """Decisions that these stories are the outcome of."""
