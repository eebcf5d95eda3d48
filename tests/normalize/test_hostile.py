"""The hostile server's feeds, polled again and again against a store that is a dictionary."""

import importlib.util
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from aggregator.model import Article, Feed, Known, Response
from aggregator.normalize import identify, normalize
from aggregator.parse import parse

SERVER = Path(__file__).parents[2].parent / "shared" / "tools" / "hostile_server.py"
pytestmark = pytest.mark.skipif(
    not SERVER.exists(), reason="the hostile server lies in ../shared, which is not here"
)
START = datetime(2026, 1, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def hostile() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hostile_server", SERVER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Answer:
    """Takes what an endpoint sends."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.body = b""

    def send(self, _status: int, body: bytes, *_more: Any) -> None:
        self.body = body


class Subscription:
    """A feed, polled; keeps what the store would."""

    def __init__(self, hostile: ModuleType, path: str) -> None:
        self.endpoint: Callable[..., None] = hostile.EP[path][1]
        self.url = f"http://127.0.0.1:8099{path}"
        self.feed = Feed(id=path, url=self.url, shown_url=self.url, name=path)
        self.known: dict[str, Known] = {}
        self.articles: dict[str, Article] = {}
        self.versions: dict[str, tuple[str, ...]] = {}
        self.changes = 0
        self.hit = 0

    def poll(self) -> None:
        self.hit += 1
        answer, now = Answer(), START + timedelta(hours=self.hit)
        self.endpoint(answer, self.hit, {})
        response = Response(
            feed=self.feed.id,
            url=self.url,
            final_url=self.url,
            status=200,
            at=now,
            body=answer.body,
        )
        drafts = normalize(
            self.feed, parse(response), response_url=self.url, now=now, is_first=self.hit == 1
        )
        asked = {key for draft in drafts for key in draft.keys}
        found = identify(drafts, {key: self.known[key] for key in asked & self.known.keys()})
        self.changes += len(found.changed)
        for article in found.new + found.changed:
            self.articles[article.id] = article
            for key in article.keys:
                self._learn(key, article.id)
        self.versions |= dict(found.versions)
        for key, identity in found.learned:
            self._learn(key, identity)
        self.known = {
            key: self._record(self.articles[record.id]) for key, record in self.known.items()
        }

    def _learn(self, key: str, identity: str) -> None:
        self.known.setdefault(key, self._record(self.articles[identity]))

    def _record(self, article: Article) -> Known:
        return Known(
            id=article.id,
            content_hash=article.content_hash,
            first_seen=article.first_seen,
            published=article.published,
            published_source=article.published_source,
            title=article.title,
            url=article.url,
            versions=self.versions.get(article.id, ()),
        )


@pytest.mark.parametrize(
    ("path", "polls", "articles", "changes"),
    [
        ("/ok/rss", 3, 5, 0),
        ("/ok/rdf", 3, 5, 0),
        ("/items/dup-guid", 4, 2, 0),
        ("/items/all-same-guid", 4, 5, 0),
        ("/items/guid-changes", 5, 5, 0),
        ("/items/link-tracking-changes", 5, 5, 0),
        ("/items/no-guid-link-changes", 5, 5, 0),
        ("/items/no-guid", 3, 5, 0),
        ("/items/guid-empty", 3, 5, 0),
        ("/items/guid-only-date", 3, 5, 0),
        ("/items/no-title", 3, 3, 0),
        ("/items/no-link", 3, 3, 0),
        ("/items/nothing", 2, 1, 0),
        ("/items/permalink-guid", 2, 2, 0),
        ("/items/date-malformed", 3, 21, 0),
        ("/items/date-missing", 3, 5, 0),
        ("/items/date-moving", 6, 5, 0),
        ("/items/reorder", 4, 10, 0),
        ("/items/edited", 4, 5, 5),
        ("/items/vanish-return", 5, 5, 0),
        ("/items/window", 4, 31, 0),
        ("/items/flip-format", 9, 5, 0),
        ("/items/flip-version", 9, 6, 10),
    ],
)
def test_polling_again_makes_no_articles_of_known_items(
    hostile: ModuleType, path: str, polls: int, articles: int, changes: int
):
    subscription = Subscription(hostile, path)

    for _ in range(polls):
        subscription.poll()

    assert len(subscription.articles) == articles
    assert subscription.changes == changes


@pytest.mark.parametrize(
    "path", ["/items/guid-changes", "/items/no-guid-link-changes", "/items/date-moving"]
)
def test_names_that_change_at_each_poll_are_not_collected(hostile: ModuleType, path: str):
    subscription = Subscription(hostile, path)
    subscription.poll()
    names = len(subscription.known)

    subscription.poll()
    subscription.poll()

    assert len(subscription.known) == names


def test_a_publication_date_that_moves_at_each_poll_stays_that_of_the_first_sight(
    hostile: ModuleType,
):
    subscription = Subscription(hostile, "/items/date-moving")
    subscription.poll()
    first = {article.id: article.published for article in subscription.articles.values()}

    subscription.poll()

    assert {a.id: a.published for a in subscription.articles.values()} == first


def test_two_feeds_that_number_their_items_alike_have_different_articles(hostile: ModuleType):
    one = Subscription(hostile, "/items/guid-collision-a")
    other = Subscription(hostile, "/items/guid-collision-b")
    one.poll()
    other.poll()

    assert len(one.articles.keys() | other.articles.keys()) == 4


def test_the_links_of_feeds_with_bases_are_absolute(hostile: ModuleType):
    subscription = Subscription(hostile, "/rel/xml-base")
    subscription.poll()
    (article,) = subscription.articles.values()

    assert article.link == "http://base.example/dir/story/1"
    assert 'href="http://base.example/dir/sub/deep"' in article.content
    assert 'src="http://base.example/img.png"' in article.content


@pytest.mark.parametrize("path", ["/rel/no-base", "/rel/content-location", "/rel/xml-base-evil"])
def test_no_link_stays_relative(hostile: ModuleType, path: str):
    subscription = Subscription(hostile, path)
    subscription.poll()
    (article,) = subscription.articles.values()

    assert article.link is not None
    assert article.link.startswith("http://")
    html = article.summary + article.content
    assert html.count('="http') == html.count("href=") + html.count("src=")


@pytest.mark.parametrize(
    "path",
    [
        "/xss/content",
        "/xss/content-encoded",
        "/xss/title",
        "/xss/title-double-escaped",
        "/xss/links",
        "/xss/guid-permalink",
        "/xss/feed-meta",
        "/xss/atom-xhtml",
        "/xss/json",
    ],
)
def test_nothing_that_runs_is_left(hostile: ModuleType, path: str):
    subscription = Subscription(hostile, path)
    subscription.poll()

    assert subscription.articles
    for article in subscription.articles.values():
        html = (article.summary + article.content).lower()
        for tag in ("<script", "<style", "<iframe", "<base", "<meta", "<svg", "<object", "<form"):
            assert tag not in html
        assert "javascript:" not in html.replace("javascript:x&quot;", "")
        for address in (article.link, article.url, article.image):
            assert address is None or address.startswith(("http://", "https://"))


def test_fifty_thousand_nested_elements_cost_little_and_keep_their_text(hostile: ModuleType):
    subscription = Subscription(hostile, "/body/deep-html")
    subscription.poll()
    (article,) = subscription.articles.values()

    assert (article.summary + article.content).count("<") == 0


def test_a_title_of_five_megabytes_is_cut(hostile: ModuleType):
    subscription = Subscription(hostile, "/body/huge-title")
    subscription.poll()
    (article,) = subscription.articles.values()

    assert len(article.title) <= 500
