"""The web application on a loopback port, over a store of its own."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from aggregator import Aggregator
from aggregator.config import load
from aggregator.model import (
    Article,
    Batch,
    FeedState,
    Level,
    Match,
    Member,
    Part,
    Poll,
    PublishedSource,
    Related,
    Story,
    Withdrawal,
)
from aggregator.phrase import Phrase
from aggregator.storage import open_store
from aggregator.web.application import application
from aggregator.web.server import serving

NOON = datetime(2025, 10, 17, 12, tzinfo=UTC)
TOKEN = "a token that nobody guesses"
CONFIG = """
version: 1
store: sqlite:///aggregator.db
publish: {title: News of the world, views: [{name: world, category: World}]}
serve: {token: "${OWNER}", allowed_hosts: [news.example]}
feeds:
  - {url: "https://harbour.example/feed", id: harbour, name: Harbour Times, category: World}
  - {url: "https://formosa.example/feed", id: formosa, name: 福爾摩沙日報, category: 國際}
  - {url: "https://paid.example/feed?key=${KEY}", id: paid, name: Paid, category: World}
  - {url: "https://secret.example/feed", id: secret, name: Hidden Letters, private: true}
"""
MISSING = Phrase(
    "the server answered {status}: {advice}",
    status=404,
    advice=Phrase("nothing is there: check the url, or look on the site for the feed's new place"),
)
ENVIRONMENT = {"OWNER": TOKEN, "KEY": "k3y-in-the-address"}
TALKS = "urn:uuid:00000000-0000-4000-8000-000000000001"
RAID = "urn:uuid:00000000-0000-4000-8000-000000000002"
GONE = "urn:uuid:00000000-0000-4000-8000-000000000004"
LETTER = "urn:uuid:00000000-0000-4000-8000-000000000003"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Site:
    """A running server, and the folder that it serves from."""

    url: str
    folder: Path

    @property
    def authority(self) -> str:
        return self.url.removeprefix("http://").rstrip("/")

    def ask(
        self, path: str, method: str = "GET", *, body: bytes | None = None, **headers: str
    ) -> Answer:
        """Make a request; header names have underscores for hyphens."""
        host, _, port = self.authority.rpartition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=30)
        try:
            fields = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, fields)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def post(self, path: str, form: str = "", **headers: str) -> Answer:
        """Post a form as one of our own pages does."""
        given = {"Origin": self.url.rstrip("/"), **headers}
        return self.ask(path, "POST", body=form.encode(), **given)


def article(number: int, feed: str, publisher: str, language: str, title: str, **more) -> Article:
    url = f"https://{feed}.example/{number}"
    made = Article(
        id=f"{number:016x}",
        feed=feed,
        keys=(f"url {url}",),
        url=url,
        link=url,
        title=title,
        language=language,
        parts=(Part(language=language, title=title, lead=f"{title}. And more of it."),),
        publisher=publisher,
        published=NOON + timedelta(hours=number),
        published_source=PublishedSource.FEED,
        first_seen=NOON,
        content_hash=f"{number:064x}",
    )
    return replace(made, **more)


def match(a: Article, b: Article, terms: str) -> Match:
    reason = Phrase("names in common: {terms}", terms=terms)
    return Match(a=a.id, b=b.id, level=Level.EVENT, probability=0.93, reasons=(reason,))


def story(name: str, *articles: Article, related: Mapping[str, Article] | None = None) -> Story:
    founder = articles[0]
    members = [Member(article=founder, match=None)]
    follows = [
        Related(story=there, match=match(founder, other, other.title))
        for there, other in (related or {}).items()
    ]
    for other in articles[1:]:
        why = match(other, founder, "tomahawk")
        members.append(Member(article=other, match=why))
    return Story(
        id=name,
        members=tuple(members),
        representative=founder.id,
        created=NOON,
        updated=NOON + timedelta(minutes=len(articles)),
        fingerprint="f" * 64,
        related=tuple(follows),
    )


ENGLISH = article(1, "harbour", "Harbour Times", "en", "Zelensky leaves without Tomahawks")
CHINESE = article(2, "formosa", "福爾摩沙日報", "zh-Hant", "川普拒絕提供戰斧巡航導彈")
PRIVATE = article(3, "secret", "Hidden Letters", "en", "Tomahawks, says my secret newsletter")
HOSTILE = article(
    4,
    "paid",
    "<script>alert(1)</script>",
    "en",
    "Thieves <img src=x onerror=alert(2)> raid the Louvre",
    link="javascript:alert(3)",
)
OWN = article(5, "secret", "Hidden Letters", "en", "Only in my letterbox")


@contextmanager
def filled(folder: Path) -> Iterator[Aggregator]:
    """Yield two stories that others may see, and what a private feed brought."""
    config = load(CONFIG, directory=folder, environment=ENVIRONMENT)
    config.directory.mkdir()
    seconds = count()  # a clock that moves on gives allowances back

    def clock() -> datetime:
        return NOON + timedelta(hours=6, seconds=next(seconds))

    with Aggregator(config, open_store(config.store), clock=clock) as a:
        a.store.subscribe(config.feeds, NOON)
        failing = FeedState(
            feed="paid", checked=NOON, due=NOON + timedelta(days=1), failures=3, error=MISSING
        )
        well = FeedState(
            feed="harbour",
            checked=NOON,
            succeeded=NOON,
            due=NOON + timedelta(hours=7),
            rule=Phrase("min_interval {time}", time="1 h"),
        )
        a.store.save(
            Batch(
                states=(failing, well),
                polls=(
                    Poll(feed="paid", at=NOON, status=404, error=MISSING),
                    Poll(feed="harbour", at=NOON - timedelta(hours=6), status=200, new=2),
                    Poll(feed="harbour", at=NOON, status=304, elapsed=timedelta(milliseconds=300)),
                    Poll(feed="secret", at=NOON, status=200, new=1),
                ),
                articles=(ENGLISH, CHINESE, PRIVATE, HOSTILE, OWN),
                stories=(
                    story(
                        TALKS,
                        ENGLISH,
                        CHINESE,
                        PRIVATE,
                        related={RAID: HOSTILE, LETTER: OWN},
                    ),
                    story(RAID, HOSTILE),
                    story(LETTER, OWN),
                ),
                withdrawals=(Withdrawal(story=GONE, survivor=TALKS, at=NOON),),
            )
        )
        yield a


@pytest.fixture(scope="session")
def aggregator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aggregator]:
    """An aggregator that no test changes."""
    with filled(tmp_path_factory.mktemp("web")) as aggregator:
        yield aggregator


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Site]:
    """A site of one test's own."""
    with (
        filled(tmp_path) as aggregator,
        serving(application(aggregator), host="127.0.0.1", port=0) as served,
    ):
        yield Site(served.url, aggregator.config.directory)


@pytest.fixture(scope="session")
def site(aggregator: Aggregator) -> Iterator[Site]:
    """The application over it, running."""
    with serving(application(aggregator), host="127.0.0.1", port=0) as served:
        yield Site(served.url, aggregator.config.directory)
