"""How the feeds and the whole are doing, as pages and programs are told it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.app.aggregator import Aggregator
from aggregator.errors import NotFoundError
from aggregator.model import Feed, FeedState, Level, Poll
from aggregator.poll.standing import is_due
from aggregator.publish.privacy import feed_address
from aggregator.storage.polls import PollDay
from aggregator.storage.statistics import DAYS, Counts, Day

_PATIENCE = timedelta(hours=1)
"""After its time a feed is late: no poller runs, or not often enough."""


class Condition(StrEnum):
    """How a feed is, at a glance."""

    WELL = "well"
    WAITING = "waiting"
    """Not polled yet."""
    LATE = "late"
    """Its time has passed, and nobody polled it."""
    FAILING = "failing"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """How a feed is doing."""

    feed: Feed
    state: FeedState
    condition: Condition
    url: str | None
    """Where others can subscribe to it; None for a local file, or with credentials."""
    daily: tuple[int, ...]
    """Articles on each of the latest days, oldest first."""
    duplicates: Mapping[Level, int]
    """Its articles that told what was there already, by the sense in which they did."""
    latest: Sequence[Poll]
    """What came of its latest polls, newest first."""

    @property
    def repeated(self) -> int:
        """All its duplicates."""
        return sum(self.duplicates.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How the whole is doing."""

    feeds: Mapping[Condition, int]
    polled: datetime | None
    """When any feed was asked last."""
    next_poll: datetime | None
    queue: int
    """Feeds whose time has come."""
    failures: int
    """Failed polls in a row, of all feeds."""
    counts: Counts
    days: tuple[Day, ...]
    """The latest on which something was published, oldest first."""
    polls: tuple[PollDay, ...]
    """The latest days, oldest first; none before the first poll of them."""


def feeds_health(aggregator: Aggregator) -> tuple[FeedHealth, ...]:
    """Return how every feed that is not private is doing, in the configuration's order."""
    hidden = _hidden(aggregator)
    states = aggregator.feeds()
    statistics = aggregator.store.statistics
    daily = statistics.feeds(hidden)
    days = max(map(len, daily.values()), default=0)
    duplicates = statistics.duplicates(hidden)
    latest = aggregator.store.polls.latest(hidden=hidden)
    now = aggregator.clock()
    return tuple(
        FeedHealth(
            feed=feed,
            state=states[feed.id],
            condition=condition(states[feed.id], now),
            url=feed_address(feed),
            daily=tuple(daily.get(feed.id, (0,) * days)),
            duplicates=duplicates.get(feed.id, {}),
            latest=latest.get(feed.id, ()),
        )
        for feed in aggregator.config.feeds
        if not feed.private
    )


def overview(aggregator: Aggregator) -> Overview:
    """Return how the whole is doing; private feeds count nowhere."""
    hidden = _hidden(aggregator)
    now = aggregator.clock()
    states = [state for name, state in aggregator.feeds().items() if name not in hidden]
    conditions = [condition(state, now) for state in states]
    times = [state.next_poll for state in states]
    return Overview(
        feeds={known: conditions.count(known) for known in Condition if known in conditions},
        polled=max((state.checked for state in states if state.checked), default=None),
        next_poll=min(filter(None, times), default=None),
        queue=sum(1 for state in states if is_due(state, now)),
        failures=sum(state.failures for state in states),
        counts=aggregator.store.statistics.counts(hidden),
        days=tuple(aggregator.store.statistics.days(hidden)),
        polls=tuple(aggregator.store.polls.days(now, days=DAYS, hidden=hidden)),
    )


def feed_health(aggregator: Aggregator, name: str) -> tuple[FeedHealth, tuple[PollDay, ...]]:
    """Return how a feed that is not private is doing, and its polls day by day.

    Raises NotFoundError where there is none of that id.
    """
    for health in feeds_health(aggregator):
        if health.feed.id == name:
            days = aggregator.store.polls.days(aggregator.clock(), days=DAYS, feed=name)
            return health, tuple(days)
    raise NotFoundError(f"there is no feed {name}")


def condition(state: FeedState, now: datetime) -> Condition:
    """Tell how a feed is."""
    if state.gone:
        return Condition.GONE
    if state.error:
        return Condition.FAILING
    if state.next_poll is None:
        return Condition.WAITING
    return Condition.LATE if state.next_poll < now - _PATIENCE else Condition.WELL


def _hidden(aggregator: Aggregator) -> frozenset[str]:
    return frozenset(feed.id for feed in aggregator.config.feeds if feed.private)
