"""What came instead of a feed, told to the person who subscribed to it."""

import re
from contextlib import suppress
from html.parser import HTMLParser
from typing import Final

from aggregator.errors import ParseError
from aggregator.feed_links import on_page

_HTML: Final = re.compile(rb"<!doctype\s+html\b|<html\b", re.IGNORECASE)
_FRAGMENT: Final = re.compile(
    rb"[^<]*+<(?:head|body|title|meta|link|style|script|div|p|h\d|table|form|center)\b",
    re.IGNORECASE,
)
_CHALLENGE: Final = re.compile(rb"challenge-platform|cf-chl|captcha", re.IGNORECASE)
_FEED: Final = re.compile(rb"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
_TAG: Final = re.compile(rb"<[A-Za-z_][\w:.-]*+(?:[\s/][^<>]*+)?>")
_PAGE_HEAD: Final = 262_144
"""Bytes of a page in which its feeds are looked for."""
_SHOWN_FEEDS: Final = 3
_KNOWN_ROOTS: Final = {
    "opml": "a list of feeds (OPML): import it instead of subscribing to it",
    "urlset": "a sitemap",
    "sitemapindex": "a list of sitemaps",
    "html": "a page",
    "svg": "a picture",
    "error": "an error report",
    "rdf": "RDF without a channel",
}
_EXCERPT: Final = 60


def is_page(data: bytes) -> bool:
    """Whether this is an HTML page and not a feed that has some HTML before or within it."""
    if page := _HTML.search(data, 0, _PAGE_HEAD):
        return _FEED.search(data, 0, page.start()) is None
    return _FRAGMENT.match(data) is not None and _FEED.search(data, 0, _PAGE_HEAD) is None


def page(data: bytes, url: str) -> ParseError:
    """Return the error for an HTML page: its title, whether it is a login, the feeds it names."""
    text = data[:_PAGE_HEAD].decode("utf-8", "replace")
    reader = _PageReader()
    with suppress(AssertionError):  # Python 3.11's way to give up on a marked section
        reader.feed(text)
    feeds = [link.url for link in on_page(text, url) if link.is_stated]
    title = " ".join(reader.title.split())[:_EXCERPT]
    named = f" ({title})" if title else ""
    came = f"an HTML page{named} came instead of a feed"
    if feeds:
        names = ", ".join(feeds[:_SHOWN_FEEDS])
        return ParseError(f"{came}; subscribe to a feed that it names: {names}")
    if _CHALLENGE.search(data, 0, _PAGE_HEAD):
        return ParseError(f"{came}; it wants a person: ask the publisher to let feed readers in")
    if reader.login:
        return ParseError(f"{came}; it asks for a login: the feed's address may need credentials")
    return ParseError(f"{came} and names no feed; check the address in a browser")


def other_xml(root: str) -> ParseError:
    """Return the error for a sound XML document that is no feed."""
    what = _KNOWN_ROOTS.get(root)
    named = f"an XML document <{root[:_EXCERPT]}> came" + (f", {what}" if what else "")
    return ParseError(f"{named}, which is no feed; look for the feed's own address")


def other_json(found: str) -> ParseError:
    """Return the error for JSON that is no JSON Feed."""
    return ParseError(f"JSON came that is no JSON Feed ({found}); look for the feed's own address")


def too_slow(excess: str) -> ParseError:
    """Return the error for what no real feed has and what would take its reader too long."""
    return ParseError(f"it is built to be slow to read: {excess}; report it if it is a real feed")


def nothing() -> ParseError:
    """Return the error for an empty body."""
    return ParseError("an empty document came; its publisher has to mend it if it stays so")


def has_markup(data: bytes) -> bool:
    """Whether there is a tag in it at all."""
    return _TAG.search(data) is not None


def neither(body: bytes) -> ParseError:
    """Return the error for a body, as it came, that is neither XML nor JSON nor HTML."""
    words = body[:_EXCERPT].decode("utf-8", "replace").split()
    if not all(word.isprintable() and "\ufffd" not in word for word in words):
        return ParseError("binary data came, neither XML nor JSON; check the feed's address")
    excerpt = " ".join(words)
    return ParseError(f"text came, neither XML nor JSON: “{excerpt}”; check the feed's address")


class _PageReader(HTMLParser):
    """Reads title and password fields off a page."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self.login = False
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in reversed(attrs)}
        if tag == "title":
            self._in_title = not self.title
        elif tag == "input":
            self.login = self.login or said.get("type", "").lower() == "password"

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
