"""The history of polls: what came of the latest of each feed, and what a day of them came to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, select

from aggregator.model import Outcome, Poll
from aggregator.storage.backend import Backend
from aggregator.storage.schema import feeds, poll_days, polls
from aggregator.storage.upsert import Row, add_up, execute, upsert

LATEST = 20
"""Polls of a feed that are kept one by one."""

_EPOCH = date(1970, 1, 1)
_MILLISECOND = timedelta(milliseconds=1)
_POLL = [field.name for field in fields(Poll)]
_SUMS = ("polls", "unchanged", "failed", "new", "elapsed", "waited")


@dataclass(frozen=True, slots=True, kw_only=True)
class PollDay:
    """What the polls of one day (UTC) came to."""

    day: date
    polls: int = 0
    unchanged: int = 0
    failed: int = 0
    new: int = 0
    """Articles."""
    elapsed: timedelta = timedelta()
    """All together."""
    waited: timedelta = timedelta()
    """How long the feeds had been due when they were asked, all together."""

    @property
    def news(self) -> int:
        """The polls that brought something."""
        return self.polls - self.unchanged - self.failed

    @property
    def wait(self) -> timedelta:
        """How long a feed waited for its turn, on average."""
        return self.waited / self.polls if self.polls else timedelta()


class Polls:
    """Tells of the polls of feeds that are subscribed to, but for the ``hidden`` ones."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def days(
        self,
        until: datetime,
        *,
        days: int,
        hidden: Collection[str] = (),
        feed: str | None = None,
    ) -> list[PollDay]:
        """Return the last so many days, oldest first; none where there were no polls in them."""
        last = number(until)
        shown = select(feeds.c.id).where(feeds.c.subscribed, feeds.c.id.notin_(hidden))
        query = (
            select(poll_days.c.day, *(func.sum(poll_days.c[name]) for name in _SUMS))
            .where(poll_days.c.day.between(last - days + 1, last), poll_days.c.feed.in_(shown))
            .group_by(poll_days.c.day)
        )
        if feed is not None:
            query = query.where(poll_days.c.feed == feed)
        with self._backend.read() as connection:
            found = {row[0]: _day(*map(int, row)) for row in connection.execute(query)}
        if not found:
            return []
        return [found.get(day) or _day(day) for day in range(last - days + 1, last + 1)]

    def latest(
        self, *, hidden: Collection[str] = (), feed: str | None = None
    ) -> dict[str, list[Poll]]:
        """Return the latest polls of each feed, newest first, by its id."""
        query = select(polls).order_by(polls.c.feed, polls.c.at.desc())
        if feed is not None:
            query = query.where(polls.c.feed == feed)
        found: dict[str, list[Poll]] = {}
        with self._backend.read() as connection:
            for row in connection.execute(query.where(polls.c.feed.notin_(hidden))).mappings():
                found.setdefault(row["feed"], []).append(Poll(**row))
        return found


def record(connection: Connection, batch: Sequence[Poll]) -> None:
    """Write polls down, and let go of what is no longer among a feed's latest."""
    upsert(connection, polls, [_row(poll) for poll in batch])
    execute(connection, _BEYOND, [{"polled": poll.feed} for poll in batch])
    add_up(connection, poll_days, _sums(batch))


def number(moment: datetime) -> int:
    """Return the number of a moment's day since 1970 (UTC)."""
    return (moment.astimezone(UTC).date() - _EPOCH).days


def _row(poll: Poll) -> Row:
    return {name: getattr(poll, name) for name in _POLL}


def _sums(batch: Sequence[Poll]) -> list[Row]:
    """Return a row a feed and day: one statement may not meet a row twice."""
    rows: dict[tuple[int, str], Row] = {}
    for poll in batch:
        day = number(poll.at)
        row = rows.setdefault(
            (day, poll.feed), {"day": day, "feed": poll.feed, **dict.fromkeys(_SUMS, 0)}
        )
        row["polls"] += 1
        row["unchanged"] += poll.outcome is Outcome.UNCHANGED
        row["failed"] += poll.outcome is Outcome.FAILED
        row["new"] += poll.new
        row["elapsed"] += poll.elapsed // _MILLISECOND
        row["waited"] += poll.waited // _MILLISECOND
    return list(rows.values())


_OTHERS = polls.alias()
_BEYOND = delete(polls).where(
    polls.c.feed == bindparam("polled"),
    polls.c.at
    <= select(_OTHERS.c.at)
    .where(_OTHERS.c.feed == bindparam("polled"))
    .order_by(_OTHERS.c.at.desc())
    .offset(LATEST)
    .limit(1)
    .scalar_subquery(),
)


def _day(day: int, *sums: int) -> PollDay:
    total, unchanged, failed, new, elapsed, waited = sums or (0,) * len(_SUMS)
    return PollDay(
        day=_EPOCH + timedelta(days=day),
        polls=total,
        unchanged=unchanged,
        failed=failed,
        new=new,
        elapsed=elapsed * _MILLISECOND,
        waited=waited * _MILLISECOND,
    )
