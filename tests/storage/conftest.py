"""Databases of both kinds, fresh for each test, and samples to put into them.

Where PostgreSQL is not installed its tests are skipped; with the environment variable ``CI`` set
they fail.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from aggregator.model import (
    Article,
    Feed,
    FeedState,
    Level,
    Match,
    Member,
    Part,
    PublishedSource,
    Story,
)
from aggregator.storage import SqlStore, open_store
from aggregator.storage.schema import metadata
from scripts.server import MISSING, Server, programs, serving

Dump = dict[str, list[tuple[Any, ...]]]

NOON = datetime(2025, 10, 17, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Samples:
    """What tests store; each builder takes the fields that matter to the test."""

    noon: datetime = NOON

    def feed(self, name: str = "taipei", **changes) -> Feed:
        url = f"https://{name}.example/feed"
        return replace(Feed(id=name, url=url, shown_url=url, name=name.title()), **changes)

    def state(self, feed: str = "taipei", **changes) -> FeedState:
        return replace(FeedState(feed=feed, etag='"1"', checked=NOON), **changes)

    def article(self, number: int = 1, *, hours: float = 0, **changes) -> Article:
        """Return the article of that number, published so many hours after noon."""
        url = f"https://taipei.example/{number}"
        title = f"川普拒絕提供戰斧巡航導彈 {number}"
        article = Article(
            id=f"{number:016x}",
            feed="taipei",
            keys=(f"guid {number}", f"url {url}"),
            guid=f"tag:taipei.example,2025:{number}",
            url=url,
            link=f"{url}?utm_source=rss",
            title=title,
            language="zh-Hant",
            parts=(Part(language="zh-Hant", title=title, lead="白宮週五會談。"),),
            summary="<p>白宮週五會談。</p>",
            content="<p>白宮週五會談，沒有承諾。</p>",
            publisher="taipei.example",
            published=NOON + timedelta(hours=hours),
            published_source=PublishedSource.FEED,
            first_seen=NOON,
            content_hash=f"{number:064x}",
        )
        return replace(article, **changes)

    def story(self, name: str, *articles: Article, **changes) -> Story:
        """Return a story that the first article founded and represents."""
        founder = articles[0]
        members = [Member(article=founder, match=None)]
        for article in articles[1:]:
            match = Match(
                a=article.id,
                b=founder.id,
                level=Level.EVENT,
                probability=0.93,
                reasons=("titles share 3 rare words", "12 minutes apart"),
            )
            members.append(Member(article=article, match=match))
        story = Story(
            id=f"urn:uuid:{name}",
            members=tuple(members),
            representative=founder.id,
            created=NOON,
            updated=NOON,
            fingerprint="f" * 64,
        )
        return replace(story, **changes)


@pytest.fixture(scope="session")
def samples() -> Samples:
    return Samples()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    if programs() is None:
        if "CI" in os.environ:
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with serving() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "aggregator.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgres_store(postgres: Server) -> str:
    postgres.run("createdb", "store")
    open_store(postgres.url("store")).close()
    return postgres.url("store")


@pytest.fixture
def postgres_url(postgres_store: str) -> str:
    """Return the url of a store in which nothing happened yet."""
    with psycopg.connect(postgres_store) as connection:
        for table in reversed(metadata.sorted_tables):  # nearly empty: quicker than TRUNCATE
            connection.execute(f"DELETE FROM {table.name}")
    return postgres_store


@pytest.fixture
def empty_postgres_url(postgres: Server) -> Iterator[str]:
    """Yield the url of a database without a table."""
    postgres.run("createdb", "empty")
    yield postgres.url("empty")
    postgres.run("dropdb", "--force", "empty")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Return the url of a store in which nothing happened yet."""
    shutil.copy(sqlite_template, tmp_path / "aggregator.db")
    return f"sqlite:///{tmp_path}/aggregator.db"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """Return the url of a store in which nothing happened yet, of each kind in turn."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the url of a database without a table, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    return str(request.getfixturevalue("empty_postgres_url"))


@pytest.fixture
def store(url: str, samples: Samples) -> Iterator[SqlStore]:
    """Yield a store with two subscriptions."""
    with open_store(url) as store:
        store.subscribe([samples.feed("taipei"), samples.feed("berlin")], NOON)
        yield store


@pytest.fixture
def dump(url: str) -> Callable[[], Dump]:
    """Return a function that reads everything that the store holds."""

    def read() -> Dump:
        with open_store(url) as store, store._backend.read() as connection:
            return {
                table.name: sorted(map(tuple, connection.execute(table.select())), key=repr)
                for table in metadata.sorted_tables
            }

    return read
