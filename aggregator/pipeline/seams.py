"""The shapes of what the pipeline is handed: the clock, the network, the parser and the store."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Protocol

from aggregator.model import (
    Article,
    Batch,
    Decision,
    Feed,
    FeedState,
    Known,
    ParsedFeed,
    Request,
    Response,
    Story,
)


class Clock(Protocol):
    """Tells the time: the only way to learn it below the composition root."""

    def __call__(self) -> datetime:
        """Return the time, aware, in UTC."""
        ...


class Fetcher(Protocol):
    """Makes requests, many at once, politely."""

    def fetch(self, requests: Sequence[Request]) -> Iterator[Response]:
        """Yield one response a request, in the order in which they complete; never raise."""
        ...


class Parser(Protocol):
    """Reads documents: ``aggregator.parse.parse``, or that in a process of its own."""

    def __call__(self, response: Response, seen: AbstractSet[str], /) -> ParsedFeed:
        """Read what a response brought, without the items of these digests; raise ParseError."""
        ...


class Decisions(Protocol):
    """Keeps what people said of which articles are one story."""

    def all(self) -> Sequence[Decision]:
        """Return every decision, the oldest first, those that were undone too."""
        ...


class Muted(Protocol):
    """Keeps which articles stand in no story for words that they hold."""

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Return how many articles of each feed each rule mutes."""
        ...

    def articles(self, feed: str, rule: str) -> Sequence[Article]:
        """Return the articles of a feed that a rule mutes."""
        ...

    def among(self, ids: Iterable[str]) -> AbstractSet[str]:
        """Return which of these articles are muted."""
        ...


class Store(Protocol):
    """Keeps everything that happened."""

    @property
    def muted(self) -> Muted:
        """Which articles stand in no story."""
        ...

    @property
    def decisions(self) -> Decisions:
        """What people said; others may add to it at any time."""
        ...

    def subscribe(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Make these the current subscriptions; feeds that went keep their articles."""
        ...

    def states(self) -> Mapping[str, FeedState]:
        """Return what polling learned, by feed id; a feed never polled is absent."""
        ...

    def digests(self, feeds: Iterable[str]) -> Mapping[str, AbstractSet[str]]:
        """Return the digests of the items in each feed's last document, where they are known."""
        ...

    def known(self, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Known]:
        """Return the articles known under these (feed, key) names."""
        ...

    def stories(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        content: bool = True,
    ) -> Sequence[Story]:
        """Return live stories with an article published in [since, until], newest last first.

        Without ``content`` their articles have neither summary nor content.
        """
        ...

    def stories_at(self, urls: Iterable[str]) -> Sequence[Story]:
        """Return live stories with an article at one of these canonical urls, without content."""
        ...

    def stories_of(self, articles: Iterable[str]) -> Sequence[Story]:
        """Return the live stories that articles stand in, without content."""
        ...

    def story_of(self, article: str) -> Story | None:
        """Return the live story that an article stands in."""
        ...

    def find_articles(self, name: str) -> Sequence[Article]:
        """Return the articles with this id, id prefix (4 or more digits), guid or url."""
        ...

    def save(self, batch: Batch) -> None:
        """Store it all, or nothing."""
        ...
