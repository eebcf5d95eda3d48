"""How a store is as a database: whether it is sound, how large, and copies of it."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import exists, func, select

from aggregator.storage.backend import Backend, Space
from aggregator.storage.schema import articles, members, muted, stories


class Upkeep:
    """What is done for a store as a whole, beside the pipeline."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def damage(self) -> list[str]:
        """Return what the database finds wrong with itself, in its own words; reads all of it."""
        return self._backend.damage()

    def orphans(self) -> Mapping[str, int]:
        """Return how many rows lack what they belong to, by what they are; those found alone."""
        in_story = exists().where(members.c.article == articles.c.id)
        is_muted = exists().where(muted.c.article == articles.c.id)
        told = exists().where(members.c.story == stories.c.id)
        speaks = exists().where(
            members.c.story == stories.c.id, members.c.article == stories.c.representative
        )
        queries = {
            "articles in no story": select(func.count())
            .select_from(articles)
            .where(~in_story, ~is_muted),
            "stories without articles": select(func.count()).select_from(stories).where(~told),
            "stories that no article of theirs stands for": select(func.count())
            .select_from(stories)
            .where(told, ~speaks),
        }
        with self._backend.read() as connection:
            counted = {what: connection.scalar(query) or 0 for what, query in queries.items()}
        return {what: count for what, count in counted.items() if count}

    def space(self) -> Space:
        """Return how large the store is."""
        return self._backend.space()

    def optimize(self) -> None:
        """Refresh what the database knows of its tables, and give some room back: a little work."""
        self._backend.optimize()

    def compact(self) -> None:
        """Give all unused room back; nobody else can write meanwhile."""
        self._backend.compact()

    def back_up(self, path: Path) -> None:
        """Write a copy of the store, as it is at one moment, while others read and write.

        The file is whole when it appears. Raises StoreError where there is one already, where it
        cannot be written, and where the database has a tool of its own for that.
        """
        self._backend.back_up(path)
