"""What was published of each view: how its stories were told, and its archives (RFC 5005)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, func, or_, select, update

from aggregator.model import ArchivePage, Message, Told, Tombstone
from aggregator.storage.backend import Backend
from aggregator.storage.outbox import put
from aggregator.storage.schema import archives, publications, stories, withdrawals
from aggregator.storage.upsert import execute, upsert

_CHUNK = 500
_TOLD = [field.name for field in fields(Told)]
_STEPS = 100
"""Withdrawals followed from one story to its survivor: more would be a circle."""


IS_UNARCHIVED = or_(
    publications.c.archived.is_(None),
    publications.c.archived != publications.c.updated,
    publications.c.seen != stories.c.updated,
)
"""Of a live story that a view told: no archive has it as it is now."""


class Publications:
    """What readers were told. A view goes by its folder; "" is the feed of all stories."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def told(self, view: str, ids: Iterable[str]) -> dict[str, Told]:
        """Return how a view told these stories, by story; one that it never told is absent."""
        query = select(publications).where(publications.c.view == view)
        names = list(ids)
        found: dict[str, Told] = {}
        with self._backend.read() as connection:
            for start in range(0, len(names), _CHUNK):
                chunk = names[start : start + _CHUNK]
                found |= _told(connection, query.where(publications.c.story.in_(chunk)))
        return found

    def unarchived(self, view: str) -> dict[str, Told]:
        """Return the live stories that no archive of a view has as they are now."""
        query = (
            select(publications)
            .join(stories, stories.c.id == publications.c.story)
            .where(publications.c.view == view, IS_UNARCHIVED)
        )
        with self._backend.read() as connection:
            return _told(connection, query)

    def withdrawn(self, view: str, since: datetime) -> list[Tombstone]:
        """Return the stories that a view told and that were withdrawn: since then, or unarchived.

        The newest first.
        """
        query = (
            select(withdrawals, publications.c.archived)
            .join(publications, publications.c.story == withdrawals.c.story)
            .where(publications.c.view == view)
            .where(
                or_(
                    withdrawals.c.at >= since,
                    publications.c.archived.is_(None),
                    publications.c.archived != withdrawals.c.at,
                )
            )
            .order_by(withdrawals.c.at.desc(), withdrawals.c.story)
        )
        with self._backend.read() as connection:
            return [
                Tombstone(
                    story=row.story,
                    survivor=_survivor(connection, row.survivor),
                    at=row.at,
                    is_archived=row.archived == row.at,
                )
                for row in connection.execute(query)
            ]

    def archives(self, view: str) -> int:
        """Return how many archives a view has; they are numbered from 1, the oldest first."""
        query = select(func.count()).where(archives.c.view == view)
        with self._backend.read() as connection:
            return connection.scalar(query) or 0

    def archive(self, view: str, number: int) -> ArchivePage:
        """Return an archive, with its entries as they were when it was made."""
        query = select(archives).where(archives.c.view == view, archives.c.number == number)
        with self._backend.read() as connection:
            return ArchivePage(**connection.execute(query).mappings().one())

    def keep(
        self,
        told: Mapping[str, Iterable[Told]],
        *,
        pages: Sequence[ArchivePage] = (),
        buried: Mapping[str, Iterable[Tombstone]],
        messages: Sequence[Message] = (),
    ) -> None:
        """Keep what views told now, new archives, the tombstones in them, and whom to tell."""
        rows = [{"view": view, **asdict(one)} for view, new in told.items() for one in new]
        graves = [
            {"of": view, "gone": tombstone.story, "at": tombstone.at}
            for view, new in buried.items()
            for tombstone in new
        ]
        if not (rows or graves or pages or messages):
            return
        with self._backend.write() as connection:
            upsert(connection, publications, rows)
            execute(connection, _BURY, graves)
            upsert(connection, archives, [asdict(page) for page in pages])
            put(connection, messages)

    def forget_others(self, views: Collection[str]) -> None:
        """Forget the views that are no more."""
        others = publications.c.view.not_in(views)
        with self._backend.read() as connection:
            if not connection.scalar(select(exists().where(others))):
                return
        with self._backend.write() as connection:
            connection.execute(delete(publications).where(others))
            connection.execute(delete(archives).where(archives.c.view.not_in(views)))

    def forget_archives(self) -> None:
        """Forget every archive, as if none had ever been made."""
        with self._backend.read() as connection:
            if not connection.scalar(select(exists().where(archives.c.number > 0))):
                return
        with self._backend.write() as connection:
            connection.execute(delete(archives))
            connection.execute(update(publications).values(archived=None))


_BURY = (
    update(publications)
    .where(publications.c.view == bindparam("of"), publications.c.story == bindparam("gone"))
    .values(archived=bindparam("at"))
)


def _told(connection: Connection, query: Any) -> dict[str, Told]:
    return {
        row["story"]: Told(**{name: row[name] for name in _TOLD})
        for row in connection.execute(query).mappings()
    }


def _survivor(connection: Connection, story: str) -> str:
    for _ in range(_STEPS):
        query = select(withdrawals.c.survivor).where(withdrawals.c.story == story)
        following = connection.scalar(query)
        if following is None:
            break
        story = following
    return story
