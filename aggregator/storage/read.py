"""Reads: rows, and the model made of them again."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Select, exists, or_, select

from aggregator.model import Article, FeedState, Known, Match, Member, Story
from aggregator.storage.schema import (
    article_keys,
    article_names,
    articles,
    digest,
    feed_states,
    members,
    stories,
    withdrawals,
)

_CHUNK = 500
"""Names a query: few round trips, and far from any database's limit of parameters."""

_ID_PREFIX = re.compile(r"[0-9a-f]{4,16}")

_KNOWN = [field.name for field in fields(Known)]
_STORY = ["id", "representative", "created", "updated", "fingerprint"]
_MATCH = [field.name for field in fields(Match)]
_ARTICLE = articles.columns.keys()
_LIGHT_ARTICLE = [name for name in _ARTICLE if name not in {"summary", "content"}]


def states(connection: Connection) -> dict[str, FeedState]:
    """Return every feed's state."""
    rows = connection.execute(select(feed_states)).mappings()
    return {row["feed"]: FeedState(**row) for row in rows}


def known(connection: Connection, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Known]:
    """Return what is remembered of the articles with these (feed, key) names."""
    asked = {digest(key, feed): (feed, key) for feed, key in names}
    query = select(article_keys.c.digest, *(articles.c[name] for name in _KNOWN)).join(articles)
    return {
        asked[found]: Known(**dict(zip(_KNOWN, values, strict=True)))
        for chunk in _chunks(asked)
        for found, *values in connection.execute(query.where(article_keys.c.digest.in_(chunk)))
    }


def withdrawn(connection: Connection, ids: Iterable[str]) -> list[str]:
    """Return those of the story ids that were withdrawn."""
    query = select(withdrawals.c.story)
    return [
        story
        for chunk in _chunks(ids)
        for story in connection.scalars(query.where(withdrawals.c.story.in_(chunk)))
    ]


def newest_stories(
    connection: Connection,
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
    *,
    content: bool,
) -> list[Story]:
    """Return the stories with an article published in [since, until], newest last first."""
    chosen = select(stories).order_by(stories.c.last.desc(), stories.c.id).limit(limit)
    if since is not None:
        chosen = chosen.where(stories.c.last >= since)
    if until is not None:
        chosen = chosen.where(stories.c.first <= until)
    if since is not None and until is not None:
        # A story that began before and went on after may still have nothing in between.
        published = exists().where(
            members.c.story == stories.c.id,
            articles.c.id == members.c.article,
            articles.c.published.between(since, until),
        )
        chosen = chosen.where(published)
    return list(_stories(connection, chosen, _ARTICLE if content else _LIGHT_ARTICLE))


def story_of(connection: Connection, article: str) -> Story | None:
    """Return the story that an article stands in."""
    place = select(members.c.story).where(members.c.article == article).scalar_subquery()
    chosen = select(stories).where(stories.c.id == place)
    return next(_stories(connection, chosen, _ARTICLE), None)


def find_articles(connection: Connection, name: str) -> list[Article]:
    """Return the articles with this id, id prefix, guid or url, newest first."""
    by_name = select(article_names.c.article).where(article_names.c.digest == digest(name))
    named = or_(articles.c.id.in_(by_name))
    prefix = name.lower()
    if _ID_PREFIX.fullmatch(prefix):
        named = or_(named, articles.c.id.between(prefix, f"{prefix}g"))
    query = select(articles).where(named).order_by(articles.c.published.desc(), articles.c.id)
    return [Article(**row) for row in connection.execute(query).mappings()]


def _stories(
    connection: Connection, chosen: Select[Any], article_columns: Sequence[str]
) -> Iterator[Story]:
    """Yield stories in their order: one query, in which each row is a member."""
    story = chosen.subquery()
    query = (
        select(
            *(story.c[name] for name in _STORY),
            *(members.c[name] for name in _MATCH),
            *(articles.c[name] for name in article_columns),
        )
        .join_from(story, members, members.c.story == story.c.id)
        .join(articles, articles.c.id == members.c.article)
        .order_by(story.c.last.desc(), story.c.id, members.c.position)
    )
    for _, rows in groupby(connection.execute(query), itemgetter(0)):
        told = list(rows)
        yield Story(
            **dict(zip(_STORY, told[0], strict=False)),
            members=tuple(_member(row[len(_STORY) :], article_columns) for row in told),
        )


def _member(row: Sequence[Any], article_columns: Sequence[str]) -> Member:
    match, article = row[: len(_MATCH)], row[len(_MATCH) :]
    return Member(
        article=Article(**dict(zip(article_columns, article, strict=True))),
        match=None if match[0] is None else Match(**dict(zip(_MATCH, match, strict=True))),
    )


def _chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk
