"""What is published after a few changes is what would be published from all there is."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count, product
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.app import Aggregator
from aggregator.app.publishing import publish
from aggregator.config import load
from aggregator.model import (
    Article,
    Batch,
    Level,
    Match,
    Member,
    Related,
    Story,
    Withdrawal,
)
from aggregator.storage import open_store

NOON = datetime(2025, 10, 17, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEEDS = ("daily", "other", "late")
CONFIG = """version: 1
languages: [en]
publish:
  limit: {limit}
  settle: {settle}h
  max_age: {age}h
  archive: {archive}
  views:
    - {{name: other, feeds: [other]}}
    - {{name: several, publishers: 2, limit: 2}}
    - {{name: storms, query: storm}}
feeds:
  - {{url: 'https://daily.example/f', id: daily, mutes: [ads]}}
  - {{url: 'https://other.example/f', id: other, category: Sport}}
  - {{url: 'https://late.example/f', id: late}}
  - {{url: 'https://diary.example/f', id: diary, private: true}}
"""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a store once: its schema takes longer than all that is done with it."""
    path = tmp_path_factory.mktemp("empty") / "aggregator.db"
    open_store(f"sqlite:///{path}").close()
    return path


class Desk:
    """An aggregator to which things happen; ``anew`` makes it put everything together each time."""

    def __init__(self, folder: Path, write: Callable[..., Article], *, anew: bool) -> None:
        self.folder, self.write, self.anew = folder, write, anew
        self.numbers = count()
        self.now = NOON
        self.settings = {"limit": 3, "settle": 0, "age": 48, "archive": "true"}
        self.stories: list[Story] = []
        self.store = open_store(f"sqlite:///{folder}/aggregator.db")
        for since, number in ((NOON - 99 * HOUR, 2), (NOON - 2 * HOUR, 4)):
            self.store.subscribe(self.config.feeds[:number], since)
        self.store.subscribe(self.config.feeds, NOON)

    @property
    def config(self):
        text = CONFIG.format(**self.settings)
        return load(text, directory=self.folder, environment={})

    def publish(self) -> dict[str, bytes]:
        if self.anew:
            self.store.editions.keep((), self.store.editions.changed())
        publish(Aggregator(self.config, self.store, clock=lambda: self.now))
        public = self.folder / "public"
        return {
            path.relative_to(public).as_posix(): path.read_bytes()
            for path in public.rglob("*")
            if path.is_file()
        }

    def wait(self, hours: int) -> None:
        self.now += hours * HOUR

    def set(self, name: str, value: object) -> None:
        self.settings[name] = value

    def come(self, title: str, feed: str, age: int, follows: int) -> None:
        article = self._article(title, feed, self.now - age * HOUR)
        earlier = self._story(follows)
        related = () if earlier is None else (self._relation(article, earlier),)
        story = Story(
            id=uuid5(NAMESPACE_URL, article.id).urn,
            members=(Member(article=article, match=None),),
            representative=article.id,
            created=self.now,
            updated=self.now,
            fingerprint="",
            related=related,
        )
        self._save(story, articles=(article,))

    def grow(self, number: int, title: str, feed: str) -> None:
        if (story := self._story(number)) is not None:
            article = self._article(title, feed, self.now)
            members = (*story.members, Member(article=article, match=None))
            self._save(replace(story, members=members, updated=self.now), articles=(article,))

    def edit(self, number: int, title: str) -> None:
        if (story := self._story(number)) is not None:
            first = replace(story.members[0].article, title=title, published=self.now)
            members = (replace(story.members[0], article=first), *story.members[1:])
            self.stories[self.stories.index(story)] = replace(story, members=members)
            self.store.save(Batch(articles=(first,)))

    def merge(self, one: int, other: int) -> None:
        story, gone = self._story(one), self._story(other)
        if story is not None and gone is not None and gone.id != story.id:
            self.stories.remove(gone)
            whole = replace(story, members=(*story.members, *gone.members), updated=self.now)
            self._save(whole, gone=Withdrawal(story=gone.id, survivor=story.id, at=self.now))

    def prune(self, hours: int) -> None:
        before = self.now - hours * HOUR
        self.store.pruning.prune(before, archiving=self.settings["archive"] == "true")
        alive = {story.id for story in self.store.browse.stories([s.id for s in self.stories])}
        self.stories = [story for story in self.stories if story.id in alive]

    def lose(self, name: str) -> None:
        (self.folder / "public" / name).unlink(missing_ok=True)

    def _story(self, number: int) -> Story | None:
        return self.stories[number % len(self.stories)] if self.stories else None

    def _save(
        self, story: Story, *, articles: tuple[Article, ...] = (), gone: Withdrawal | None = None
    ) -> None:
        self.stories = [*(one for one in self.stories if one.id != story.id), story]
        withdrawals = () if gone is None else (gone,)
        self.store.save(Batch(articles=articles, stories=(story,), withdrawals=withdrawals))

    def _relation(self, article: Article, earlier: Story) -> Related:
        match = Match(
            a=article.id,
            b=earlier.representative,
            level=Level.EVENT,
            probability=0.4,
            reasons=(),
        )
        return Related(story=earlier.id, match=match)

    def _article(self, title: str, feed: str, at: datetime) -> Article:
        link = f"https://{feed}.example/{next(self.numbers)}"
        return replace(self.write(title, feed, link, at), first_seen=self.now)


@dataclass(frozen=True)
class Event:
    """Something that happens."""

    what: Callable[..., None]
    details: tuple[object, ...]

    def __repr__(self) -> str:
        return f"{self.what.__name__}{self.details}"


def events() -> st.SearchStrategy[Event]:
    titles = st.sampled_from(("storm", "match", "ads", "vote"))
    feeds = st.sampled_from((*FEEDS, "diary"))
    numbers = st.integers(0, 20)

    def of(
        what: Callable[..., None], *details: st.SearchStrategy[object]
    ) -> st.SearchStrategy[Event]:
        return st.builds(Event, st.just(what), st.tuples(*details))

    set_anew = st.sampled_from(
        (("limit", 2), ("limit", 5), ("settle", 2), ("settle", 0), ("age", 5), ("archive", "false"))
    )
    names = st.sampled_from(("feed.atom", "views/other/feed.rss", "opml/sport.opml"))
    return st.one_of(
        of(Desk.come, titles, feeds, st.integers(0, 9), numbers),
        of(Desk.come, titles, feeds, st.integers(0, 9), numbers),
        of(Desk.come, titles, feeds, st.integers(0, 9), numbers),
        of(Desk.grow, numbers, titles, feeds),
        of(Desk.edit, numbers, titles),
        of(Desk.merge, numbers, numbers),
        of(Desk.prune, st.integers(3, 30)),
        of(Desk.wait, st.integers(1, 4)),
        of(Desk.lose, names),
        set_anew.map(lambda pair: Event(Desk.set, pair)),
    )


@contextmanager
def two_desks(empty: Path, write: Callable[..., Article]) -> Iterator[tuple[Desk, Desk]]:
    """Open two that nothing happened to yet; the second puts everything together each time."""
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(TemporaryDirectory())) for _ in range(2)]
        for folder in folders:
            shutil.copy(empty, folder / "aggregator.db")
        desks = (Desk(folders[0], write, anew=False), Desk(folders[1], write, anew=True))
        for desk in desks:
            stack.enter_context(desk.store)
        yield desks


@given(happening=st.lists(st.lists(events(), max_size=4), min_size=1, max_size=8))
@settings(max_examples=12, deadline=None)
def test_a_few_changes_give_what_all_would(empty, write, happening):
    with two_desks(empty, write) as (renewing, anew):
        for some in happening:
            for event, desk in product(some, (renewing, anew)):
                event.what(desk, *event.details)
            assert renewing.publish() == anew.publish()
