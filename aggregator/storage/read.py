"""Reads: rows, and the model made of them again."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import chain, groupby, islice
from operator import attrgetter
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, exists, or_, select

from aggregator.model import (
    Article,
    FeedState,
    Known,
    Match,
    Member,
    PublishedSource,
    Related,
    Story,
)
from aggregator.storage.schema import (
    article_keys,
    article_names,
    article_versions,
    articles,
    digest,
    feed_items,
    feed_states,
    feeds,
    forgotten,
    forgotten_keys,
    members,
    relations,
    stories,
    vectors,
    withdrawals,
)

_CHUNK = 500
"""Names a query: few round trips, and far from any database's limit of parameters."""

_ID_PREFIX = re.compile(r"[0-9a-f]{4,16}")
_URN = "urn:uuid:"
_STORY_PREFIX = re.compile(rf"{_URN}[0-9a-f-]{{4,36}}")

_KNOWN = [field.name for field in fields(Known) if field.name in articles.c]
_STORY = ["id", "representative", "created", "updated", "fingerprint"]
_MATCH = [field.name for field in fields(Match)]
_RELATION = relations.columns.keys()
_ARTICLE = articles.columns.keys()
_LIGHT_ARTICLE = [name for name in _ARTICLE if name not in {"summary", "content"}]


def subscribed(connection: Connection) -> dict[str, datetime]:
    """Return since when each feed is subscribed to, of those that are."""
    rows = connection.execute(select(feeds.c.id, feeds.c.since).where(feeds.c.subscribed))
    return {row.id: row.since for row in rows}


def states(connection: Connection) -> dict[str, FeedState]:
    """Return every feed's state."""
    rows = connection.execute(select(feed_states)).mappings()
    return {row["feed"]: FeedState(**row) for row in rows}


def digests(connection: Connection, feeds: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return what is remembered of the items in each feed's last document."""
    query = select(feed_items.c.feed, feed_items.c.digests)
    return {
        feed: frozenset(found)
        for chunk in chunks(feeds)
        for feed, found in connection.execute(query.where(feed_items.c.feed.in_(chunk)))
    }


def known(connection: Connection, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Known]:
    """Return what is remembered of the articles with these (feed, key) names."""
    asked = {digest(key, feed): (feed, key) for feed, key in names}
    query = (
        select(
            article_keys.c.digest,
            article_versions.c.hashes,
            articles.c.parts,
            *(articles.c[name] for name in _KNOWN),
        )
        .join_from(article_keys, articles)
        .outerjoin(article_versions, article_versions.c.article == articles.c.id)
    )
    rows = (
        row
        for chunk in chunks(asked)
        for row in connection.execute(query.where(article_keys.c.digest.in_(chunk)))
    )
    remembered = {
        asked[found]: Known(
            **dict(zip(_KNOWN, values, strict=True)),
            lead=parts[0].lead,
            versions=versions or (),
        )
        for found, versions, parts, *values in rows
    }
    others = [name for name, asking in asked.items() if asking not in remembered]
    return remembered | {asked[found]: known for found, known in _forgotten(connection, others)}


def _forgotten(connection: Connection, names: Iterable[bytes]) -> Iterator[tuple[bytes, Known]]:
    """Yield what is left of articles that were let go, by digests of their keys."""
    query = select(forgotten_keys.c.digest, forgotten).join_from(
        forgotten_keys, forgotten, forgotten_keys.c.article == forgotten.c.id
    )
    for chunk in chunks(names):
        for row in connection.execute(query.where(forgotten_keys.c.digest.in_(chunk))):
            yield (
                row.digest,
                Known(
                    id=row.id,
                    content_hash="",
                    first_seen=row.published,
                    published=row.published,
                    published_source=PublishedSource.FIRST_SEEN,
                    title=row.title,
                    url=row.url,
                    forgotten=True,
                ),
            )


def withdrawn(connection: Connection, ids: Iterable[str]) -> list[str]:
    """Return those of the story ids that were withdrawn."""
    query = select(withdrawals.c.story)
    return [
        story
        for chunk in chunks(ids)
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
    return chosen_stories(connection, chosen, content=content)


def chosen_stories(connection: Connection, chosen: Select[Any], *, content: bool) -> list[Story]:
    """Return the stories that a selection of rows of ``stories`` chooses, newest last first."""
    return list(_stories(connection, chosen, _ARTICLE if content else _LIGHT_ARTICLE))


def story_of(connection: Connection, article: str) -> Story | None:
    """Return the story that an article stands in."""
    place = select(members.c.story).where(members.c.article == article).scalar_subquery()
    chosen = select(stories).where(stories.c.id == place)
    return next(_stories(connection, chosen, _ARTICLE), None)


def stories_of(connection: Connection, names: Iterable[str]) -> list[Story]:
    """Return the stories that articles stand in, without content."""
    found: dict[str, Story] = {}
    for chunk in chunks(names):
        places = select(members.c.story).where(members.c.article.in_(chunk))
        chosen = select(stories).where(stories.c.id.in_(places))
        found |= {story.id: story for story in _stories(connection, chosen, _LIGHT_ARTICLE)}
    return list(found.values())


def find_stories(connection: Connection, name: str) -> list[Story]:
    """Return the stories with this id or id prefix, or that such a one went into."""
    start = f"{_URN}{name.lower().removeprefix(_URN)}"
    if not _STORY_PREFIX.fullmatch(start):
        return []

    def so_named(column: Column[str]) -> ColumnElement[bool]:
        return and_(column >= start, column < f"{start}g")

    found = set(connection.scalars(select(stories.c.id).where(so_named(stories.c.id))))
    gone = select(withdrawals.c.survivor).where(so_named(withdrawals.c.story))
    while survivors := set(connection.scalars(gone)):
        found.update(connection.scalars(select(stories.c.id).where(stories.c.id.in_(survivors))))
        gone = select(withdrawals.c.survivor).where(withdrawals.c.story.in_(survivors))
    return [
        story
        for chunk in chunks(sorted(found))
        for story in _stories(
            connection, select(stories).where(stories.c.id.in_(chunk)), _LIGHT_ARTICLE
        )
    ]


def stories_at(connection: Connection, urls: Iterable[str]) -> list[Story]:
    """Return the stories with an article at one of these canonical urls, without content."""
    found: dict[str, Story] = {}
    for chunk in chunks(urls):
        places = (
            select(members.c.story)
            .join(articles, articles.c.id == members.c.article)
            .join(article_names, article_names.c.article == members.c.article)
            .where(article_names.c.digest.in_([digest(url) for url in chunk]))
            .where(articles.c.url.in_(chunk))
        )
        chosen = select(stories).where(stories.c.id.in_(places))
        found |= {story.id: story for story in _stories(connection, chosen, _LIGHT_ARTICLE)}
    return list(found.values())


def find_articles(connection: Connection, name: str) -> list[Article]:
    """Return the articles with this id, id prefix, guid or url, newest first."""
    by_name = select(article_names.c.article).where(article_names.c.digest == digest(name))
    named = or_(articles.c.id.in_(by_name))
    prefix = name.lower()
    if _ID_PREFIX.fullmatch(prefix):
        named = or_(named, and_(articles.c.id >= prefix, articles.c.id < f"{prefix}g"))
    query = select(articles).where(named).order_by(articles.c.published.desc(), articles.c.id)
    return [Article(**row) for row in connection.execute(query).mappings()]


def kept_vectors(connection: Connection, digests: Iterable[bytes]) -> dict[bytes, bytes]:
    """Return the vectors that are kept under these digests."""
    query = select(vectors.c.digest, vectors.c.vector)
    return {
        found: vector
        for chunk in chunks(digests)
        for found, vector in connection.execute(query.where(vectors.c.digest.in_(chunk)))
    }


def _stories(
    connection: Connection, chosen: Select[Any], article_columns: Sequence[str]
) -> Iterator[Story]:
    """Yield stories, newest last first, from one query in which each row is a member.

    They are sorted here: a database would carry every text through its sort. The choice is made
    first (MATERIALIZED): without statistics SQLite would begin with the members of all times.
    """
    story = chosen.cte("chosen").prefix_with("MATERIALIZED")
    query = (
        select(
            members.c.story,
            members.c.article,
            members.c.position,
            story.c.last,
            *(story.c[name] for name in _STORY),
            *(members.c[name] for name in _MATCH),
            *(articles.c[name] for name in article_columns),
        )
        .join_from(story, members, members.c.story == story.c.id)
        .join(articles, articles.c.id == members.c.article)
    )
    rows = sorted(connection.execute(query), key=attrgetter("story", "position"))
    rows.sort(key=attrgetter("last"), reverse=True)
    relations_of = _relations(connection, map(attrgetter("article"), rows))
    for _, told in groupby(rows, attrgetter("story")):
        parts = [_split(row[4:], _STORY, _MATCH, article_columns) for row in told]
        related = (relations_of.get(article["id"], ()) for _, _, article in parts)
        yield Story(
            **parts[0][0],
            members=tuple(
                Member(article=Article(**article), match=Match(**match) if match["level"] else None)
                for _, match, article in parts
            ),
            related=_surest(chain.from_iterable(related), besides=parts[0][0]["id"]),
        )


def _relations(connection: Connection, names: Iterable[str]) -> dict[str, list[Related]]:
    """Return which stories articles are related to now, by article."""
    query = select(members.c.story, *(relations.c[name] for name in _RELATION)).join(
        relations, relations.c.b == members.c.article
    )
    found: dict[str, list[Related]] = {}
    for chunk in chunks(names):
        for story, *values in connection.execute(query.where(relations.c.a.in_(chunk))):
            match = Match(**dict(zip(_RELATION, values, strict=True)))
            found.setdefault(match.a, []).append(Related(story=story, match=match))
    return found


def _surest(related: Iterable[Related], *, besides: str) -> tuple[Related, ...]:
    """Return one relation a story, the surest first, and none to the story itself."""
    found: dict[str, Related] = {}
    for relation in sorted(related, key=lambda r: (-r.match.probability, r.match.b)):
        if relation.story != besides:
            found.setdefault(relation.story, relation)
    return tuple(found.values())


def chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield items by so many as a query may name."""
    remaining = iter(items)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk


def _split(row: Sequence[Any], *parts: Sequence[str]) -> list[dict[str, Any]]:
    """Return the named values of each part of a row, one part after the other."""
    values = iter(row)  # zip asks its first argument first, so none of these is taken in vain
    return [dict(zip(names, values, strict=False)) for names in parts]
