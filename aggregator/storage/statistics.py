"""How much there is, counted by the database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Select,
    func,
    select,
    type_coerce,
)

from aggregator.model import Level, PublishedSource
from aggregator.storage.backend import Backend
from aggregator.storage.schema import articles, feeds, members, stories

DAYS = 30
"""A month: enough to see a rhythm, and when it broke."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What was published, and told first, on one day (UTC)."""

    day: date
    articles: int
    stories: int
    merged: int
    """Of the articles those that came into a story which was there already."""

    @property
    def share(self) -> float | None:
        """These of all; None where there was no article."""
        return self.merged / self.articles if self.articles else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What there is of the feeds that are counted."""

    articles: int
    stories: int
    """In which one of these feeds has an article."""
    merged: int
    """Articles that came into a story which was there already."""


class Statistics:
    """Counts of the articles of feeds that are subscribed to, but for the ``hidden`` ones."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def counts(self, hidden: Collection[str] = ()) -> Counts:
        """Count everything."""
        told = (
            select(
                func.count(),
                func.count(members.c.story.distinct()),
                func.count(members.c.level),
            )
            .select_from(articles)
            .outerjoin(members, members.c.article == articles.c.id)
            .where(_is_shown(hidden))
        )
        with self._backend.read() as connection:
            number, in_stories, merged = connection.execute(told).one()
        return Counts(articles=number, stories=in_stories, merged=merged)

    def begun(self, since: datetime) -> int:
        """Return how many stories were first stored since then, of whichever feeds."""
        query = select(func.count()).where(stories.c.updated >= since, stories.c.created >= since)
        with self._backend.read() as connection:
            return connection.scalar(query) or 0

    def days(self, hidden: Collection[str] = (), *, days: int = DAYS) -> list[Day]:
        """Return the days up to the last on which something was published, oldest first."""
        with self._backend.read() as connection:
            period = _period(connection, hidden, days)
            if period is None:
                return []
            since, last = period
            published = _day(articles.c.published)
            counts = connection.execute(
                select(published, func.count(), func.count(members.c.level))
                .select_from(articles)
                .outerjoin(members, members.c.article == articles.c.id)
                .where(articles.c.published.between(since, last), _is_shown(hidden))
                .group_by(published)
            )
            told = {day: (number, merged) for day, number, merged in counts}
            begun = _day(stories.c.first)
            shown = (
                select(members.c.article)
                .join(articles, articles.c.id == members.c.article)
                .where(members.c.story == stories.c.id, _is_shown(hidden))
                .exists()
            )
            first_told = _counted(
                connection,
                select(begun, func.count())
                .where(stories.c.first.between(since, last), shown)
                .group_by(begun),
            )
        first = (since - _EPOCH).days
        return [
            Day(
                day=since.date() + timedelta(days=number),
                articles=told.get(first + number, (0, 0))[0],
                stories=first_told.get(first + number, 0),
                merged=told.get(first + number, (0, 0))[1],
            )
            for number in range(days)
        ]

    def feeds(self, hidden: Collection[str] = (), *, days: int = DAYS) -> dict[str, list[int]]:
        """Return how many articles each feed published on the same days, oldest first."""
        found: dict[str, list[int]] = {}
        with self._backend.read() as connection:
            period = _period(connection, hidden, days)
            if period is None:
                return found
            since, last = period
            first = (since - _EPOCH).days
            published = _day(articles.c.published)
            rows = connection.execute(
                select(articles.c.feed, published, func.count())
                .where(articles.c.published.between(since, last), _is_shown(hidden))
                .group_by(articles.c.feed, published)
            )
            for feed, day, count in rows:
                found.setdefault(feed, [0] * days)[day - first] = count
        return found

    def duplicates(self, hidden: Collection[str] = ()) -> dict[str, dict[Level, int]]:
        """Return how many articles of each feed told what was there already, by its sense."""
        found: dict[str, dict[Level, int]] = {}
        with self._backend.read() as connection:
            rows = connection.execute(
                select(articles.c.feed, members.c.level, func.count())
                .join_from(members, articles, articles.c.id == members.c.article)
                .where(members.c.level.is_not(None), _is_shown(hidden))
                .group_by(articles.c.feed, members.c.level)
            )
            for feed, level, count in rows:
                found.setdefault(feed, {})[level] = count
        return found


def _counted(connection: Connection, query: Select[int, int]) -> dict[int, int]:
    return dict(connection.execute(query).all())


def _is_shown(hidden: Collection[str]) -> ColumnElement[bool]:
    """Tell whether an article is of a feed that counts."""
    return articles.c.feed.in_(
        select(feeds.c.id).where(feeds.c.subscribed, feeds.c.id.notin_(hidden))
    )


def _day(moment: Column[Any]) -> ColumnElement[int]:
    """Return the number of a moment's day since 1970 (UTC)."""
    return type_coerce(moment, BigInteger) // (timedelta(days=1) // timedelta(microseconds=1))


def _period(
    connection: Connection, hidden: Collection[str], days: int
) -> tuple[datetime, datetime] | None:
    """Return when the latest so many days begin, and the time of the last article in them.

    The last is told by dates that come from feeds, where any has one.
    """
    newest = select(func.max(articles.c.published)).where(_is_shown(hidden))
    dated = newest.where(articles.c.published_source != PublishedSource.FIRST_SEEN)
    last = connection.scalar(dated) or connection.scalar(newest)
    if last is None:
        return None
    midnight = last.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days - 1), last
