"""Writes: each part of a batch in a statement or two, whatever the number of its rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import (
    Connection,
    Function,
    ScalarSelect,
    Table,
    bindparam,
    delete,
    func,
    select,
    update,
)

from aggregator.errors import StoreError
from aggregator.model import Article, Batch, Feed, Match, Story, Withdrawal
from aggregator.storage import editions, polls, search
from aggregator.storage.decisions import settle
from aggregator.storage.read import withdrawn
from aggregator.storage.schema import (
    article_keys,
    article_names,
    article_versions,
    articles,
    digest,
    feed_items,
    feed_states,
    feeds,
    members,
    muted,
    relations,
    stories,
    vectors,
    withdrawals,
)
from aggregator.storage.upsert import Row, add, execute, upsert

_MATCH = [field.name for field in fields(Match)]
_BY_DIGEST = itemgetter("digest")
"""An order in which each page of a tree is come to once."""


def subscribe(connection: Connection, subscriptions: Iterable[Feed], now: datetime) -> None:
    """Make these the subscriptions; write only what differs from what is stored."""
    stored = {row.id: row._asdict() for row in connection.execute(select(feeds))}
    current = {
        feed.id: {
            "id": feed.id,
            "shown_url": feed.shown_url,
            "subscribed": True,
            "since": stored[feed.id]["since"] if feed.id in stored else now,
        }
        for feed in subscriptions
    }
    gone = {name: row | {"subscribed": False} for name, row in stored.items()}
    rows = (gone | current).values()
    new = [row for row in rows if row != stored.get(row["id"])]
    upsert(connection, feeds, new)
    if new:
        editions.forget(connection)


def save(connection: Connection, batch: Batch) -> None:
    """Write a batch, in the order that the foreign keys ask for."""
    upsert(connection, feed_states, _rows(feed_states, batch.states))
    polls.record(connection, batch.polls)
    read_items = [{"feed": feed, "digests": found} for feed, found in batch.digests]
    upsert(connection, feed_items, read_items)
    upsert(connection, articles, _rows(articles, batch.articles))
    search.index(connection, batch.articles)
    changed = [{"article": article, "hashes": hashes} for article, hashes in batch.versions]
    upsert(connection, article_versions, changed)
    _mute(connection, batch.muted)
    add(connection, article_keys, sorted(_keys(batch), key=_BY_DIGEST))
    add(connection, article_names, sorted(_names(batch.articles), key=_BY_DIGEST))
    _withdraw(connection, batch.withdrawals)
    _refuse_withdrawn(connection, batch.stories)
    _write_stories(connection, batch.stories)
    _date_anew(connection, batch)
    editions.note_batch(connection, batch)
    settle(connection, batch.settled)


def keep_vectors(connection: Connection, new: Mapping[bytes, bytes]) -> None:
    """Keep vectors; one that is kept already stays as it is."""
    add(connection, vectors, [{"digest": name, "vector": vector} for name, vector in new.items()])


def _keys(batch: Batch) -> Iterator[Row]:
    for article in batch.articles:
        for key in article.keys:
            yield {"digest": digest(key, article.feed), "article": article.id}
    for feed, key, article_id in batch.keys:
        yield {"digest": digest(key, feed), "article": article_id}


def _names(batch: Iterable[Article]) -> Iterator[Row]:
    for article in batch:
        for name in {article.guid, article.url, article.link}:
            if name is not None:
                yield {"digest": digest(name), "article": article.id}


def _mute(connection: Connection, batch: Sequence[tuple[str, str | None]]) -> None:
    upsert(connection, muted, [{"article": a, "rule": rule} for a, rule in batch if rule])
    lifted = [{"lifted": article} for article, rule in batch if not rule]
    execute(connection, delete(muted).where(muted.c.article == bindparam("lifted")), lifted)


def _withdraw(connection: Connection, batch: Sequence[Withdrawal]) -> None:
    add(connection, withdrawals, _rows(withdrawals, batch))
    ids = [{"gone": withdrawal.story} for withdrawal in batch]
    execute(connection, delete(members).where(members.c.story == bindparam("gone")), ids)
    execute(connection, delete(stories).where(stories.c.id == bindparam("gone")), ids)


def _refuse_withdrawn(connection: Connection, batch: Sequence[Story]) -> None:
    if back := withdrawn(connection, (story.id for story in batch)):
        raise StoreError(f"withdrawn stories cannot come back: {', '.join(back)}")


def _write_stories(connection: Connection, batch: Sequence[Story]) -> None:
    """Write stories whole: all members go before any comes, since they may change places."""
    upsert(connection, stories, _rows(stories, batch))
    ids = [{"told": story.id} for story in batch]
    execute(connection, delete(members).where(members.c.story == bindparam("told")), ids)
    execute(connection, members.insert(), [row for story in batch for row in _members(story)])
    matches = (related.match for story in batch for related in story.related)
    add(connection, relations, _rows(relations, matches))


def _members(story: Story) -> Iterator[Row]:
    for position, member in enumerate(story.members):
        yield {
            "article": member.article.id,
            "story": story.id,
            "position": position,
            **{name: getattr(member.match, name, None) for name in _MATCH},
        }


def _date_anew(connection: Connection, batch: Batch) -> None:
    """Set first and last of the stories that an article was edited in, but that are not told."""
    told = {article.id for story in batch.stories for article in story.articles}
    edited = [{"edited": article.id} for article in batch.articles if article.id not in told]
    execute(connection, _DATE_ANEW, edited)


def _published(function: Callable[[Any], Function[Any]]) -> ScalarSelect[Any]:
    """Return the first or the last time that an article of a story was published."""
    return (
        select(function(articles.c.published))
        .join_from(members, articles, members.c.article == articles.c.id)
        .where(members.c.story == stories.c.id)
        .correlate(stories)
        .scalar_subquery()
    )


_DATE_ANEW = (
    update(stories)
    .where(
        stories.c.id
        == select(members.c.story).where(members.c.article == bindparam("edited")).scalar_subquery()
    )
    .values(first=_published(func.min), last=_published(func.max))
)


def _rows(table: Table, records: Iterable[Any]) -> list[Row]:
    """Return the rows of records whose attributes have the names of the table's columns."""
    names = table.columns.keys()
    values = attrgetter(*names)
    return [dict(zip(names, values(record), strict=True)) for record in records]
