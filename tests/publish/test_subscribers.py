"""What subscribers see while stories grow, merge and split: each story once, and none come back.

A made-up year in fast motion: stored as the pipeline would store it, published after each cycle,
and read by readers that people use.
"""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest

from aggregator.app import Aggregator
from aggregator.app.publishing import publish
from aggregator.config import load
from aggregator.model import (
    Article,
    Batch,
    Level,
    Match,
    Member,
    Part,
    PublishedSource,
    Story,
    Withdrawal,
)
from aggregator.storage import open_store

ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
CYCLES = int(os.environ.get("SOAK_CYCLES", "50"))
START = datetime(2025, 10, 17, 12, tzinfo=UTC)
FEEDS = ("alpha", "beta", "gamma", "delta")
CONFIG = """
version: 1
publish:
  base_url: https://news.example/
  limit: 12
  max_age: 2d
  views:
    - {name: several, publishers: 2, limit: 6}
feeds:
""" + "".join(f"  - {{url: 'https://{name}.example/feed', id: {name}}}\n" for name in FEEDS)


@dataclass
class World:
    """Stories that come, grow, merge and split; whatever it does is stored like a poll's batch."""

    aggregator: Aggregator
    random: Random
    now: datetime = START
    stories: dict[str, Story] = field(default_factory=dict)
    withdrawn: dict[str, str] = field(default_factory=dict)
    articles: int = 0

    def turn(self) -> None:
        """Let an hour and a half go by, in which something happens."""
        self.now += timedelta(minutes=90)
        batch = Batch()
        for happen in self.random.choices(
            (self._begin, self._grow, self._merge, self._split), (5, 5, 2, 2), k=4
        ):
            batch = happen(batch)
        self.aggregator.store.save(batch)

    def _begin(self, batch: Batch) -> Batch:
        article = self._article()
        story = Story(
            id=UUID(int=self.random.getrandbits(128), version=4).urn,
            members=(Member(article=article, match=None),),
            representative=article.id,
            created=self.now,
            updated=self.now,
            fingerprint="",
        )
        return self._told(replace(batch, articles=(*batch.articles, article)), story)

    def _grow(self, batch: Batch) -> Batch:
        if not self.stories:
            return batch
        story = self.random.choice(list(self.stories.values())[-20:])
        article = self._article()
        member = Member(article=article, match=_match(article, story.lead_article))
        grown = replace(story, members=(*story.members, member), updated=self.now)
        return self._told(replace(batch, articles=(*batch.articles, article)), grown)

    def _merge(self, batch: Batch) -> Batch:
        recent = list(self.stories.values())[-8:]
        if len(recent) < 2:
            return batch
        older, younger = sorted(self.random.sample(recent, 2), key=lambda s: (s.created, s.id))
        founder, *rest = younger.members
        joined = replace(founder, match=_match(founder.article, older.lead_article))
        del self.stories[younger.id]
        self.withdrawn[younger.id] = older.id
        batch = replace(
            batch,
            stories=tuple(story for story in batch.stories if story.id != younger.id),
            withdrawals=(
                *batch.withdrawals,
                Withdrawal(story=younger.id, survivor=older.id, at=self.now),
            ),
        )
        whole = replace(older, members=(*older.members, joined, *rest), updated=self.now)
        return self._told(batch, whole)

    def _split(self, batch: Batch) -> Batch:
        large = [story for story in self.stories.values() if len(story.members) > 2]
        if not large:
            return batch
        story = self.random.choice(large[-5:])
        part = story.members[-1]
        stays = replace(story, members=story.members[:-1], updated=self.now)
        goes = Story(
            id=UUID(int=self.random.getrandbits(128), version=4).urn,
            members=(replace(part, match=None),),
            representative=part.article.id,
            created=self.now,
            updated=self.now,
            fingerprint="",
        )
        return self._told(self._told(batch, stays), goes)

    def _told(self, batch: Batch, story: Story) -> Batch:
        self.stories[story.id] = story
        others = tuple(told for told in batch.stories if told.id != story.id)
        return replace(batch, stories=(*others, story))

    def _article(self) -> Article:
        self.articles += 1
        feed = self.random.choice(FEEDS)
        title = f"Report {self.articles} of something that happened"
        return Article(
            id=f"{self.articles:016x}",
            feed=feed,
            url=f"https://{feed}.example/{self.articles}",
            link=f"https://{feed}.example/{self.articles}",
            title=title,
            language="en",
            parts=(Part(language="en", title=title, lead="It is told here."),),
            summary="<p>It is <b>told</b> here.</p>",
            publisher=feed.title(),
            published=self.now - timedelta(minutes=self.random.randrange(80)),
            published_source=PublishedSource.FEED,
            first_seen=self.now,
            content_hash=f"{self.articles:064x}",
        )


def _match(article: Article, other: Article) -> Match:
    return Match(
        a=article.id, b=other.id, level=Level.EVENT, probability=0.9, reasons=("names in common",)
    )


@contextmanager
def living(folder: Path) -> Iterator[World]:
    config = load(CONFIG, directory=folder, environment={})
    made: list[World] = []
    with Aggregator(config, open_store(config.store), clock=lambda: made[0].now) as aggregator:
        aggregator.store.subscribe(config.feeds, START)
        made.append(World(aggregator, Random(2025)))
        yield made[0]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with living(tmp_path) as world:
        yield world


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sequence[Path], Mapping[str, str]]:
    """Return what was published at the end of each cycle, and the withdrawn stories."""
    folder = tmp_path_factory.mktemp("recorded")
    editions: list[Path] = []
    with living(folder) as world:
        for cycle in range(CYCLES):
            world.turn()
            publish(world.aggregator)
            editions.append(folder / str(cycle))
            shutil.copytree(world.aggregator.config.directory, editions[-1])
    return editions, world.withdrawn


def document(path: Path) -> Any:
    return ET.parse(path).getroot()


def entries(feed: Any) -> dict[str, Any]:
    return {entry.findtext(ATOM + "id"): entry for entry in feed.iter(ATOM + "entry")}


def test_no_story_and_no_article_is_told_twice(recorded):
    editions, withdrawn = recorded
    gone: dict[str, int] = {}
    for cycle, edition in enumerate(editions):
        feed = document(edition / "feed.atom")
        told = [entry.findtext(ATOM + "id") for entry in feed.iter(ATOM + "entry")]
        links = [
            link.get("href")
            for entry in feed.iter(ATOM + "entry")
            for link in entry.iter(ATOM + "link")
            if link.get("rel") in {"alternate", "related"}
        ]
        times = [entry.findtext(ATOM + "updated") for entry in feed.iter(ATOM + "entry")]
        for stone in feed.iter(TOMBSTONE):
            gone.setdefault(stone.get("ref"), cycle)
        assert len(told) == len(set(told))
        assert len(links) == len(set(links))
        assert len(times) == len(set(times))
        assert not set(told) & set(gone)
        listed = [item["id"] for item in json.loads((edition / "feed.json").read_bytes())["items"]]
        assert listed == told
    assert set(gone) <= set(withdrawn)
    assert len(gone) > CYCLES // 10


def test_updated_moves_only_when_the_story_did(recorded):
    before: dict[str, tuple[str, str]] = {}
    for edition in recorded[0]:
        for name, entry in entries(document(edition / "feed.atom")).items():
            words, updated = entry.findtext(ATOM + "content"), entry.findtext(ATOM + "updated")
            if name in before and before[name][1] == words:
                assert updated == before[name][0]
            elif name in before:
                assert updated > before[name][0]
            before[name] = updated, words


def test_archives_never_change_and_lead_to_everything_told(recorded):
    """RFC 5005 section 4: of the versions of an entry that a reader finds the latest counts."""
    editions, withdrawn = recorded
    first: dict[str, bytes] = {}
    seen: dict[str, str] = {}
    for edition in editions:
        for name, entry in entries(document(edition / "feed.atom")).items():
            seen[name] = entry.findtext(ATOM + "updated")
        for path in (edition / "archive").glob("*.atom"):
            kept = path.read_bytes().partition(b"<entry>")[2]
            assert first.setdefault(path.name, kept) == kept
    whole: dict[str, str] = {}
    buried: set[str] = set()
    page: str | None = "feed.atom"
    steps = 0
    while page:
        feed = document(editions[-1] / page)
        buried |= {stone.get("ref") for stone in feed.iter(TOMBSTONE)}
        for name, entry in entries(feed).items():
            whole[name] = max(whole.get(name, ""), entry.findtext(ATOM + "updated"))
        links = {link.get("rel"): link.get("href") for link in feed.findall(ATOM + "link")}
        page = links.get("prev-archive", "").removeprefix("https://news.example/")
        steps += 1
    assert steps == len(first) + 1 > 2
    live = {name: at for name, at in seen.items() if name not in withdrawn}
    assert live == {name: at for name, at in whole.items() if name not in withdrawn}
    assert set(whole) & set(withdrawn) <= buried


@pytest.mark.skipif(shutil.which("newsboat") is None, reason="newsboat is not installed")
def test_newsboat_shows_no_story_twice_and_none_again(world, tmp_path):
    public = world.aggregator.config.directory
    names = ("feed.atom", "feed.rss", "views/several/feed.atom")
    (tmp_path / "urls").write_text("".join(f"file://{public}/{name}\n" for name in names))
    (tmp_path / "config").write_text("max-items 0\nreload-only-visible-feeds no\n")
    cache = tmp_path / "cache.db"
    command = ["newsboat", "-C", tmp_path / "config", "-u", tmp_path / "urls", "-c", cache]
    environment = {**os.environ, "HOME": str(tmp_path)}
    known: set[tuple[str, str]] = set()
    for _ in range(CYCLES):
        world.turn()
        publish(world.aggregator)
        subprocess.run(
            [*command, "-x", "reload"], check=True, env=environment, capture_output=True, timeout=30
        )
        with sqlite3.connect(cache) as database:
            query = "SELECT feedurl, guid FROM rss_item WHERE unread = 1"
            unread = list(database.execute(query))
            database.execute("UPDATE rss_item SET unread = 0")
        database.close()
        assert len(unread) == len(set(unread))
        assert not known & set(unread)
        assert not {guid for _, guid in unread} & set(world.withdrawn)
        known |= set(unread)
    assert len(known) > CYCLES


def test_reader_shows_no_story_twice_and_none_again(world):
    reader_module = pytest.importorskip("reader", reason="reader (PyPI) is not installed")
    public = world.aggregator.config.directory
    changes: list[tuple[str, str, str]] = []
    with reader_module.make_reader(":memory:", feed_root=str(public)) as reader:
        reader.after_entry_update_hooks.append(
            lambda _reader, entry, status: changes.append((*entry.resource_id, status.value))
        )
        names = ("feed.atom", "views/several/feed.json")
        for _ in range(CYCLES):
            world.turn()
            publish(world.aggregator)
            for name in names:
                reader.add_feed(name, exist_ok=True)
            changes.clear()
            known = {entry.resource_id for entry in reader.get_entries()}
            reader.update_feeds(scheduled=False)
            assert not reader.get_feed_counts().broken
            new = [(feed, entry) for feed, entry, status in changes if status == "new"]
            assert len(new) == len(set(new))
            assert not known & set(new)
            assert not {entry for _, entry, _ in changes} & set(world.withdrawn)
        assert reader.get_entry_counts().total > CYCLES
