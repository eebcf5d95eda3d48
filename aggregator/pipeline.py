"""The six stages in order, and the shapes of what the pipeline is handed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from aggregator.model import (
    Article,
    Batch,
    Feed,
    FeedState,
    Known,
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


class Store(Protocol):
    """Keeps everything that happened."""

    def subscribe(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Make these the current subscriptions; feeds that went keep their articles."""
        ...

    def states(self) -> Mapping[str, FeedState]:
        """Return what polling learned, by feed id; a feed never polled is absent."""
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
    ) -> Sequence[Story]:
        """Return live stories with an article published in [since, until], newest last first."""
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
