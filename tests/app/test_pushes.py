"""A hub and a feed on loopback, the daemon and the web server as two processes would have them."""

import hmac
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode
from urllib.request import Request, urlopen

import pytest

from aggregator.app import Aggregator
from aggregator.config import load
from aggregator.parse import parse
from aggregator.storage import open_store
from aggregator.web.application import application
from aggregator.web.server import serving

NOON = datetime(2025, 10, 18, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def rss(*titles: str, hub: str = "", topic: str = "") -> bytes:
    links = (
        f"<atom:link rel='hub' href='{hub}'/><atom:link rel='self' href='{topic}'/>" if hub else ""
    )
    items = "".join(
        f"<item><guid>{title}</guid><title>{title}</title>"
        "<pubDate>Sat, 18 Oct 2025 11:00:00 GMT</pubDate></item>"
        for title in titles
    )
    return (
        "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>"
        f"<title>Bern News</title>{links}{items}</channel></rss>"
    ).encode()


class Hub:
    """A small hub: it keeps what it was asked, verifies and delivers when a test says so."""

    def __init__(self, httpd: ThreadingHTTPServer) -> None:
        self.authority = f"127.0.0.1:{httpd.server_address[1]}"
        self.url = f"http://{self.authority}/hub"
        self.status = 202
        self.location: str | None = None
        self.asked: list[dict[str, str]] = []

    def verify(self, lease: timedelta = 10 * DAY, **changes: str) -> tuple[int, bytes]:
        """Ask the subscriber whether it meant the last request."""
        asked = self.asked[-1]
        said = {
            "hub.mode": asked["hub.mode"],
            "hub.topic": asked["hub.topic"],
            "hub.challenge": "a challenge & more",
            "hub.lease_seconds": str(round(lease.total_seconds())),
        }
        said |= {f"hub.{name}": value for name, value in changes.items()}
        mark = "&" if "?" in asked["hub.callback"] else "?"
        return call(asked["hub.callback"] + mark + urlencode(said))

    def deliver(self, body: bytes, *, secret: str | None = None, method: str = "sha256") -> int:
        asked = self.asked[-1]
        key = asked["hub.secret"] if secret is None else secret
        signature = f"{method}={hmac.new(key.encode(), body, method).hexdigest()}"
        fields = {"Content-Type": "application/rss+xml", "X-Hub-Signature": signature}
        return call(asked["hub.callback"], body, fields)[0]


def call(
    url: str, body: bytes | None = None, fields: dict[str, str] | None = None
) -> tuple[int, bytes]:
    try:
        with urlopen(Request(url, body, fields or {}), timeout=10) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub

    def do_POST(self) -> None:
        hub, body = self.hub, self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
        hub.asked.append(dict(parse_qsl(body.decode())))
        self.send_response(hub.status)
        if hub.location:
            self.send_header("Location", hub.location)
            hub.location, hub.status = None, 202
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hub() -> Iterator[Hub]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as httpd:
        _Handler.hub = Hub(httpd)
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield _Handler.hub
        httpd.shutdown()
        thread.join()


class World:
    """The daemon beside the web server, one store between them, and a clock in our hands."""

    def __init__(self, folder: Path, server, hub: Hub, stack: ExitStack) -> None:
        self.now = NOON
        self.server = server
        self.topic = server.url("/feed")
        self._feed = f"{{url: '{self.topic}', id: bern}}"
        self._folder = folder
        self._hub = hub
        self._stack = stack
        web = stack.enter_context(self._opened())
        app = application(web)
        self.callback = stack.enter_context(serving(app, host="127.0.0.1", port=0)).url

    @contextmanager
    def _opened(self, more: str = "", feed: str = "") -> Iterator[Aggregator]:
        text = (
            f"version: 1\nencoder: none\ndefaults: {{host_delay: 0s}}\n{more}\n"
            f"network: {{allow: ['{self.server.authority}', '{self._hub.authority}']}}\n"
            f"feeds: [{feed}]"
        )
        config = load(text, directory=self._folder, environment={})
        aggregator = Aggregator(
            config, open_store(config.store), clock=self._tell, random=Random(1), parse=parse
        )
        with aggregator:
            yield aggregator

    def _tell(self) -> datetime:
        return self.now

    def publish(self, *titles: str, in_headers: bool = False) -> None:
        """Put a feed onto its own server."""
        links = f'<{self._hub.url}>; rel="hub", <{self.topic}>; rel=self'
        self.server.says(
            "/feed",
            rss(*titles) if in_headers else self.document(*titles),
            headers={"Link": links} if in_headers else {},
        )

    def document(self, *titles: str) -> bytes:
        return rss(*titles, hub=self._hub.url, topic=self.topic)

    def run(self, *, callback: bool = True, subscribed: bool = True) -> list[str]:
        """Let the daemon run once; return the titles of all stories."""
        more = f"websub: {{callback: '{self.callback}'}}" if callback else ""
        with self._opened(more, self._feed if subscribed else "") as daemon:
            daemon.run_once()
            return sorted(story.lead_article.title for story in daemon.stories())

    def rule(self) -> str:
        """Tell how the feed's next time is explained to people."""
        with self._opened(f"websub: {{callback: '{self.callback}'}}", self._feed) as aggregator:
            return aggregator.feeds()["bern"].rule or ""

    def subscriptions(self):
        with self._opened() as aggregator, aggregator.store.pushes.edit() as subscriptions:
            return list(subscriptions.values())

    @property
    def polls(self) -> int:
        paths: list[str] = self.server.paths()
        return paths.count("/feed")


@pytest.fixture
def world(tmp_path: Path, server, hub: Hub) -> Iterator[World]:
    with ExitStack() as stack:
        yield World(tmp_path, server, hub, stack)


@pytest.fixture
def subscribed(world: World, hub: Hub) -> World:
    """One story polled, the hub's question answered."""
    world.publish("Glacier festival opens")
    world.run()
    assert hub.verify() == (200, b"a challenge & more")
    return world


@pytest.mark.parametrize("in_headers", [False, True])
def test_a_feed_that_names_a_hub_is_subscribed_to(world, hub, in_headers):
    world.publish("Glacier festival opens", in_headers=in_headers)
    world.run()
    (asked,) = hub.asked
    assert asked["hub.mode"] == "subscribe"
    assert asked["hub.topic"] == world.topic
    assert asked["hub.callback"].startswith(world.callback + "websub/")
    assert len(asked["hub.secret"]) >= 32
    assert asked["hub.secret"] not in asked["hub.callback"]
    assert hub.verify()[0] == 200


def test_what_is_pushed_becomes_a_story_without_a_poll(subscribed, hub):
    assert hub.deliver(subscribed.document("Lake steamer runs aground")) == 202
    assert subscribed.run() == ["Glacier festival opens", "Lake steamer runs aground"]
    assert subscribed.polls == 1


def test_what_is_pushed_twice_is_one_article(subscribed, hub):
    for _ in range(2):
        hub.deliver(subscribed.document("Lake steamer runs aground", "Glacier festival opens"))
    assert subscribed.run() == ["Glacier festival opens", "Lake steamer runs aground"]


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_each_method_of_the_recommendation_signs(subscribed, hub, method):
    hub.deliver(subscribed.document("Lake steamer runs aground"), method=method)
    assert len(subscribed.run()) == 2


def test_what_is_signed_with_another_secret_is_ignored_in_silence(subscribed, hub):
    assert hub.deliver(subscribed.document("Buy this"), secret="guessed") == 202
    assert hub.deliver(subscribed.document("Buy this"), method="md5") == 202
    assert call(hub.asked[0]["hub.callback"], subscribed.document("Buy this"))[0] == 202
    assert subscribed.run() == ["Glacier festival opens"]


def test_nothing_is_taken_before_it_was_verified(world, hub):
    world.publish("Glacier festival opens")
    world.run()
    assert hub.deliver(world.document("Too early")) == 404
    assert world.run() == ["Glacier festival opens"]


@pytest.mark.parametrize(
    "said",
    [{"topic": "https://other.example/"}, {"mode": "unsubscribe"}, {"mode": ""}, {"challenge": ""}],
    ids=["another topic", "another mode", "no mode", "no challenge"],
)
def test_the_hub_is_told_no_unless_it_asks_what_was_asked(world, hub, said):
    world.publish("Glacier festival opens")
    world.run()
    assert hub.verify(**said)[0] == 404
    assert hub.verify()[0] == 200
    assert hub.verify()[0] == 404, "it was verified already"


def test_a_callback_that_nobody_made_is_not_there(world):
    address = world.callback + "websub/" + "x" * 43
    assert call(address + "?hub.mode=subscribe&hub.challenge=x")[0] == 404
    assert call(address, b"<rss/>")[0] == 404


def test_a_feed_whose_hub_pushes_is_polled_at_its_longest_interval(subscribed):
    subscribed.now += 5 * HOUR
    subscribed.run()
    assert subscribed.polls == 1
    assert subscribed.rule() == "max_interval, since its hub pushes what is new"
    subscribed.now += 19 * HOUR
    subscribed.run()
    assert subscribed.polls == 2


def test_the_lease_is_renewed_before_it_ends(subscribed, hub):
    subscribed.now += 8 * DAY
    subscribed.run()
    first, again = hub.asked
    assert again == first
    assert hub.verify()[0] == 200
    subscribed.now += 7 * DAY
    subscribed.run()
    polls = subscribed.polls
    subscribed.now += 5 * HOUR
    subscribed.run()
    assert subscribed.polls == polls, "the new lease holds"


def test_a_lease_that_ends_leaves_polling_as_it_was(world, hub):
    world.publish("Glacier festival opens")
    world.run()
    hub.verify(lease=3 * HOUR)
    world.now += 2.9 * HOUR
    world.run()
    assert world.polls == 1
    world.now += 0.2 * HOUR
    world.run()
    assert world.polls == 2


def test_a_hub_that_misses_something_is_not_relied_on_until_it_delivers(subscribed, hub):
    subscribed.now += 25 * HOUR
    subscribed.publish("Glacier festival opens", "Never pushed")
    subscribed.run()
    for _ in range(2):
        subscribed.now += 13 * HOUR
        subscribed.run()
    polls = subscribed.polls
    assert polls == 4
    hub.deliver(subscribed.document("Lake steamer runs aground"))
    subscribed.now += 13 * HOUR
    subscribed.run()
    assert subscribed.polls == polls


def test_a_hub_that_denies_is_left_alone_and_the_feed_polled(subscribed, hub):
    assert hub.verify(mode="denied", reason="not for\x1b\x9b you")[0] == 200
    (denied,) = subscribed.subscriptions()
    assert denied.error == "its hub denies the subscription: not for› you"
    assert hub.deliver(subscribed.document("Too late")) == 404
    subscribed.now += 5 * HOUR
    subscribed.run()
    assert subscribed.polls == 2
    assert len(hub.asked) == 1


@pytest.mark.parametrize("kept", [{"subscribed": False}, {"callback": False}])
def test_what_is_not_wanted_any_more_is_left(subscribed, hub, kept):
    subscribed.now += HOUR
    subscribed.run(**kept)
    assert hub.asked[-1]["hub.mode"] == "unsubscribe"
    assert hub.asked[-1]["hub.callback"] == hub.asked[0]["hub.callback"]
    assert hub.verify(mode="subscribe")[0] == 404
    assert hub.verify()[0] == 200
    subscribed.run(**kept)
    assert subscribed.subscriptions() == []
    assert len(hub.asked) == 2


def test_without_a_public_address_no_hub_is_asked(world, hub):
    world.publish("Glacier festival opens")
    world.run(callback=False)
    assert hub.asked == []


def test_a_hub_that_does_not_answer_well_is_asked_less_and_less(world, hub):
    world.publish("Glacier festival opens")
    hub.status = 500
    world.run()
    assert "; its hub answered 500 to our request: it is asked again later" in world.rule()
    for hours in (0.9, 0.2, 1.8, 0.4):
        world.now += hours * HOUR
        world.run()
    assert len(hub.asked) == 3


@pytest.mark.parametrize(("status", "times"), [(307, 2), (308, 2), (302, 1), (303, 1)])
def test_a_request_follows_only_redirects_that_keep_it_a_post(world, hub, status, times):
    world.publish("Glacier festival opens")
    hub.status, hub.location = status, f"http://{hub.authority}/elsewhere"
    world.run()
    assert len(hub.asked) == times


def test_a_push_that_is_no_feed_disturbs_nothing(subscribed, hub):
    hub.deliver(b"<!doctype html><title>Down for maintenance</title>")
    hub.deliver(subscribed.document("Lake steamer runs aground"))
    assert subscribed.run() == ["Glacier festival opens", "Lake steamer runs aground"]


def test_a_body_larger_than_a_feed_may_be_is_refused(subscribed, hub):
    fields = {"Content-Length": str(33 << 20)}
    assert call(hub.asked[0]["hub.callback"], b"", fields)[0] == 413
    assert subscribed.run() == ["Glacier festival opens"]
