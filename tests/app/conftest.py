"""A desk at which stories come in and rules tell of them, with clock and configuration in hand."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from aggregator.app import Aggregator
from aggregator.app.notices import take_note
from aggregator.config import load
from aggregator.model import (
    Article,
    Batch,
    Member,
    Message,
    Part,
    PublishedSource,
    Story,
    Withdrawal,
)
from aggregator.pipeline import Fetcher
from aggregator.storage import open_store

NOON = datetime(2025, 10, 17, 12, tzinfo=UTC)
FEEDS = ("daily", "herald", "post", "times")


@dataclass
class Desk:
    """Opens its store anew each time, as a program that was started again would."""

    folder: Path
    now: datetime = NOON
    rules: str = "  - {id: breaking, publishers: 3, command: [tell]}\n"
    more: str = ""
    feeds: tuple[str, ...] = FEEDS
    environment: Mapping[str, str] = field(default_factory=dict)
    fetcher: Fetcher | None = None

    def open(self) -> Aggregator:
        feeds = "".join(f"  - {{url: 'https://{f}.example/', id: {f}}}\n" for f in self.feeds)
        feeds += "  - {url: 'https://diary.example/', id: diary, private: true}\n"
        notify = f"notify:\n{self.rules}" if self.rules else ""
        config = load(
            f"version: 1\nencoder: none\n{self.more}{notify}feeds:\n{feeds}",
            directory=self.folder,
            environment=self.environment,
        )
        store = open_store(config.store)
        store.subscribe(config.feeds, self.now)
        return Aggregator(config, store, clock=lambda: self.now, fetcher=self.fetcher)

    def look(self) -> list[dict[str, Any]]:
        """Have the rules look at what came; return what waits to be told."""
        with self.open() as aggregator:
            take_note(aggregator)
        return [json.loads(message.body) for message in self.waiting()]

    def told(self) -> list[str]:
        """Do so, and return the titles alone."""
        return [body["data"]["story"]["title"] for body in self.look()]

    def waiting(self) -> list[Message]:
        with self.open() as aggregator:
            outbox = aggregator.store.outbox
            return [*outbox.of("webhook"), *outbox.of("command")]

    def story(self, title: str, **minutes: float) -> Story:
        """Make a story that each of these feeds reported so many minutes after now."""
        articles = [self._article(title, feed, after) for feed, after in minutes.items()]
        return Story(
            id=uuid5(NAMESPACE_URL, title).urn,
            members=tuple(Member(article=article, match=None) for article in articles),
            representative=articles[0].id,
            created=self.now,
            updated=self.now,
            fingerprint="",
        )

    def save(self, *stories: Story, gone: Mapping[str, str] | None = None) -> None:
        with self.open() as aggregator:
            aggregator.store.save(
                Batch(
                    articles=tuple(a for story in stories for a in story.articles),
                    stories=tuple(replace(story, updated=self.now) for story in stories),
                    withdrawals=tuple(
                        Withdrawal(story=story, survivor=survivor, at=self.now)
                        for story, survivor in (gone or {}).items()
                    ),
                )
            )

    def _article(self, title: str, feed: str, minutes: float) -> Article:
        link = f"https://{feed}.example/{title.replace(' ', '-')}"
        return replace(
            article(title, feed, link, self.now + timedelta(minutes=minutes)), first_seen=self.now
        )


def article(title: str, feed: str, link: str, at: datetime) -> Article:
    """Write an English article; its link names it."""
    return Article(
        id=uuid5(NAMESPACE_URL, link).hex[:16],
        feed=feed,
        url=link,
        link=link,
        title=title,
        language="en",
        parts=(Part(language="en", title=title, lead=f"More of {title}."),),
        publisher=feed.title(),
        published=at,
        published_source=PublishedSource.FEED,
        first_seen=at,
        content_hash=title,
    )


class Shelf:
    """A store of vectors in memory."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}
        self.found = 0
        self.writes = 0

    def vectors(self, digests: Iterable[bytes]) -> Mapping[bytes, bytes]:
        found = {digest: self.kept[digest] for digest in digests if digest in self.kept}
        self.found += len(found)
        return found

    def keep_vectors(self, vectors: Mapping[bytes, bytes]) -> None:
        self.writes += 1
        self.kept |= vectors


@pytest.fixture(scope="session")
def write() -> Callable[..., Article]:
    """Return what writes articles."""
    return article


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk whose rules have watched for two days."""
    desk = Desk(tmp_path, now=NOON - timedelta(days=2))
    assert desk.look() == []
    desk.now = NOON
    return desk


@pytest.fixture(scope="session")
def newsroom() -> Desk:
    """Return a desk that stories are made at, and that is never opened."""
    return Desk(Path("/nowhere"))
