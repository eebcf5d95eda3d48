"""A farm of feeds on loopback, with a ledger: what it publishes when is a function of its seed.

``World`` says what stands where at a time, ``Farm`` serves it over HTTP by the clock it is handed,
and ``Ledger`` keeps what was asked and which items whole answers delivered.
"""

import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from enum import StrEnum
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from xml.sax.saxutils import escape

SHOWN = 25
"""Items that a feed shows: older ones have left it."""

_WHO = ("Ministers", "Engineers", "Rail workers", "Botanists", "Farmers", "Divers", "Two courts")
_DOES = ("reject", "celebrate", "postpone", "uncover", "sign", "repair", "dispute", "auction")
_WHAT = (
    "a plan for tidal power",
    "the oldest known map",
    "a tunnel under the strait",
    "the treaty on river water",
    "a record harvest of barley",
    "an unknown species of orchid",
    "a sunken cargo of copper",
    "a vaccine against blight",
)
_SYLLABLES = ("ar", "bel", "cor", "dun", "es", "fal", "gan", "hex", "il", "mar", "os", "tre", "val")
EVENTS = 12
"""That begin at one time, for feeds to tell of."""


class Conduct(StrEnum):
    """How a feed's server behaves at a time."""

    FINE = "fine"
    SLOW = "slow"
    MOVED = "moved for now"
    SETTLED = "moved for good"
    BUSY = "busy, with Retry-After"
    FAILING = "failing"
    DROPPING = "dropping the connection within the answer"
    SILENT = "dropping the connection before it"
    GARBLED = "sending what is no feed"
    GONE = "gone"


_TROUBLE = (
    Conduct.SLOW,
    Conduct.MOVED,
    Conduct.BUSY,
    Conduct.FAILING,
    Conduct.DROPPING,
    Conduct.SILENT,
    Conduct.GARBLED,
)
_DELIVERS = {Conduct.FINE, Conduct.SLOW, Conduct.MOVED, Conduct.SETTLED}


def address(feed: int, number: int) -> str:
    """Return the address of an item."""
    return f"https://paper-{feed}.example/items/{number}"


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it stands in its feed at a time."""

    feed: int
    number: int
    title: str
    text: str
    published: datetime
    updated: datetime

    @property
    def link(self) -> str:
        """Its address, by which the ledger knows it everywhere."""
        return address(self.feed, self.number)


@dataclass(frozen=True, slots=True)
class Document:
    """A feed as it stands at a time."""

    body: bytes
    type: str
    items: tuple[Item, ...]
    modified: datetime

    @property
    def etag(self) -> str:
        """Its strong validator."""
        return f'"{sha256(self.body).hexdigest()[:16]}"'


@dataclass(frozen=True)
class World:
    """What every feed publishes when, and how its server behaves: nothing else has a say in it.

    A feed has an item every ``pace`` or so; weather changes every ``spell``, and a feed is never in
    trouble for two spells in a row.
    """

    seed: int
    feeds: int
    start: datetime
    pace: timedelta
    spell: timedelta
    until: datetime | None = None
    """From when on nothing new is published, so that all can be delivered."""

    def conduct(self, feed: int, now: datetime) -> Conduct:
        """Say how the feed's server behaves."""
        block = (now - self.start) // self.spell
        if feed % 20 == 19 and block >= 40:  # noqa: PLR2004  one in twenty ends
            return Conduct.GONE
        if feed % 20 == 18 and block >= 20:  # noqa: PLR2004  and one moves
            return Conduct.SETTLED
        chance = self._random("weather", feed, block)
        if (block + feed) % 2 or chance.random() < 0.6:  # noqa: PLR2004
            return Conduct.FINE
        return chance.choice(_TROUBLE)

    def document(self, feed: int, now: datetime) -> Document:
        """Write the feed as it stands."""
        items = tuple(self.items(feed, now))
        modified = max((item.updated for item in items), default=self.start)
        write = (_rss, _atom, _json)[feed % 3]
        body, type_ = write(feed, items)
        return Document(body, type_, items, modified)

    def items(self, feed: int, now: datetime) -> Iterator[Item]:
        """Yield the items that stand in the feed, newest first."""
        if self.until is not None:
            now = min(now, self.until)
        number = (now - self.start) // self._pace(feed)
        shown = 0
        while number >= 0 and shown < SHOWN:
            item = self.item(feed, number, now)
            if item.published <= now:
                shown += 1
                yield item
            number -= 1

    def item(self, feed: int, number: int, now: datetime) -> Item:
        """Return an item as it is then: one in eight is edited some time after."""
        pace = self._pace(feed)
        chance = self._random("item", feed, number)
        published = self.start + pace * (number + chance.uniform(0, 0.9))
        published = published.replace(microsecond=0)
        slot = (published - self.start) // (self.pace * 4)
        event = self._random("event", slot, chance.randrange(EVENTS))
        who, does, what = event.choice(_WHO), event.choice(_DOES), event.choice(_WHAT)
        here, there = _name(event), _name(event)
        count = event.randrange(3, 900)
        title = f"{who} {does} {what} in {here}"
        text = f"{title}, {count} days after {there} did. {_name(chance)} had warned of it."
        updated = published
        if chance.random() < 1 / 8 and now >= (edit := published + pace * chance.uniform(1, 4)):
            updated = edit.replace(microsecond=0)
            text += f" Corrected: {count + 1} days."
        return Item(feed, number, title, text, published, updated)

    def _pace(self, feed: int) -> timedelta:
        return self.pace * (1 + feed % 5)

    def _random(self, *of: object) -> Random:
        return Random(f"{self.seed} {' '.join(map(str, of))}")  # noqa: S311  reproducible chance


def _name(chance: Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(4)).capitalize()


def _rss(feed: int, items: tuple[Item, ...]) -> tuple[bytes, str]:
    told = "".join(
        f"<item><title>{escape(item.title)}</title><link>{item.link}</link>"
        + (f"<guid isPermaLink='false'>{feed}:{item.number}</guid>" if feed % 2 else "")
        + f"<pubDate>{format_datetime(item.published)}</pubDate>"
        f"<description>{escape(item.text)}</description></item>"
        for item in items
    )
    text = f"<rss version='2.0'><channel><title>Paper {feed}</title><link>https://paper-{feed}.example/</link>{told}</channel></rss>"
    return text.encode(), "application/rss+xml"


def _atom(feed: int, items: tuple[Item, ...]) -> tuple[bytes, str]:
    told = "".join(
        f"<entry><id>tag:paper-{feed}.example,2025:{item.number}</id>"
        f"<title>{escape(item.title)}</title><link href='{item.link}'/>"
        f"<published>{item.published.isoformat()}</published>"
        f"<updated>{item.updated.isoformat()}</updated>"
        f"<summary>{escape(item.text)}</summary></entry>"
        for item in items
    )
    text = (
        f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Paper {feed}</title>"
        f"<id>https://paper-{feed}.example/</id>{told}</feed>"
    )
    return text.encode(), "application/atom+xml"


def _json(feed: int, items: tuple[Item, ...]) -> tuple[bytes, str]:
    told = [
        {
            "id": item.link,
            "url": item.link,
            "title": item.title,
            "content_text": item.text,
            "date_published": item.published.isoformat(),
            "date_modified": item.updated.isoformat(),
        }
        for item in items
    ]
    version = "https://jsonfeed.org/version/1.1"
    document = {"version": version, "title": f"Paper {feed}", "items": told}
    return json.dumps(document).encode(), "application/feed+json"


class Ledger:
    """What was asked of the farm, and what it gave away; threads may write in it."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        """How often each kind of answer was given."""
        self._delivered: defaultdict[int, int] = defaultdict(int)
        """A bit an item, by feed: it takes no room to speak of."""
        self._turn = threading.Lock()

    def note(self, answer: str, items: tuple[Item, ...] = ()) -> None:
        """Write an answer down."""
        with self._turn:
            self.answers[answer] += 1
            for item in items:
                self._delivered[item.feed] |= 1 << item.number

    def delivered(self) -> set[str]:
        """Return the addresses of the items that stood in an answer sent to its end."""
        return {
            address(feed, number)
            for feed, bits in self._delivered.items()
            for number in range(bits.bit_length())
            if bits >> number & 1
        }


@dataclass(frozen=True)
class Answer:
    """What a server says to a request."""

    kind: str
    status: int = 0
    """0: it says nothing, and hangs up."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    items: tuple[Item, ...] = ()
    """Those that the body delivers."""
    whole: bool = True
    """Whether the body is sent to its end."""


_MOVES = {Conduct.MOVED: 302, Conduct.SETTLED: 301}
_REFUSES = {
    Conduct.GONE: Answer("410", 410),
    Conduct.FAILING: Answer("503", 503),
    Conduct.SILENT: Answer("dropped at once"),
    Conduct.GARBLED: Answer("garbled", 200, {"Content-Type": "text/html"}, b"<html><p>Hello"),
}


def answer(
    world: World, feed: int, now: datetime, asked: Mapping[str, str], *, elsewhere: bool
) -> Answer:
    """Answer a conditional GET, whose fields have names in lower case (RFC 9110 section 13).

    ``elsewhere``: it asks at the place that the feed moved to.
    """
    conduct = world.conduct(feed, now)
    if conduct in _MOVES and not elsewhere:
        status = _MOVES[conduct]
        return Answer(str(status), status, {"Location": f"/moved/{feed}"})
    if conduct is Conduct.BUSY:
        wait = round(world.spell.total_seconds() * 0.9)
        return Answer("429", 429, {"Retry-After": str(wait)})
    if conduct in _REFUSES:
        return _REFUSES[conduct]
    document = world.document(feed, now)
    validators = {}
    if feed % 4 != 0:
        validators["ETag"] = document.etag
    if feed % 4 in {0, 1}:
        validators["Last-Modified"] = format_datetime(document.modified, usegmt=True)
    if feed % 4 != 3 and _is_known(document, asked, validators):  # noqa: PLR2004  one never says 304
        return Answer("304", 304, validators)
    whole = conduct in _DELIVERS
    return Answer(
        "200" if whole else "dropped within",
        200,
        {**validators, "Content-Type": document.type},
        document.body,
        document.items if whole else (),
        whole,
    )


def _is_known(document: Document, asked: Mapping[str, str], validators: Mapping[str, str]) -> bool:
    if "if-none-match" in asked and "ETag" in validators:
        return asked["if-none-match"] == validators["ETag"]
    if "if-modified-since" in asked and "Last-Modified" in validators:
        since = parsedate_to_datetime(asked["if-modified-since"])
        return document.modified <= since
    return False


class Farm:
    """A world behind a web server on a port of loopback, each feed at a host of its own."""

    def __init__(self, world: World, clock: Callable[[], datetime]) -> None:
        self.world = world
        self.clock = clock
        self.ledger = Ledger()
        self._httpd = _Threads(("127.0.0.1", 0), _Handler)
        self._httpd.farm = self

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Answer while the block lasts."""
        thread = threading.Thread(target=self._httpd.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._httpd.shutdown()
            self._httpd.server_close()

    def configuration(self, more: str) -> str:
        """Write a feeds.yaml that subscribes to every feed; ``more`` are the other sections."""
        return configuration(self.world.feeds, self._httpd.server_address[1], more)


def configuration(feeds: int, port: int, more: str) -> str:
    """Write a feeds.yaml; every name below localhost is loopback (RFC 6761 section 6.3)."""
    hosts = [f"paper-{feed}.localhost:{port}" for feed in range(feeds)]
    network = {"allow": hosts, "contact": "https://example.org/soak"}
    subscriptions = [
        {"id": f"paper-{feed}", "url": f"http://{host}/feed/{feed}"}
        for feed, host in enumerate(hosts)
    ]
    # JSON is YAML
    return f"version: 1\nnetwork: {json.dumps(network)}\n{more}feeds: {json.dumps(subscriptions)}\n"


class _Threads(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    farm: Farm

    def handle_error(self, *_: object) -> None:
        """Say nothing of a client that was killed."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20
    server: _Threads

    def do_GET(self) -> None:
        """Answer as the world is now."""
        farm = self.server.farm
        _, place, feed = self.path.split("/")
        now = farm.clock()
        asked = {name.lower(): value for name, value in self.headers.items()}
        said = answer(farm.world, int(feed), now, asked, elsewhere=place == "moved")
        slow = farm.world.conduct(int(feed), now) is Conduct.SLOW
        try:
            self._send(said, slow=slow)
        except OSError:  # who asked was killed, or gave up
            self.close_connection = True
            farm.ledger.note("nobody listened")
        else:
            farm.ledger.note(said.kind, said.items)

    def _send(self, said: Answer, *, slow: bool) -> None:
        if said.status == 0:
            self.close_connection = True
            return
        self.send_response_only(said.status)
        for name, value in said.headers.items():
            self.send_header(name, value)
        if said.status != 304:  # noqa: PLR2004  which has no body
            self.send_header("Content-Length", str(len(said.body)))
        self.end_headers()
        half = len(said.body) // 2
        self.wfile.write(said.body[:half])
        if slow:
            time.sleep(0.3)
        if said.whole:
            self.wfile.write(said.body[half:])
        else:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def machine_clock() -> datetime:
    """Tell the time of this machine."""
    return datetime.now(UTC)
