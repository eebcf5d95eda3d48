"""What was published of each view, and which stories changed since, so that little is done anew.

Whoever changes a story, or what all that is published rests on, notes it in the same transaction.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select

from aggregator.model import Batch, Issued, PublishedSource
from aggregator.storage.backend import Backend
from aggregator.storage.schema import articles, changed_stories, editions, feeds, members, relations
from aggregator.storage.upsert import add, execute, insert_from

_CHUNK = 500


class Editions:
    """What the published files were made of. A view goes by its folder."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def issued(self) -> dict[str, Issued]:
        """Return what was published of each view, where nothing voids it."""
        with self._backend.read() as connection:
            rows = connection.execute(select(editions)).mappings()
            return {row["view"]: Issued(**row) for row in rows}

    def changed(self) -> frozenset[str]:
        """Return the stories, live or gone, that changed since they were last looked at."""
        with self._backend.read() as connection:
            return frozenset(connection.scalars(select(changed_stories.c.story)))

    def keep(self, issued: Sequence[Issued], waiting: Iterable[str]) -> None:
        """Keep what is published now, of all views; only ``waiting`` stories are to be seen to yet.

        The store may have no other writer meanwhile.
        """
        with self._backend.write() as connection:
            connection.execute(delete(editions))
            execute(connection, insert(editions), [asdict(one) for one in issued])
            connection.execute(delete(changed_stories))
            note(connection, waiting)

    def newest_report(self, hidden: Collection[str]) -> datetime | None:
        """Return when a story was last reported, by dates that feeds give where any does.

        Only what feeds tell that are subscribed to and not ``hidden`` counts.
        """
        newest = (
            select(articles.c.published)
            .join(feeds, feeds.c.id == articles.c.feed)
            .where(feeds.c.subscribed, feeds.c.id.not_in(hidden))
            .where(exists().where(members.c.article == articles.c.id))
            .order_by(articles.c.published.desc())
            .limit(1)
        )
        dated = newest.where(articles.c.published_source != PublishedSource.FIRST_SEEN)
        with self._backend.read() as connection:
            found: datetime | None = connection.scalar(dated) or connection.scalar(newest)
        return found


def note(connection: Connection, stories: Iterable[str]) -> None:
    """Note that stories changed, came or went."""
    add(connection, changed_stories, [{"story": story} for story in set(stories)])


def note_batch(connection: Connection, batch: Batch) -> None:
    """Note what changes with a batch: an article's edit changes its story too."""
    note(connection, (story.id for story in batch.stories))
    note(connection, (withdrawal.story for withdrawal in batch.withdrawals))
    told = {article.id for story in batch.stories for article in story.articles}
    edited = [article.id for article in batch.articles if article.id not in told]
    for start in range(0, len(edited), _CHUNK):
        chunk = edited[start : start + _CHUNK]
        places = select(members.c.story).where(members.c.article.in_(chunk)).distinct()
        insert_from(connection, changed_stories, places)


def note_followers(connection: Connection, gone: Collection[str]) -> None:
    """Note that the stories change which follow up what these articles tell."""
    followers = (
        select(members.c.story)
        .join(relations, relations.c.a == members.c.article)
        .where(relations.c.b.in_(gone))
        .distinct()
    )
    insert_from(connection, changed_stories, followers)


def forget(connection: Connection) -> None:
    """Forget what was published: all of it is put together anew."""
    connection.execute(delete(editions))
