"""Full-text search: SQLite's FTS5, PostgreSQL's tsvector.

Both are given the same terms, made here, in place of their own tokenizers: words for scripts that
have spaces, pairs of characters for those that have none. So a search of one or two Han
characters works, which FTS5's trigrams cannot do, and of Traditional Chinese finds Simplified.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import chain, islice, pairwise
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    cast,
    delete,
    func,
    or_,
    select,
    text,
)

from aggregator.match.text import UNSPACED, fold, is_unspaced, tokens
from aggregator.normalize.text import blocks
from aggregator.storage.backend import Backend
from aggregator.storage.read import chunks
from aggregator.storage.schema import articles, feeds, members, searchable, stories
from aggregator.storage.upsert import Row, execute

_LONGEST = 60
"""Characters of a term: a longer one is no word."""
_TERMS = 40
"""Terms of a query."""
_WHOLE = 20_000
"""Terms of an article that are indexed: a long essay; whoever sends a library gets no more."""
_UNSPACED = re.compile(f"[{UNSPACED}]")
_PHRASE = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
_ROOM = 200_000
"""Characters that they may take: PostgreSQL's tsvector has room for 1 MiB."""
_CHUNK = 200
"""Articles indexed at once, with their texts."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Terms that follow one another in a text, the last of them perhaps only begun."""

    terms: tuple[str, ...]
    begun: bool
    """Whether the last term may go on: a word being typed, or one Han character."""
    unwanted: bool = False


def understand(words: str) -> tuple[Clause, ...]:
    """Read a query: words that must all be there, “phrases” in quotes, -words that must not."""
    found: list[Clause] = []
    room = _TERMS
    for minus, phrase, word in _PHRASE.findall(words):
        terms, begun = _query_terms(phrase or word, whole=bool(phrase))
        if terms and len(terms) <= room:
            room -= len(terms)
            found.append(Clause(terms, begun, unwanted=bool(minus)))
    return tuple(found)


def index_all(connection: Connection) -> None:
    """Make every article that is stored searchable."""
    names = ("id", "title", "publisher", "authors", "categories", "parts", "summary", "content")
    query = select(*(articles.c[name] for name in names))
    for some in connection.execute(query).partitions(_CHUNK):
        index(connection, some)


def index(connection: Connection, told: Iterable[Any]) -> None:
    """Make articles, or what has their words, searchable; what was known of them goes.

    FTS5 gathers words and writes them out together: but at once where a trigger brings them, and
    whenever a number is lower than the one before. So they are brought in order and by us.
    """
    rows: list[Row] = [
        {"number": _number(article.id), "article": article.id, "words": _words(article)}
        for article in told
    ]
    rows.sort(key=itemgetter("number"))
    for numbers in chunks(row["number"] for row in rows):
        connection.execute(delete(searchable).where(searchable.c.number.in_(numbers)))
    execute(connection, searchable.insert(), rows)
    if connection.dialect.name == "sqlite":
        execute(connection, _FTS5_INSERT, rows)


_FTS5_INSERT = text("INSERT INTO searched (rowid, words) VALUES (:number, :words)")


class Search:
    """Finds stories by words."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def stories(
        self,
        words: str,
        *,
        hidden: Collection[str] = (),
        after: tuple[datetime, str] | None = None,
        limit: int = 50,
    ) -> list[str]:
        """Return the ids of live stories that an article answers for, newest last first.

        Articles of ``hidden`` feeds, and of feeds no longer subscribed to, answer for nothing.
        ``after`` is the ``last`` and the id of the story before the first one wanted.
        """
        clauses = understand(words)
        if all(clause.unwanted for clause in clauses):
            return []
        with self._backend.read() as connection:
            query = (
                select(stories.c.id)
                .join_from(searchable, articles, articles.c.id == searchable.c.article)
                .join(feeds, feeds.c.id == articles.c.feed)
                .join(members, members.c.article == articles.c.id)
                .join(stories, stories.c.id == members.c.story)
                .where(feeds.c.subscribed, articles.c.feed.notin_(hidden))
                .where(_answers(connection, clauses))
                .group_by(stories.c.id, stories.c.last)
                .order_by(stories.c.last.desc(), stories.c.id)
                .limit(limit)
            )
            if after is not None:
                last, story = after
                earlier = and_(stories.c.last == last, stories.c.id > story)
                query = query.where(or_(stories.c.last < last, earlier))
            return list(connection.scalars(query))


def _answers(connection: Connection, clauses: Iterable[Clause]) -> ColumnElement[bool]:
    wanted = [clause for clause in clauses if not clause.unwanted]
    unwanted = [clause for clause in clauses if clause.unwanted]
    if connection.dialect.name == "sqlite":
        return _fts5(wanted, unwanted)
    return and_(*map(_tsvector, wanted), *(~_tsvector(clause) for clause in unwanted))


def _fts5(wanted: Iterable[Clause], unwanted: Iterable[Clause]) -> ColumnElement[bool]:
    """Ask the index (https://www.sqlite.org/fts5.html, section 3)."""

    def phrase(clause: Clause) -> str:
        # Terms hold letters, digits and marks alone, so nothing in them ends the string.
        return f'"{" ".join(clause.terms)}"' + " *" * clause.begun

    match = " AND ".join(map(phrase, wanted))
    for clause in unwanted:
        match = f"({match}) NOT {phrase(clause)}"
    found = text("SELECT rowid FROM searched WHERE searched MATCH :words")
    return searchable.c.number.in_(found.bindparams(words=match).columns(searchable.c.number))


def _tsvector(clause: Clause) -> ColumnElement[bool]:
    """Ask the index for every term, then the text for their order: the index knows no places."""
    from sqlalchemy.dialects.postgresql import TSQUERY  # noqa: PLC0415  SQLite need not load it

    quoted = [f"'{term}'" for term in clause.terms]
    quoted[-1] += ":*" * clause.begun
    vector = func.array_to_tsvector(func.string_to_array(searchable.c.words, " "))
    has_all = vector.bool_op("@@")(cast(" & ".join(quoted), TSQUERY))
    if len(clause.terms) == 1:
        return has_all
    ending = "" if clause.begun else " "
    place = f" {' '.join(clause.terms)}{ending}"
    return and_(has_all, func.strpos(func.concat(" ", searchable.c.words, " "), place) > 0)


def _words(article: Any) -> str:
    """Return the terms of all that an article says: of a text that it says twice, once."""
    texts = [article.title, *(part.title for part in article.parts)]
    texts += [article.publisher, *article.authors, *article.categories]
    texts += [*(part.lead for part in article.parts), *blocks(article.summary)]
    texts += blocks(article.content)
    found = chain.from_iterable(map(_terms, dict.fromkeys(texts)))
    told = " ".join(islice(found, _WHOLE))
    return told if len(told) <= _ROOM else told[:_ROOM].rpartition(" ")[0]


def _terms(words: str) -> Iterable[str]:
    """Return a text's terms in order: of ABC in a script without spaces, AB, BC and C."""
    folded = fold(words)
    found = tokens(folded)
    if folded.isascii() or not _UNSPACED.search(folded):
        return [token[:_LONGEST] for token in found]
    return _terms_of(found)


def _terms_of(found: Iterable[str]) -> Iterator[str]:
    for token in found:
        if is_unspaced(token):
            yield from (a + b for a, b in pairwise(token))
            yield token[-1]
        else:
            yield token[:_LONGEST]


def _query_terms(words: str, *, whole: bool) -> tuple[tuple[str, ...], bool]:
    """Return the terms to look for, and whether the last is only begun."""
    folded = tokens(fold(words))
    terms: list[str] = []
    for token in folded:
        if is_unspaced(token) and len(token) > 1:
            terms += (a + b for a, b in pairwise(token))
        else:
            terms.append(token[:_LONGEST])
    begun = bool(folded) and (len(folded[-1]) == 1 if is_unspaced(folded[-1]) else not whole)
    return tuple(terms), begun


def _number(article: str) -> int:
    """Return a number for an article that lasts: SQLite's own row numbers may change."""
    return int.from_bytes(blake2b(article.encode(), digest_size=8).digest(), signed=True)
