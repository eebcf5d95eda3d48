"""Which stories each view shows: of those that changed where that is enough, else of all."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING

from aggregator.app.mutes import muting
from aggregator.config import View
from aggregator.model import Issued, Story
from aggregator.publish import Edition, select
from aggregator.publish.history import without_history
from aggregator.publish.selection import Place, Selection

if TYPE_CHECKING:
    from aggregator.app.aggregator import Aggregator

_FEW = 2000
"""Changed stories up to which it is less work to look at them alone."""


class Choice:
    """What is to be shown at one time, as others may see it, and without its texts."""

    def __init__(self, aggregator: "Aggregator", now: datetime) -> None:
        self._config = aggregator.config
        self._settings = aggregator.config.publish
        self._store = aggregator.store
        self._now = now
        self._feeds = {feed.id for feed in self._config.feeds if not feed.private}
        since = aggregator.store.subscribed()
        self._since = {feed: since[feed] for feed in self._feeds if feed in since}
        self._mute = muting(self._config.feeds)
        newest = self._store.editions.newest_report(
            {feed.id for feed in self._config.feeds if feed.private}
        )
        self.oldest = (newest or now) - self._settings.max_age
        """Before which no story is shown."""
        self.changed = self._store.editions.changed()
        """The ids of the stories, live or gone, that changed since the last time."""
        self._pages: list[tuple[list[Story], datetime]] = []
        """Read so far, newest first, each with a time that no story behind is reported after."""
        self._further = without_history(self._heard(), self._since)
        self._reached = now

    @property
    def waiting(self) -> frozenset[str]:
        """The ids of stories that are not to be shown yet."""
        return frozenset(
            story.id
            for story in chain(self._news, *(stories for stories, _ in self._pages))
            if self._now - story.created < self._settings.settle
        )

    def select(self, view: View | None, before: Issued | None) -> Selection:
        """Return which stories a view shows; ``before`` is what it showed the last time.

        Of a view that follows one story it is that one, under the id that it lives on.
        """
        if view and view.story:
            alive = self._store.browse.survivor(view.story) or view.story
            return Selection(tuple(map(Place.of, self._store.browse.stories([alive]))))
        limit = (view and view.limit) or self._settings.limit
        if before and before.oldest <= self.oldest and self._is_renewable:
            old = Selection(tuple(map(Place, before.lasts, before.stories)), before.is_all)
            places = self._places(self._news, view)
            if renewed := old.renewed(self.changed, places, limit, self.oldest):
                return renewed
        return self._anew(view, limit)

    def edition(self, stories: Iterable[Story], view: View | None) -> Edition:
        """Return an edition of these stories, as far as the view shows them."""
        return select(
            stories,
            self._config.feeds,
            self._settings,
            view,
            now=self._now,
            languages=self._config.languages,
        )

    def _places(self, stories: Iterable[Story], view: View | None) -> list[Place]:
        """Return the first places that a view gives to these stories."""
        shown = self.edition(stories, view).stories
        return [Place.of(story) for story in shown if story.last >= self.oldest]

    def _anew(self, view: View | None, limit: int) -> Selection:
        """Select from all stories, reading as far into the past as it takes."""
        found = Selection()
        for stories, end in self._read():
            found = found.with_others(self._places(stories, view), limit)
            if len(found.places) == limit and found.places[-1].last > end:
                return replace(found, is_all=False)
        return found

    def _read(self) -> Iterator[tuple[list[Story], datetime]]:
        """Yield the pages, reading on, twice as far each time, when those read are gone through."""
        yield from self._pages
        size = self._settings.limit << len(self._pages)
        while page := list(islice(self._further, size)):
            self._pages.append((page, self._reached))
            yield self._pages[-1]
            size *= 2

    def _heard(self) -> Iterator[Story]:
        """Yield all stories that are not too old, newest first, but those that are muted by now."""
        size, after = self._settings.limit, None
        while True:
            page = self._store.browse.page(after=after, limit=size)
            for story in page:
                self._reached = story.last
                if self._reached < self.oldest:
                    return
                if not self._is_muted(story):
                    yield story
            if len(page) < size:
                return
            size, after = size * 2, (page[-1].last, page[-1].id)

    def _is_muted(self, story: Story) -> bool:
        """Tell whether it was told before all of its articles were muted."""
        return all(self._mute(a) for a in story.articles if a.feed in self._feeds)

    @cached_property
    def _news(self) -> list[Story]:
        """The changed stories that live and are not muted, if they are few."""
        return [story for story in self._alive if not self._is_muted(story)]

    @cached_property
    def _alive(self) -> list[Story]:
        few = len(self.changed) <= _FEW
        return self._store.browse.stories(self.changed) if few and self.changed else []

    @cached_property
    def _is_renewable(self) -> bool:
        """Whether it is enough to look at what changed.

        It is not where that may be of the past of a feed that came later than others: how much is
        told of that past depends on all of it (``without_history``).
        """
        if len(self.changed) > _FEW:
            return False
        beginning = min(self._since.values(), default=None)
        later = {feed: since for feed, since in self._since.items() if since != beginning}
        if not later:
            return True
        return len(self._alive) == len(self.changed) and not any(
            article.published < later[article.feed]
            for story in self._alive
            for article in story.articles
            if article.feed in later
        )
