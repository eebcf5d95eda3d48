"""Stories as their readers see them: nothing private, no secret, found by page, filter or words."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import pow as power
from threading import Lock

from aggregator.app.aggregator import Aggregator
from aggregator.app.reading import Reading, read
from aggregator.app.redact import redacted
from aggregator.errors import NotFoundError
from aggregator.model import PublishedSource, Related, Story
from aggregator.publish.privacy import public

_ON_HAND = 500
"""Stories from which the front page is made."""
_HALF = timedelta(hours=8)
_FADING = 1.2
"""After eight hours a story's standing has fallen to less than half."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in all stories, newest last first, a page begins: after this one."""

    last: datetime
    story: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """A page of the front page."""

    stories: tuple[Reading, ...]
    """The most worthwhile first."""
    found: int
    """Stories on all its pages."""
    articles: int
    publishers: int
    languages: tuple[tuple[str, int], ...]
    """What can be filtered by, with how many stories each has, the most told first."""
    categories: tuple[tuple[str, int], ...]
    updated: datetime | None


@dataclass(frozen=True, slots=True)
class _OnHand:
    version: datetime | None
    stories: tuple[Story, ...]


class Library:
    """The stories of an aggregator, as others may see them."""

    def __init__(self, aggregator: Aggregator) -> None:
        self._aggregator = aggregator
        config = aggregator.config
        self.feeds = {feed.id: feed for feed in config.feeds if not feed.private}
        """Those that may be named, by id."""
        self.hidden = frozenset(feed.id for feed in config.feeds if feed.private)
        self._lock = Lock()
        self._on_hand = _OnHand(None, ())

    def front(
        self,
        *,
        language: str | None = None,
        category: str | None = None,
        preferred: Sequence[str] = (),
        start: int = 0,
        limit: int = 30,
    ) -> Front:
        """Return the stories that are on, ranked by distinct publishers and recency.

        ``preferred`` are the languages that the reader likes best to be told them in.
        """
        on_hand = self._latest()
        told = [
            story
            for story in on_hand.stories
            if (language is None or language in story.languages)
            and (category is None or category in self.categories(story))
        ]
        wanted = (language, *preferred) if language else tuple(preferred)
        return Front(
            stories=self.read(told[start : start + limit], wanted),
            found=len(told),
            articles=sum(len(story.members) for story in told),
            publishers=len({name for story in told for name in story.publishers}),
            languages=_counted(story.languages for story in on_hand.stories),
            categories=_counted(self.categories(story) for story in on_hand.stories),
            updated=max((story.updated for story in told), default=None),
        )

    def search(self, words: str, *, after: Place | None = None, limit: int = 30) -> list[Story]:
        """Return stories that hold these words, newest last first."""
        place = (after.last, after.story) if after else None
        store = self._aggregator.store
        ids = store.search.stories(words, hidden=self.hidden, after=place, limit=limit)
        return self.shown(store.browse.stories(ids))

    def page(self, *, after: Place | None = None, limit: int = 30) -> list[Story]:
        """Return stories, newest last first; a page is empty only where all are told."""
        found: list[Story] = []
        place = (after.last, after.story) if after else None
        while len(found) < limit:
            some = self._aggregator.store.browse.page(after=place, limit=limit)
            found += self.shown(some)
            if len(some) < limit:
                break
            place = (some[-1].last, some[-1].id)
        return found[:limit]

    def changed(self, *, since: datetime, limit: int = 100) -> list[Story]:
        """Return the stories that changed after a time, the earliest change first."""
        found = self._aggregator.store.browse.changed(since=since, limit=limit)
        return sorted(self.shown(found), key=lambda story: (story.updated, story.id))

    def newest(self) -> datetime | None:
        """Return when any story last changed."""
        return self._aggregator.store.browse.newest()

    def story(self, name: str, *, content: bool = False) -> Story:
        """Return a story; raise NotFoundError where there is none that others may see."""
        found = self.shown(self._aggregator.store.browse.stories([name], content=content))
        if not found:
            raise NotFoundError(f"there is no story {name}")
        return found[0]

    def stories(self, names: Iterable[str]) -> list[Story]:
        """Return those of these stories that others may see, newest last first."""
        return self.shown(self._aggregator.store.browse.stories(names))

    def survivor(self, name: str) -> str | None:
        """Return the id under which a withdrawn story lives on."""
        return self._aggregator.store.browse.survivor(name)

    def story_with(self, article: str) -> Story:
        """Return the story that shows an article to others, by its id; raise NotFoundError."""
        story = self._aggregator.store.story_of(article)
        for shown in self.shown([story] if story else []):
            if any(member.article.id == article for member in shown.members):
                return shown
        raise NotFoundError(f"there is no article {article}")

    def titles(self, articles: Iterable[str]) -> dict[str, str]:
        """Return the titles of those of these articles that others may see, by id."""
        told = self.shown(self._aggregator.store.stories_of(articles))
        return {article.id: article.title for story in told for article in story.articles}

    def read(self, stories: Iterable[Story], preferred: Sequence[str] = ()) -> tuple[Reading, ...]:
        """Make stories that may be seen ready for a page."""
        return tuple(read(story, self.feeds, preferred) for story in stories)

    def shown(self, stories: Iterable[Story]) -> list[Story]:
        """Return stories without secrets, and without what private feeds brought."""
        config = self._aggregator.config
        if config.secrets:
            stories = (redacted(story, config.redact) for story in stories)
        told = (public(story, self.feeds) for story in stories)
        return self._without_hints([story for story in told if story is not None])

    def categories(self, story: Story) -> tuple[str, ...]:
        """Return the categories of the feeds that tell a story."""
        named = (self.feeds[article.feed].category for article in story.articles)
        return tuple(dict.fromkeys(filter(None, named)))

    def _without_hints(self, stories: list[Story]) -> list[Story]:
        """Drop relations to what only a private feed tells, by id or in their reasons."""
        there = [related.match.b for story in stories for related in story.related]
        feed_of = self._aggregator.store.browse.feeds_of(there) if there else {}

        def may_be_named(related: Related) -> bool:
            return feed_of.get(related.match.b) in self.feeds

        return [
            replace(story, related=tuple(filter(may_be_named, story.related)))
            if story.related
            else story
            for story in stories
        ]

    def _latest(self) -> _OnHand:
        """Return the newest stories, ranked; read again only when one of them changed."""
        version = self.newest()
        if version != self._on_hand.version:
            with self._lock:
                if version != self._on_hand.version:
                    self._on_hand = _OnHand(version, tuple(self._ranked()))
        return self._on_hand

    def _ranked(self) -> list[Story]:
        stories = self.page(limit=_ON_HAND)
        if not stories:
            return []
        newest = _newest(stories)
        recent = [s for s in stories if s.last >= newest - self._aggregator.config.publish.max_age]
        return sorted(recent, key=lambda story: (-standing(story, newest), story.id))


def _newest(stories: Sequence[Story]) -> datetime:
    """Return when feeds say the newest was published: an undated item does not hide an archive."""
    dated = (
        article.published
        for story in stories
        for article in story.articles
        if article.published_source is not PublishedSource.FIRST_SEEN
    )
    return max(dated, default=stories[0].last)


def find(aggregator: Aggregator, words: str, *, limit: int) -> list[Story]:
    """Return stories that hold these words, newest last first: for the owner, private ones too."""
    store = aggregator.store
    return store.browse.stories(store.search.stories(words, limit=limit))


def standing(story: Story, now: datetime) -> float:
    """Return what a story is worth on the front page: distinct publishers, fading with time."""
    age = max(now - story.last, timedelta())
    return len(story.publishers) / power(1 + age / _HALF, _FADING)


def _counted(names: Iterable[Iterable[str]]) -> tuple[tuple[str, int], ...]:
    counted = Counter(name for some in names for name in some)
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))
