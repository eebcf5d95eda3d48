"""What pages ask beyond the pipeline's needs: one story by its id, pages of stories, the newest."""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter

from sqlalchemy import and_, func, or_, select

from aggregator.model import Story
from aggregator.storage import read
from aggregator.storage.backend import Backend
from aggregator.storage.schema import articles, stories, withdrawals

_STEPS = 100
"""Withdrawals followed from one story to its survivor: more would be a circle."""


class Browse:
    """Reads stories as their readers come by them."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def stories(self, ids: Iterable[str], *, content: bool = False) -> list[Story]:
        """Return live stories, newest last first."""
        with self._backend.read() as connection:
            found = [
                story
                for chunk in read.chunks(ids)
                for story in read.chosen_stories(
                    connection, select(stories).where(stories.c.id.in_(chunk)), content=content
                )
            ]
        found.sort(key=attrgetter("id"))
        return sorted(found, key=attrgetter("last"), reverse=True)

    def page(
        self, *, after: tuple[datetime, str] | None = None, limit: int = 50, content: bool = False
    ) -> list[Story]:
        """Return live stories, newest last first, from after the one with this last and id."""
        chosen = select(stories).order_by(stories.c.last.desc(), stories.c.id).limit(limit)
        if after is not None:
            last, story = after
            earlier = and_(stories.c.last == last, stories.c.id > story)
            chosen = chosen.where(or_(stories.c.last < last, earlier))
        with self._backend.read() as connection:
            return read.chosen_stories(connection, chosen, content=content)

    def changed(self, *, since: datetime, limit: int) -> list[Story]:
        """Return live stories updated after a time, without content, newest last first."""
        chosen = select(stories).where(stories.c.updated > since)
        chosen = chosen.order_by(stories.c.updated, stories.c.id).limit(limit)
        with self._backend.read() as connection:
            return read.chosen_stories(connection, chosen, content=False)

    def feeds_of(self, names: Iterable[str]) -> dict[str, str]:
        """Return which feed brought each of these articles."""
        query = select(articles.c.id, articles.c.feed).where(articles.c.id.in_(set(names)))
        with self._backend.read() as connection:
            return {row.id: row.feed for row in connection.execute(query)}

    def newest(self) -> datetime | None:
        """Return when any story last changed; None before the first."""
        with self._backend.read() as connection:
            found: datetime | None = connection.scalar(select(func.max(stories.c.updated)))
        return found

    def survivor(self, story: str) -> str | None:
        """Return the id under which a withdrawn story lives on; None where it never was one."""
        found = None
        with self._backend.read() as connection:
            for _ in range(_STEPS):
                query = select(withdrawals.c.survivor).where(withdrawals.c.story == story)
                following = connection.scalar(query)
                if following is None:
                    break
                found = story = following
        return found
