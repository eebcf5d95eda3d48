"""What is not kept for ever: old stories with their articles, and what nobody asks for any more.

An article that goes leaves its keys, date, title and address behind (``forgotten``): its feed may
carry it for years, and it must not come back as news. That goes too once so many newer ones of its
feed are gone that the feed cannot carry it any more.
"""

from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, exists, func, or_, select

from aggregator.model import PublishedSource
from aggregator.storage import editions
from aggregator.storage.backend import Backend
from aggregator.storage.polls import number
from aggregator.storage.publications import IS_UNARCHIVED
from aggregator.storage.schema import (
    article_keys,
    article_names,
    article_versions,
    articles,
    decisions,
    deliveries,
    feed_items,
    feed_states,
    feeds,
    forgotten,
    forgotten_keys,
    hub_subscriptions,
    members,
    muted,
    notices,
    outbox,
    poll_days,
    polls,
    publications,
    relations,
    searchable,
    stories,
    vectors,
    withdrawals,
)
from aggregator.storage.upsert import insert_from

VECTORS = 150_000
"""Vectors kept, and signatures: those of the last days' articles are asked for, of 1 KiB each."""
FORGOTTEN = 500
"""Articles of a feed that are known after they went, the newest, or twice what it carries.

Twice as many may be there: who lets some go looks through the names of all.
"""
_CHUNK = 200
"""Stories, or articles, a transaction: others that write wait no longer than for a batch."""
_LEFT = ["id", "feed", "published", "title", "url"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """How much went."""

    stories: int = 0
    articles: int = 0
    feeds: int = 0
    """Unsubscribed ones of which nothing was left."""
    vectors: int = 0
    messages: int = 0
    """Never sent, or never read."""

    def __bool__(self) -> bool:
        return any(astuple(self))


class Pruning:
    """Lets go of what is older than a time, and beyond so many ``vectors`` and ``forgotten``."""

    def __init__(
        self, backend: Backend, *, vectors: int = VECTORS, forgotten: int = FORGOTTEN
    ) -> None:
        self._backend = backend
        self._vectors = vectors
        self._forgotten = forgotten

    def newest(self) -> datetime | None:
        """Return the latest date that a feed gives, where any does: our clock may be wrong."""
        newest = select(articles.c.published).order_by(articles.c.published.desc()).limit(1)
        dated = newest.where(articles.c.published_source != PublishedSource.FIRST_SEEN)
        with self._backend.read() as connection:
            found: datetime | None = connection.scalar(dated) or connection.scalar(newest)
        return found

    def end_of(self, count: int) -> datetime | None:
        """Return the time before which stories are beyond the ``count`` newest; None: none is."""
        newest_first = select(stories.c.last).order_by(stories.c.last.desc(), stories.c.id)
        with self._backend.read() as connection:
            found: datetime | None = connection.scalar(newest_first.offset(count - 1).limit(1))
        return found

    def prune(
        self,
        before: datetime,
        *,
        spared: Collection[str] = (),
        archiving: bool,
        most: int | None = None,
    ) -> Pruned:
        """Let go of stories not reported on, and unchanged, since before then; of ``most`` a call.

        They go whole: a member of a story that stays does too. So do ``spared`` stories and, where
        what is published is archived (``archiving``), those that still wait for an archive. With
        them go muted articles as old, the history of polls, messages nobody took, and the oldest
        vectors.
        """
        told = self._in_chunks(_old_stories(before, spared, archiving=archiving), _drop, most)
        alone = self._in_chunks(_old_articles(before), _forget, most)
        with self._backend.write() as connection:
            _bury(connection, before, archiving=archiving)
            _deleted(connection, poll_days, poll_days.c.day < number(before))
            _drop_notices(connection)
            _drop_decisions(connection)
            _drop_forgotten(connection, self._forgotten)
            return Pruned(
                stories=told[0],
                articles=told[1] + alone[1],
                feeds=_drop_feeds(connection),
                vectors=_drop_vectors(connection, self._vectors),
                messages=_drop_messages(connection, before),
            )

    def _in_chunks(self, query: Select[Any], drop: Any, most: int | None) -> tuple[int, int]:
        """Drop what a query chooses; return how many it chose, and how many articles went."""
        chosen = went = 0
        while most is None or chosen < most:
            with self._backend.write() as connection:
                ids = connection.scalars(query.limit(_CHUNK)).all()
                went += drop(connection, ids)
            chosen += len(ids)
            if len(ids) < _CHUNK:
                break
        return chosen, went


def _old_stories(before: datetime, spared: Collection[str], *, archiving: bool) -> Select[Any]:
    old = (
        select(stories.c.id)
        .where(stories.c.last < before, stories.c.updated < before)
        .where(stories.c.id.not_in(spared))
        .order_by(stories.c.last)
    )
    waits = exists().where(publications.c.story == stories.c.id, IS_UNARCHIVED)
    return old.where(~waits) if archiving else old


def _old_articles(before: datetime) -> Select[Any]:
    """Choose articles that stand in no story: muted ones."""
    in_story = exists().where(members.c.article == articles.c.id)
    return select(articles.c.id).where(
        articles.c.published < before, articles.c.first_seen < before, ~in_story
    )


def _drop(connection: Connection, ids: Sequence[str]) -> int:
    """Drop stories with their articles; return how many of these there were."""
    told = connection.scalars(select(members.c.article).where(members.c.story.in_(ids))).all()
    connection.execute(delete(members).where(members.c.story.in_(ids)))
    connection.execute(delete(publications).where(publications.c.story.in_(ids)))
    connection.execute(delete(stories).where(stories.c.id.in_(ids)))
    editions.note(connection, ids)
    for start in range(0, len(told), _CHUNK):
        _forget(connection, told[start : start + _CHUNK])
    return len(told)


def _forget(connection: Connection, ids: Sequence[str]) -> int:
    """Drop articles but for what they are known by."""
    going = articles.c.id.in_(ids)
    insert_from(connection, forgotten, select(*(articles.c[name] for name in _LEFT)).where(going))
    keys = select(article_keys).where(article_keys.c.article.in_(ids))
    insert_from(connection, forgotten_keys, keys)
    editions.note_followers(connection, ids)
    connection.execute(delete(relations).where(relations.c.a.in_(ids) | relations.c.b.in_(ids)))
    for table in (article_keys, article_names, article_versions, muted, searchable):
        connection.execute(delete(table).where(table.c.article.in_(ids)))
    connection.execute(delete(articles).where(going))
    return len(ids)


def _bury(connection: Connection, before: datetime, *, archiving: bool) -> None:
    """Drop what tells where withdrawn stories went, once what they went into is gone too."""
    other = withdrawals.alias()
    lives = exists().where(stories.c.id == withdrawals.c.survivor)
    leads_on = exists().where(other.c.story == withdrawals.c.survivor)
    waits = exists().where(
        publications.c.story == withdrawals.c.story,
        or_(publications.c.archived.is_(None), publications.c.archived != withdrawals.c.at),
    )
    old = select(withdrawals.c.story).where(withdrawals.c.at < before, ~lives, ~leads_on)
    ids = connection.scalars(old.where(~waits) if archiving else old).all()
    if ids:
        editions.forget(connection)
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        connection.execute(delete(publications).where(publications.c.story.in_(chunk)))
        connection.execute(delete(withdrawals).where(withdrawals.c.story.in_(chunk)))


def _drop_notices(connection: Connection) -> None:
    """Drop those of stories that are gone, and whose ids no longer lead to one that is there."""
    lives = exists().where(stories.c.id == notices.c.story)
    leads_on = exists().where(withdrawals.c.story == notices.c.story)
    connection.execute(delete(notices).where(~lives, ~leads_on))


def _drop_decisions(connection: Connection) -> None:
    """Drop those that no longer bind: what they were about, or spoke it to, is gone."""
    said = connection.execute(select(decisions.c.number, decisions.c.articles, decisions.c.others))
    about = {row.number: (row.articles, row.others) for row in said}
    named = list({name for sides in about.values() for side in sides for name in side})
    there: set[str] = set()
    for start in range(0, len(named), _CHUNK):
        chosen = articles.c.id.in_(named[start : start + _CHUNK])
        there.update(connection.scalars(select(articles.c.id).where(chosen)))
    gone = [number for number, sides in about.items() if any(map(there.isdisjoint, sides))]
    connection.execute(delete(decisions).where(decisions.c.number.in_(gone)))


def _drop_forgotten(connection: Connection, least: int) -> None:
    """Drop what is left of articles that no feed can carry any more; so many of each stay."""
    crowd = func.count() > 2 * least
    for feed in connection.scalars(
        select(forgotten.c.feed).group_by(forgotten.c.feed).having(crowd)
    ).all():
        carried = connection.scalar(select(feed_items.c.digests).where(feed_items.c.feed == feed))
        newest_first = (
            select(forgotten.c.id)
            .where(forgotten.c.feed == feed)
            .order_by(forgotten.c.published.desc(), forgotten.c.id)
        )
        kept = max(least, 2 * len(carried or ()))
        _forget_wholly(connection, newest_first.offset(kept))


def _forget_wholly(connection: Connection, ids: Select[Any]) -> None:
    """Drop what is left of these articles."""
    connection.execute(delete(forgotten_keys).where(forgotten_keys.c.article.in_(ids)))
    connection.execute(delete(forgotten).where(forgotten.c.id.in_(ids)))


def _drop_feeds(connection: Connection) -> int:
    """Drop feeds that nobody subscribes to and of which nothing else is left."""
    ids = connection.scalars(
        select(feeds.c.id).where(
            ~feeds.c.subscribed,
            *(
                ~exists().where(table.c.feed == feeds.c.id)
                for table in (articles, hub_subscriptions, deliveries)
            ),
        )
    ).all()
    if ids:
        _forget_wholly(connection, select(forgotten.c.id).where(forgotten.c.feed.in_(ids)))
        for table in (feed_items, feed_states, polls, poll_days):
            connection.execute(delete(table).where(table.c.feed.in_(ids)))
        connection.execute(delete(feeds).where(feeds.c.id.in_(ids)))
    return len(ids)


def _drop_vectors(connection: Connection, most: int) -> int:
    newest = connection.scalar(select(func.max(vectors.c.number))) or 0
    return _deleted(connection, vectors, vectors.c.number <= newest - most)


def _drop_messages(connection: Connection, before: datetime) -> int:
    return _deleted(connection, outbox, outbox.c.created < before) + _deleted(
        connection, deliveries, deliveries.c.received < before
    )


def _deleted(connection: Connection, table: Table, which: ColumnElement[bool]) -> int:
    return connection.execute(delete(table).where(which)).rowcount
