"""What becomes of stored stories: files, and the memory of what they told."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

import pytest

from aggregator.app import Aggregator
from aggregator.app.backlog import backlogs
from aggregator.app.delivery import deliver
from aggregator.app.publishing import publish
from aggregator.config import load
from aggregator.errors import PublishError
from aggregator.model import (
    Article,
    Batch,
    Member,
    Part,
    PublishedSource,
    Request,
    Response,
    Story,
    Withdrawal,
)
from aggregator.storage import open_store

NOON = datetime(2025, 10, 17, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass
class Hub:
    """Stands in for the network: answers posts with the statuses it is given."""

    statuses: list[int] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)

    def fetch(self, requests: Any) -> Iterator[Response]:
        for request in requests:
            self.asked.append(request)
            status = self.statuses.pop(0) if self.statuses else 204
            yield Response(
                feed=request.feed,
                url=request.url,
                final_url=request.url,
                status=status,
                at=NOON,
                failure=None if status else "no connection",
            )


@dataclass
class Office:
    """An aggregator whose clock, stories and network a test has in hand."""

    folder: Path
    now: datetime = NOON
    hub: Hub = field(default_factory=Hub)
    settings: str = ""

    def open(self) -> Aggregator:
        config = load(
            f"version: 1\npublish:\n  title: Merged\n{self.settings}feeds:\n"
            "  - {url: 'https://daily.example/f', id: daily}\n"
            "  - {url: 'https://other.example/f', id: other}\n"
            "  - {url: 'https://diary.example/f', id: diary, private: true}\n",
            directory=self.folder,
            environment={},
        )
        store = open_store(config.store)
        store.subscribe(config.feeds, NOON - 99 * HOUR)
        return Aggregator(config, store, clock=lambda: self.now, fetcher=self.hub)

    def publish(self, settings: str | None = None) -> tuple[str, ...]:
        if settings is not None:
            self.settings = settings
        with self.open() as aggregator:
            return publish(aggregator)

    def save(self, *stories: Story, gone: dict[str, str] | None = None) -> None:
        with self.open() as aggregator:
            aggregator.store.save(
                Batch(
                    articles=tuple(a for story in stories for a in story.articles),
                    stories=stories,
                    withdrawals=tuple(
                        Withdrawal(story=story, survivor=survivor, at=self.now)
                        for story, survivor in (gone or {}).items()
                    ),
                )
            )

    def story(self, name: str, *more: str, hours: float = 0, feed: str = "daily") -> Story:
        """Make the story of an article of that name, and of others that came to it now."""
        at = NOON + hours * HOUR
        articles = [self._article(one, feed, at) for one in (name, *more)]
        return Story(
            id=uuid5(NAMESPACE_URL, name).urn,
            members=tuple(Member(article=article, match=None) for article in articles),
            representative=articles[0].id,
            created=at,
            updated=self.now if more else at,
            fingerprint="",
        )

    def told(self, name: str = "feed.json") -> list[str]:
        items = json.loads((self.folder / "public" / name).read_bytes())["items"]
        return [item["title"] for item in items]

    def atom(self, name: str = "feed.atom") -> Any:
        return ET.parse(self.folder / "public" / name).getroot()

    def _article(self, name: str, feed: str, at: datetime) -> Article:
        link = f"https://{feed}.example/{name}"
        return Article(
            id=uuid5(NAMESPACE_URL, f"{feed}/{name}").hex[:16],
            feed=feed,
            url=link,
            link=link,
            title=name,
            language="en",
            parts=(Part(language="en", title=name, lead=f"More of {name}."),),
            content=f"<p>More of <b>{name}</b>.</p>",
            publisher=feed.title(),
            published=at,
            published_source=PublishedSource.FEED,
            first_seen=at,
            content_hash=name,
        )


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_second_time_nothing_is_written(office):
    office.save(office.story("one"), office.story("two", hours=-1))
    assert "feed.atom" in office.publish()
    assert office.told() == ["one", "two"]
    office.now += HOUR
    assert office.publish() == ()


def test_the_articles_own_markup_comes_along(office):
    office.save(office.story("one"))
    office.publish()
    assert "<p>More of <b>one</b>.</p>" in office.atom().find(f"{ATOM}entry/{ATOM}content").text


def test_a_story_appears_once_it_has_settled_and_stays(office):
    settings = "  settle: 2h\n"
    office.now = NOON + HOUR
    office.save(office.story("one"), office.story("older", hours=-5))
    office.publish(settings)
    assert office.told() == ["older"]
    office.now = NOON + 2 * HOUR
    office.publish()
    assert office.told() == ["one", "older"]
    office.now = NOON + 3 * HOUR
    office.save(office.story("one", "more"))
    office.publish()
    assert office.told() == ["one", "older"]


def test_what_a_private_feed_adds_changes_no_file(office):
    office.save(office.story("one"))
    office.publish()
    office.now += HOUR
    story = office.story("one")
    diary = office.story("secret", feed="diary").members
    office.save(replace(story, members=(*story.members, *diary), updated=office.now))
    assert office.publish() == ()


def test_a_withdrawn_story_leaves_every_format_and_atom_says_so(office):
    one, two = office.story("one", hours=-1), office.story("two")
    office.save(one, two)
    office.publish()
    office.now += HOUR
    office.save(
        replace(one, members=(*one.members, *two.members), updated=office.now),
        gone={two.id: one.id},
    )
    office.publish()
    assert office.told() == ["one"]
    (stone,) = (e for e in office.atom() if e.tag.endswith("deleted-entry"))
    assert stone.get("ref") == two.id
    assert stone.find(ATOM + "link").get("href") == one.id


def test_one_that_was_never_told_needs_no_tombstone(office):
    one, two = office.story("one", hours=-9), office.story("two")
    office.save(one, two)
    office.publish("  settle: 5h\n")
    office.save(one, gone={two.id: one.id})
    office.publish()
    assert not [e for e in office.atom() if e.tag.endswith("deleted-entry")]


def test_the_feed_holds_as_many_as_it_may_and_archives_the_rest(office):
    for number in range(7):
        office.now = NOON + number * HOUR
        office.save(office.story(f"s{number}", hours=number))
        office.publish("  limit: 3\n")
        assert len(office.told()) == min(number + 1, 3)
    assert office.told() == ["s6", "s5", "s4"]
    titles = [
        [e.findtext(ATOM + "title") for e in office.atom(f"archive/{n}.atom").iter(ATOM + "entry")]
        for n in (1, 2)
    ]
    assert titles == [["s2", "s1", "s0"], ["s5", "s4", "s3"]]


def test_an_archived_story_that_changes_is_in_the_feed_again(office):
    for number in range(4):
        office.now = NOON + number * HOUR
        office.save(office.story(f"s{number}", hours=number))
        office.publish("  limit: 3\n")
    assert office.told() == ["s3", "s2", "s1"]
    office.now += HOUR
    office.save(office.story("s0", "more of it"))
    office.publish()
    assert office.told() == ["s3", "s2", "s1", "s0"]
    office.now += HOUR
    assert office.publish() == ()


def test_archives_that_were_lost_are_written_anew_the_same(office):
    for number in range(9):
        office.now = NOON + number * HOUR
        office.save(office.story(f"s{number}", hours=number))
        office.publish("  limit: 2\n")
    before = {path.name: path.read_bytes() for path in (office.folder / "public/archive").iterdir()}
    assert len(before) == 4
    for name in ("1.atom", "2.atom"):
        (office.folder / "public/archive" / name).unlink()
    assert set(office.publish()) == {"archive/1.atom", "archive/2.atom"}
    assert before == {
        path.name: path.read_bytes() for path in (office.folder / "public/archive").iterdir()
    }


def test_an_archive_that_a_run_stored_and_did_not_write_is_led_to(office):
    for number in range(5):
        office.now = NOON + number * HOUR
        office.save(office.story(f"s{number}", hours=number))
        office.publish("  limit: 2\n")
    before = {path.name: path.read_bytes() for path in (office.folder / "public/archive").iterdir()}
    (office.folder / "public/archive/2.atom").unlink()
    first = office.folder / "public/archive/1.atom"
    first.write_bytes(before["1.atom"].replace(b"next-archive", b"nothing"))
    office.publish()
    assert first.read_bytes() == before["1.atom"]


def test_without_archives_stories_just_leave(office):
    for number in range(5):
        office.now = NOON + number * HOUR
        office.save(office.story(f"s{number}", hours=number))
        office.publish("  limit: 2\n  archive: false\n")
    assert office.told() == ["s4", "s3"]
    assert not (office.folder / "public/archive").exists()


def test_switching_archives_off_takes_them_away_and_on_begins_anew(office):
    for number in range(5):
        office.now = NOON + number * HOUR
        office.save(office.story(f"s{number}", hours=number))
        office.publish("  limit: 2\n")
    assert (office.folder / "public/archive/2.atom").exists()
    office.publish("  limit: 2\n  archive: false\n")
    assert not (office.folder / "public/archive").exists()
    office.publish("  limit: 2\n")
    assert office.told() == ["s4", "s3"]
    titles = {
        e.findtext(ATOM + "title") for e in office.atom("archive/1.atom").iter(ATOM + "entry")
    }
    assert titles == {"s0", "s1"}


def test_a_view_reads_as_far_back_as_it_takes(office):
    stories = [office.story(f"s{n}", hours=-n) for n in range(12)]
    office.save(*stories[:-1], office.story("s11", hours=-11, feed="other"))
    settings = "  limit: 3\n  views:\n    - {name: other, feeds: [other]}\n"
    office.publish(settings)
    assert office.told() == ["s0", "s1", "s2"]
    assert office.told("views/other/feed.json") == ["s11"]
    office.publish(f"{settings}  max_age: 5h\n")
    assert office.told("views/other/feed.json") == []


def test_a_view_that_is_no_more_leaves_no_file(office):
    office.save(office.story("one"))
    office.publish("  views:\n    - {name: gone}\n    - {name: kept}\n")
    assert (office.folder / "public/views/gone/feed.atom").exists()
    office.publish("  views:\n    - {name: kept}\n")
    assert not (office.folder / "public/views/gone").exists()
    assert office.told("views/kept/feed.json") == ["one"]


def test_a_view_follows_a_story_into_another(office):
    one, two = office.story("one", hours=-1), office.story("two")
    office.save(one, two)
    settings = f"  views:\n    - {{name: it, story: '{two.id}'}}\n"
    office.publish(settings)
    assert office.told("views/it/feed.json") == ["two"]
    office.save(replace(one, members=(*one.members, *two.members)), gone={two.id: one.id})
    office.publish()
    assert office.told("views/it/feed.json") == ["two", "one"]


def test_a_disk_that_refuses_makes_the_next_run_write_the_same(office):
    office.save(office.story("one"))
    (office.folder / "public").write_bytes(b"in the way")
    with pytest.raises(PublishError):
        office.publish()
    (office.folder / "public").unlink()
    office.publish()
    assert office.told() == ["one"]


HUBS = "  base_url: https://n.example/f\n  hubs: ['https://hub.example/']\n"


@pytest.fixture
def pinged(office) -> Callable[[], set[str]]:
    """Return what delivers the pings that are due, and returns what was posted to the hub."""

    def pinged() -> set[str]:
        with office.open() as aggregator:
            deliver(aggregator)
        said = {(request.form or b"").decode() for request in office.hub.asked}
        office.hub.asked.clear()
        return said

    return pinged


def topic(name: str) -> str:
    return f"hub.mode=publish&hub.url=https%3A%2F%2Fn.example%2Ff%2F{name.replace('/', '%2F')}"


FEEDS = {topic(f"feed.{kind}") for kind in ("atom", "rss", "json")}


def test_hubs_are_told_of_the_feeds_that_changed(office, pinged):
    office.save(office.story("one"))
    office.publish(HUBS + "  views:\n    - {name: x, feeds: [other]}\n")
    assert office.hub.asked == []  # publishing waits for no hub
    assert pinged() == FEEDS | {topic(f"views/x/feed.{k}") for k in ("atom", "rss", "json")}
    office.publish()
    assert pinged() == set()
    office.save(office.story("two"))
    office.publish()
    assert pinged() == FEEDS


@pytest.mark.parametrize("status", [301, 404])
def test_a_hub_that_does_not_take_it_is_told_later(office, pinged, status):
    office.hub.statuses = [status] * 3
    office.save(office.story("one"))
    office.publish(HUBS)
    assert pinged() == FEEDS
    assert pinged() == set()
    office.now += 2 * HOUR
    assert pinged() == FEEDS
    office.now += 9 * HOUR
    assert pinged() == set()


@pytest.mark.parametrize("status", [0, 429, 503])
def test_a_hub_that_is_down_is_asked_once_and_told_all_later(office, pinged, status):
    office.hub.statuses = [status]
    office.save(office.story("one"))
    office.publish(HUBS + "  views:\n    - {name: x, feeds: [other]}\n")
    assert len(pinged()) == 1
    office.now += 2 * HOUR
    assert len(pinged()) == 6


def test_a_hub_that_was_down_for_long_is_told_within_two_hours(office, pinged):
    office.hub.statuses = [503] * 5
    office.save(office.story("one"))
    office.publish(HUBS)
    for _ in range(5):
        assert len(pinged()) == 1
        office.now += 2 * HOUR
    assert pinged() == FEEDS


def test_a_hub_that_never_takes_it_is_given_up_until_something_changes(office, pinged):
    office.hub.statuses = [500] * 10
    office.save(office.story("one"))
    office.publish(HUBS)
    for _ in range(10):
        assert len(pinged()) == 1
        office.now += 2 * HOUR
    office.now += 99 * HOUR
    assert pinged() == set()
    with office.open() as aggregator:
        (backlog,) = backlogs(aggregator)
    assert backlog.line == (
        "https://hub.example/ (ping): 0 waiting, 3 given up, since 2025-10-17 12:00 UTC: "
        "the hub answered 500"
    )
    office.save(office.story("two", hours=119))
    office.publish()
    assert pinged() == FEEDS
    with office.open() as aggregator:
        assert backlogs(aggregator) == ()


def test_a_hub_that_is_no_more_is_not_told(office, pinged):
    office.hub.statuses = [500]
    office.save(office.story("one"))
    office.publish(HUBS)
    pinged()
    office.now += HOUR
    office.publish("  base_url: https://n.example/f\n")
    assert pinged() == set()
    with office.open() as aggregator:
        assert aggregator.store.outbox.of("ping") == []
