"""Which stories somebody was told of at once, by rule, and since when each rule watches."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from aggregator.model import Message, Notice, Story, Watch
from aggregator.storage import read
from aggregator.storage.backend import Backend
from aggregator.storage.outbox import put
from aggregator.storage.schema import notices, stories, watches, withdrawals
from aggregator.storage.upsert import add, upsert


class Notices:
    """The notices of a store: a story, through all that is merged into it, has one a rule."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def watches(self) -> dict[str, Watch]:
        """Return the rules that watch, by id."""
        with self._backend.read() as connection:
            rows = connection.execute(select(watches)).mappings()
            return {row["rule"]: Watch(**row) for row in rows}

    def changed(self, since: datetime) -> Sequence[Story]:
        """Return the live stories that readers saw change since then, without content."""
        chosen = select(stories).where(stories.c.updated >= since)
        with self._backend.read() as connection:
            return read.chosen_stories(connection, chosen, content=False)

    def rules_of(self, story: str) -> frozenset[str]:
        """Return the rules that told of a story, or of one that was merged into it."""
        with self._backend.read() as connection:
            names = _merged(connection, story)
            query = select(notices.c.rule).where(notices.c.story.in_(names))
            return frozenset(connection.scalars(query))

    def counts(self) -> dict[str, int]:
        """Return how many stories each rule has told of."""
        query = select(notices.c.rule, func.count()).group_by(notices.c.rule)
        with self._backend.read() as connection:
            return dict(connection.execute(query).all())

    def keep(
        self, watching: Iterable[Watch], new: Iterable[Notice], messages: Iterable[Message]
    ) -> None:
        """Keep, all or nothing, which rules watch now, and no others; new notices; whom to tell."""
        kept = [{"rule": one.rule, "since": one.since, "seen": one.seen} for one in watching]
        told = [{"rule": one.rule, "story": one.story, "at": one.at} for one in new]
        with self._backend.write() as connection:
            others = watches.c.rule.not_in([row["rule"] for row in kept])
            connection.execute(delete(watches).where(others))
            upsert(connection, watches, kept)
            add(connection, notices, told)
            put(connection, messages)


def _merged(connection: Connection, story: str) -> set[str]:
    """Return a story's id, and those of all that were merged into it."""
    found = new = {story}
    while new:
        query = select(withdrawals.c.story).where(withdrawals.c.survivor.in_(new))
        new = set(connection.scalars(query)) - found
        found |= new
    return found
