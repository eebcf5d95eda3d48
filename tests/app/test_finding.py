"""Finding and asking, with a fetcher that answers as told and a clock that stands still."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.app import Aggregator
from aggregator.app.asking import Asker
from aggregator.app.finding import find, with_scheme
from aggregator.config import load
from aggregator.errors import FetchError
from aggregator.model import Feed, Request, Response
from aggregator.parse import parse
from aggregator.storage import open_store

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
RSS = b"<rss version='2.0'><channel><title>Daily &amp; Co</title></channel></rss>"
CONFIG = load("version: 1\nfeeds: []\n", directory=Path("/nowhere"), environment={})


class Web:
    """A Fetcher of pages by address; everything else is 404."""

    def __init__(self, **pages: bytes) -> None:
        self.pages = {f"https://site.example/{path}": body for path, body in pages.items()}
        self.headers: dict[str, str] = {}
        self.refusing = False
        self.asked: list[str] = []

    def fetch(self, requests: Sequence[Request]) -> Iterator[Response]:
        for request in requests:
            self.asked.append(request.url)
            body = self.pages.get(request.url)
            missing = 429 if self.refusing and len(self.asked) > 1 else 404
            yield Response(
                feed=request.feed,
                url=request.url,
                final_url=request.url,
                status=missing if body is None else 200,
                headers=self.headers,
                at=NOON,
                body=body or b"",
            )


def feed_at(url: str) -> Feed:
    return Feed(id="probe", url=url, shown_url=url, name="probe")


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def look(pauses):
    """Find the feeds at an address of a web."""

    def look(web: Web, address: str):
        with Aggregator(
            CONFIG, open_store("sqlite://"), fetcher=web, parse=parse, clock=lambda: NOON
        ) as aggregator:
            return find(Asker(aggregator, pause=pauses.append), address, feed_at)

    return look


def test_a_feed_is_found_at_its_own_address_and_asked_once(look):
    web = Web(feed=RSS)
    (found,) = look(web, "https://site.example/feed")
    assert (found.link.url, found.link.title) == ("https://site.example/feed", "Daily & Co")
    assert found.answer.document.format == "rss20"
    assert len(web.asked) == 1


def test_feeds_that_a_page_names_are_not_asked_before_they_are_chosen(look):
    page = b"<html><link rel=feed href=/a title='\xe9'><link rel=feed href=/b></html>"
    web = Web(home=page)
    web.headers = {"content-type": "text/html; charset=iso-8859-1"}
    found = look(web, "https://site.example/home")
    assert [(one.link.url, one.link.title, one.answer) for one in found] == [
        ("https://site.example/a", "é", None),
        ("https://site.example/b", None, None),
    ]
    assert len(web.asked) == 1


def test_the_page_may_say_itself_how_it_is_encoded(look):
    page = "<html><meta charset=gb2312><link rel=feed href=/a title=新闻></html>".encode("gb18030")
    (found,) = look(Web(home=page), "https://site.example/home")
    assert found.link.title == "新闻"


def test_guesses_are_tried_one_at_a_time_with_a_pause_until_one_is_a_feed(look, pauses):
    page = b"<html><body><a href=/about/rss>RSS</a></body></html>"
    web = Web(**{"blog/": page, "about/rss": page, "blog/index.xml": RSS})
    (found,) = look(web, "https://site.example/blog/")
    assert found.link.url == "https://site.example/blog/index.xml"
    assert [url.removeprefix("https://site.example/") for url in web.asked] == [
        "blog/",
        "about/rss",
        "blog/feed",
        "blog/index.xml",
    ]
    assert pauses == [2, 2, 2]


def test_a_page_of_feeds_that_the_page_leads_to(look):
    home = b"<html><body><a href=/rss>Feeds</a></body></html>"
    feeds = b"<html><body><a href=/world.rss>World</a><a href=/rss>here</a></body></html>"
    web = Web(**{"": home, "rss": feeds, "feed": home})
    (found,) = look(web, "https://site.example/")
    assert (found.link.url, found.answer) == ("https://site.example/world.rss", None)


def test_where_there_is_no_feed_it_is_said_where_was_looked(look):
    web = Web(home=b"<html><title>Home</title></html>")
    with pytest.raises(FetchError, match=r"\(Home\).*/home/feed, .*/rss.xml, ") as caught:
        look(web, "https://site.example/home")
    assert str(caught.value).startswith("https://site.example/home: ")
    assert len(web.asked) <= 11


def test_a_host_that_has_had_enough_is_asked_no_more(look):
    web = Web(home=b"<html></html>")
    web.refusing = True
    with pytest.raises(FetchError):
        look(web, "https://site.example/home")
    assert len(web.asked) == 2


def test_what_does_not_answer_is_looked_at_no_further(look):
    web = Web()
    with pytest.raises(FetchError, match="404"):
        look(web, "https://site.example/gone")
    assert len(web.asked) == 1


def test_an_address_that_tells_its_feed_is_not_asked_at_all(look):
    web = Web()
    (found,) = look(web, "https://www.reddit.com/r/python")
    assert found.link.url == "https://www.reddit.com/r/python/.rss"
    assert web.asked == []


def test_a_podcast_is_looked_up_in_its_directory(look):
    web = Web()
    directory = "https://itunes.apple.com/lookup?entity=podcast&id=1"
    web.pages[directory] = b'{"results": [{"feedUrl": "https://show.example/rss"}]}'
    (found,) = look(web, "https://podcasts.apple.com/us/podcast/show/id1")
    assert found.link.url == "https://show.example/rss"
    assert web.asked == [directory]


def test_other_hosts_and_long_pauses_cost_no_waiting(pauses):
    now = [NOON]
    web = Web(a=RSS, b=RSS)
    with Aggregator(
        CONFIG, open_store("sqlite://"), fetcher=web, parse=parse, clock=lambda: now[0]
    ) as aggregator:
        asker = Asker(aggregator, pause=pauses.append)
        asker.ask(feed_at("https://site.example/a"))
        asker.ask(feed_at("https://other.example/"))
        now[0] += timedelta(seconds=0.5)
        asker.ask(feed_at("https://site.example/b"))
        now[0] += timedelta(seconds=9)
        asker.ask(feed_at("https://site.example/b"))
    assert pauses == [1.5, 0]


def test_what_goes_wrong_is_told_without_secrets(pauses):
    config = load(
        "version: 1\nfeeds: [{url: 'https://site.example/${T}'}]\n",
        directory=Path("/nowhere"),
        environment={"T": "s3cr3t-s3cr3t"},
    )
    web = Web(**{"s3cr3t-s3cr3t": b"s3cr3t-s3cr3t is no feed"})
    with Aggregator(config, open_store("sqlite://"), fetcher=web, parse=parse) as aggregator:
        answer = Asker(aggregator, pause=pauses.append).ask(config.feeds[0])
    assert answer.document is None
    assert "*** is no feed" in (answer.state.error or "")


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("example.org", "https://example.org"),
        (" example.org:8080/x ", "https://example.org:8080/x"),
        ("http://example.org", "http://example.org"),
        ("HTTPS://example.org", "HTTPS://example.org"),
        ("feed://example.org/x", "https://example.org/x"),
        ("feed:http://example.org/x", "http://example.org/x"),
        ("file:a.xml", "file:a.xml"),
        ("ftp://example.org/x", "ftp://example.org/x"),
    ],
)
def test_an_address_gets_a_scheme(typed, address):
    assert with_scheme(typed) == address
