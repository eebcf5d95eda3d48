"""What subscribers see while stories come, grow, merge, split and are edited, on the whole path.

Some days in fast motion: feeds are written, polled, published and served after each cycle, people
merge and split and take it back, and programs that people read feeds with come and ask over HTTP.
``scripts/subscribers`` does it for longer.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from html import escape
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from xml.etree import ElementTree as ET

import pytest

from aggregator import Aggregator
from aggregator.app.decisions import merge, split, undo
from aggregator.app.publishing import publish
from aggregator.config import load
from aggregator.model import Story
from aggregator.parse import parse
from aggregator.publish.files import write
from aggregator.storage import open_store
from aggregator.web.application import application
from aggregator.web.server import serving

ATOM = "{http://www.w3.org/2005/Atom}"
ENTRY = ATOM + "entry"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
CYCLES = int(os.environ.get("SOAK_CYCLES", "50"))
SEED = int(os.environ.get("SOAK_SEED", "2025"))
START = datetime(2025, 10, 17, 12, tzinfo=UTC)
CYCLE = timedelta(minutes=90)
SETTLE = timedelta(hours=2)
LIMIT = 12
FOLLOWED = ("feed.atom", "views/several/feed.atom")
FEEDS = ("alpha", "beta", "gamma", "delta", "epsilon")
CONFIG = f"""
version: 1
encoder: none
store: sqlite:///aggregator.db
publish:
  base_url: https://news.example/
  limit: {LIMIT}
  max_age: 2d
  settle: 2h
  views:
    - {{name: several, publishers: 2, limit: 6}}
feeds:
""" + "".join(
    f"  - {{url: 'file:{name}.xml', id: {name}, name: {name.title()}}}\n" for name in FEEDS
)
SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvxz" for vowel in "aeiou"]


@dataclass
class World:
    """Newspapers, whose feeds are polled, and people, who have the last word."""

    folder: Path
    random: Random
    now: datetime = START
    aggregator: Aggregator = field(init=False)
    papers: dict[str, list[dict[str, str]]] = field(
        default_factory=lambda: {name: [] for name in FEEDS}
    )
    events: list[tuple[str, str]] = field(default_factory=list)
    items: int = 0
    decided: list[int] = field(default_factory=list)

    def turn(self) -> None:
        """Let an hour and a half go by, in which something happens, and publish it."""
        self.now += CYCLE
        ways = (self._begin, self._grow, self._bridge, self._edit, self._merge, self._split)
        for happen in self.random.choices((*ways, self._undo), (5, 6, 1, 2, 2, 2, 1), k=5):
            happen()
        for name, items in self.papers.items():
            (self.folder / f"{name}.xml").write_text(_rss(name, items[-25:]), encoding="utf-8")
        summary = self.aggregator.run_once(force=True)
        assert {polled.state.error for polled in summary.polled} == {None}

    def words(self, count: int) -> str:
        made = ("".join(self.random.choices(SYLLABLES, k=3)) for _ in range(count))
        return " ".join(made).capitalize()

    def _begin(self) -> None:
        self.events.append((self.words(7), self.words(25)))
        self._tell(self.random.choice(FEEDS), *self.events[-1])

    def _grow(self) -> None:
        """Let another paper tell something of the last days in much the same words."""
        if self.events:
            title, text = self.random.choice(self.events[-12:])
            self._tell(self.random.choice(FEEDS), f"{title}, {self.words(1)}", text)

    def _bridge(self) -> None:
        """Let a paper tell two things at once."""
        if len(self.events) > 1:
            (one, text), (other, more) = self.random.sample(self.events[-6:], 2)
            self._tell(self.random.choice(FEEDS), f"{one}; {other}", f"{text}. {more}")

    def _edit(self) -> None:
        """Let a paper change an item that it told."""
        items = self.papers[self.random.choice(FEEDS)][-5:]
        if items:
            item = self.random.choice(items)
            item["title"] += f", {self.words(1)}"
            item["text"] += f" {self.words(4)}."

    def _merge(self) -> None:
        stories = self._recent()
        if len(stories) > 1:
            one, other = self.random.sample(stories, 2)
            self.decided.append(merge(self.aggregator, one.id, other.id).decision.number)

    def _split(self) -> None:
        large = [story for story in self._recent() if len({a.url for a in story.articles}) > 1]
        if large:
            story = self.random.choice(large)
            gone = self.random.choice(story.articles)
            self.decided.append(split(self.aggregator, [gone.id]).decision.number)

    def _undo(self) -> None:
        if self.decided:
            undo(self.aggregator, self.decided.pop(self.random.randrange(len(self.decided))))

    def _recent(self) -> Sequence[Story]:
        return self.aggregator.stories(limit=10)

    def _tell(self, paper: str, title: str, text: str) -> None:
        self.items += 1
        self.papers[paper].append(
            {
                "title": title,
                "text": f"{text}.",
                "url": f"https://{paper}.example/{self.items}",
                "date": format_datetime(self.now - timedelta(minutes=self.random.randrange(80))),
            }
        )


def _rss(name: str, items: Sequence[dict[str, str]]) -> str:
    written = (
        f"<item><title>{escape(item['title'])}</title><link>{item['url']}</link>"
        f"<guid>{item['url']}</guid><pubDate>{item['date']}</pubDate>"
        f"<description>{escape(item['text'])}</description></item>\n"
        for item in reversed(items)
    )
    channel = f"<title>{name.title()}</title><link>https://{name}.example/</link>"
    return f'<rss version="2.0"><channel>{channel}\n{"".join(written)}</channel></rss>\n'


@dataclass(frozen=True)
class Edition:
    """What was published at the end of a cycle, and the stories that there were."""

    folder: Path
    live: frozenset[str]

    def names(self) -> list[str]:
        return [path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.*")]

    def feed(self, name: str = "feed.atom") -> Any:
        return ET.parse(self.folder / name).getroot()

    def entries(self, name: str = "feed.atom") -> dict[str, Any]:
        return {entry.findtext(ATOM + "id"): entry for entry in self.feed(name).iter(ENTRY)}

    def stones(self, name: str = "feed.atom") -> dict[str, Any]:
        return {stone.get("ref"): stone for stone in self.feed(name).iter(TOMBSTONE)}


@contextmanager
def living(folder: Path) -> Iterator[World]:
    config = load(CONFIG, directory=folder, environment={})
    world = World(folder, Random(SEED))
    with (
        Aggregator(
            config, open_store(config.store), clock=lambda: world.now, random=Random(0), parse=parse
        ) as world.aggregator,
        world.aggregator.exclusive(),
    ):
        yield world


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Edition]:
    folder = tmp_path_factory.mktemp("world")
    made: list[Edition] = []
    with living(folder) as world:
        for cycle in range(CYCLES):
            world.turn()
            kept = shutil.copytree(world.aggregator.config.directory, folder / str(cycle))
            live = frozenset(story.id for story in world.aggregator.stories())
            made.append(Edition(kept, live))
            assert publish(world.aggregator) == ()
    return made


@pytest.fixture
def served(editions, tmp_path) -> Iterator[Callable[[], Iterator[tuple[str, Edition]]]]:
    """Return a function that publishes the editions in turn, and says where."""
    config = load(CONFIG, directory=tmp_path, environment={})

    def turn_by_turn(url: str) -> Iterator[tuple[str, Edition]]:
        for second, edition in enumerate(editions):
            files = {name: (edition.folder / name).read_bytes() for name in edition.names()}
            for name in write(config.directory, files):
                os.utime(config.directory / name, (second, second))  # HTTP's dates tell no less
            yield url, edition

    with (
        Aggregator(config, open_store(config.store)) as aggregator,
        serving(application(aggregator), host="127.0.0.1", port=0) as web,
    ):
        yield partial(turn_by_turn, web.url)


def time(entry: Any, name: str = "updated") -> datetime:
    return datetime.fromisoformat(entry.findtext(ATOM + name))


def content(entry: Any) -> tuple[str, ...]:
    """Return what an entry tells of its own story; it also names earlier ones."""
    told = entry.findtext(ATOM + "content").partition("<p>Earlier: ")[0]
    return entry.findtext(ATOM + "title"), told.strip()


def related(entry: Any) -> list[str]:
    """Return the addresses of a story's articles."""
    return [
        link.get("href")
        for link in entry.iter(ATOM + "link")
        if link.get("rel") in {"alternate", "related"}
        and not link.get("title", "").startswith("Earlier: ")
    ]


@pytest.mark.parametrize("name", FOLLOWED)
def test_no_story_and_no_article_is_told_twice(editions, name):
    for edition in editions:
        told = [entry.findtext(ATOM + "id") for entry in edition.feed(name).iter(ENTRY)]
        articles = [url for entry in edition.feed(name).iter(ENTRY) for url in related(entry)]
        times = [entry.findtext(ATOM + "updated") for entry in edition.feed(name).iter(ENTRY)]
        assert len(told) == len(set(told))
        assert len(articles) == len(set(articles))
        assert len(times) == len(set(times))
        assert edition.live.issuperset(told)
        other = edition.folder / name.replace(".atom", ".json")
        assert [item["id"] for item in json.loads(other.read_bytes())["items"]] == told
        channel = edition.feed(name.replace(".atom", ".rss"))
        assert [guid.text for guid in channel.iter("guid")] == told


@pytest.mark.parametrize("name", FOLLOWED)
def test_what_was_withdrawn_has_a_tombstone_and_never_returns(editions, name):
    """RFC 6721: where it was told, and nowhere else."""
    told: set[str] = set()
    gone: set[str] = set()
    for edition in editions:
        now = edition.entries(name).keys()
        buried = edition.stones(name).keys()
        assert buried <= told
        assert buried.isdisjoint(edition.live)
        assert told - edition.live <= gone | buried
        gone |= buried
        assert gone.isdisjoint(now)
        told |= now
    assert len(gone) > CYCLES // 20


def test_the_survivor_is_told_as_changed_once(editions):
    before: dict[str, datetime] = {}
    gone: set[str] = set()
    moves = 0
    for edition, following in pairwise(editions):
        told, later = edition.entries(), following.entries()
        for name, stone in edition.stones().items():
            link = stone.find(ATOM + "link")
            survivor = None if link is None else link.get("href")
            if name in gone or survivor not in before or survivor not in told:
                continue
            updated = time(told[survivor])
            assert updated > before[survivor]
            assert datetime.fromisoformat(stone.get("when")) <= updated
            moves += 1
            if survivor in later and content(later[survivor]) == content(told[survivor]):
                assert time(later[survivor]) == updated
        gone |= edition.stones().keys()
        before |= {name: time(entry) for name, entry in told.items()}
    assert moves > CYCLES // 20


@pytest.mark.parametrize("name", FOLLOWED)
def test_updated_moves_only_when_readers_see_a_change(editions, name):
    before: dict[str, Any] = {}
    for edition in editions:
        for story, entry in edition.entries(name).items():
            old = before.get(story, entry)
            assert time(old, "published") == time(entry, "published")
            if content(old) == content(entry):
                assert time(entry) == time(old)
            else:
                assert time(entry) > time(old)
            before[story] = entry


def test_coverage_is_given_time_to_gather(editions):
    """A story that is told now was not yet there ``settle`` ago."""
    for number, edition in enumerate(editions):
        now = START + CYCLE * (number + 1)
        for entry in edition.entries().values():
            assert time(entry, "published") <= now - SETTLE


@pytest.mark.parametrize("name", FOLLOWED)
def test_archives_never_change_and_lead_to_everything_told(editions, name):
    """RFC 5005 section 4: of the versions of an entry that a reader finds the latest counts."""
    where, last = name.removesuffix("feed.atom"), editions[-1]
    first: dict[str, bytes] = {}
    shown: set[tuple[str, datetime]] = set()
    for edition in editions:
        for story, entry in edition.entries(name).items():
            shown.add((story, time(entry)))
        for path in (edition.folder / where / "archive").glob("*.atom"):
            kept = path.read_bytes().partition(b"<entry>")[2]
            assert first.setdefault(path.name, kept) == kept
    whole: dict[str, datetime] = {}
    buried: set[str] = set()
    page, newer, steps = name, None, 0
    while page:
        feed = last.feed(page)
        links = {link.get("rel"): link.get("href") for link in feed.findall(ATOM + "link")}
        assert links["self"] == f"https://news.example/{page}"
        assert links.get("next-archive") == newer
        assert links.get("current", "") == (f"https://news.example/{name}" if steps else "")
        buried |= last.stones(page).keys()
        for story, entry in last.entries(page).items():
            whole[story] = max(whole.get(story, START), time(entry))
        newer = links["self"] if steps else None
        page = links.get("prev-archive", "").removeprefix("https://news.example/")
        steps += 1
    assert steps == len(first) + 1 > 2
    assert shown.issuperset(whole.items())
    if not where:  # what a view told and no longer would it need not keep
        latest = {story: max(at for one, at in shown if one == story) for story, _ in shown}
        assert all(whole[story] == at for story, at in latest.items() if story in last.live)
    assert whole.keys() - last.live <= buried


def test_a_reader_that_takes_only_what_is_new_has_it_all(served):
    """RFC 3229 with ``feed``: a delta and what was there before make the whole."""
    had: dict[str, bytes] = {}
    tag = ""
    statuses: Counter[int] = Counter()
    for url, edition in served():
        request = Request(url + "feed.atom", headers={"A-IM": "feed", "If-None-Match": tag})
        try:
            with urlopen(request) as answer:
                status, tag, body = answer.status, answer.headers["ETag"], answer.read()
        except HTTPError as error:
            status, body = error.code, b""
        statuses[status] += 1
        if body:
            for entry in ET.fromstring(body).iter(ENTRY):
                had[entry.findtext(ATOM + "id") or ""] = ET.tostring(entry).strip()
        whole = {name: ET.tostring(e).strip() for name, e in edition.entries().items()}
        assert had.items() >= whole.items()
    assert statuses.keys() <= {200, 226, 304}
    assert statuses[226] > CYCLES // 2


@pytest.mark.skipif(shutil.which("newsboat") is None, reason="newsboat is not installed")
def test_newsboat_shows_no_story_twice_and_none_again(served, tmp_path):
    names = ("feed.atom", "feed.rss", "views/several/feed.atom")
    (tmp_path / "config").write_text("max-items 0\nreload-only-visible-feeds no\n")
    files = {"-C": "config", "-u": "urls", "-c": "cache.db"}
    command = ["newsboat", *(str(w) for o, n in files.items() for w in (o, tmp_path / n))]
    environment = {**os.environ, "HOME": str(tmp_path), "NO_PROXY": "127.0.0.1"}
    known: set[tuple[str, str]] = set()
    for url, edition in served():
        (tmp_path / "urls").write_text("".join(f"{url}{name}\n" for name in names))
        subprocess.run(
            [*command, "-x", "reload"], check=True, env=environment, capture_output=True, timeout=30
        )
        with sqlite3.connect(tmp_path / "cache.db") as database:
            query = "SELECT feedurl, guid FROM rss_item WHERE unread = 1"
            unread = list(database.execute(query))
            database.execute("UPDATE rss_item SET unread = 0")
        database.close()
        assert len(unread) == len(set(unread))
        assert known.isdisjoint(unread)
        assert edition.live.issuperset(guid for _, guid in unread)
        known |= set(unread)
    assert len(known) > CYCLES


def test_reader_shows_no_story_twice_and_none_again(served):
    """``READER`` names a folder that ``pip install --target`` put it in."""
    sys.path.append(os.environ.get("READER", ""))
    library = pytest.importorskip("reader", reason="reader (PyPI) is not installed; READER=…")
    changes: list[tuple[str, str, str]] = []
    with library.make_reader(":memory:") as reader:
        reader.after_entry_update_hooks.append(
            lambda _reader, entry, status: changes.append((*entry.resource_id, status.value))
        )
        for url, edition in served():
            for name in ("feed.atom", "views/several/feed.json", "views/several/feed.rss"):
                reader.add_feed(url + name, exist_ok=True)
            changes.clear()
            known = {entry.resource_id for entry in reader.get_entries()}
            reader.update_feeds(scheduled=False)
            assert not reader.get_feed_counts().broken
            new = [(feed, entry) for feed, entry, status in changes if status == "new"]
            assert len(new) == len(set(new))
            assert known.isdisjoint(new)
            assert edition.live.issuperset(entry for _, entry, _ in changes)
        assert reader.get_entry_counts().total > CYCLES
