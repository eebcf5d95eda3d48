"""The feeds that an HTML page names, and its links that look like some. Pure."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

PAGE: Final = 1 << 20
"""Characters of a page that are looked at."""
MOST: Final = 20
"""Feeds of one page that are told of."""
_MOST_SEEN: Final = 200
"""Links of one page that are judged."""
LONGEST: Final = 2000
"""Characters of an address; a longer one is none."""
_LONGEST_TITLE: Final = 200

_FEED_TYPE: Final = re.compile(
    r"(?:application|text)/(?:x[.-])?(rss|atom|rdf|feed)(?:\+(?:xml|json))?"
)
_VAGUE_TYPES: Final = frozenset({"application/xml", "text/xml", "application/json"})
"""A feed may have these, and so may anything."""
_KINDS: Final = {"rss": "RSS", "atom": "Atom", "rdf": "RSS 1.0", "feed": "JSON Feed"}
_NAME: Final = re.compile(
    r"(?:^|[/=._-])(?:rss2?|atom|feeds?)(?:$|[/._-])|\.(?:rss|atom|rdf)$|/index\.xml$",
    re.IGNORECASE,
)
"""How the path, or a value of the query, of most feeds looks."""
_COMMENTS: Final = re.compile(r"\bcomments?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address that is, or may be, a feed's."""

    url: str
    """Absolute, http or https."""
    title: str | None = None
    kind: str | None = None
    """``RSS``, ``Atom``, ``JSON Feed``, … where it is told."""
    is_stated: bool = True
    """Whether the site says that it is a feed."""


def on_page(page: str, url: str) -> tuple[Link, ...]:
    """Return the feeds that a page names, a site's comments last.

    Where it names none: its links that look like a feed's, those of its own host first. ``url`` is
    where the page came from.
    """
    reader = _Reader()
    with suppress(AssertionError):  # Python 3.11's way to give up on a marked section
        reader.feed(page[:PAGE])
    base = absolute(url, reader.base) or url
    named = _resolved(base, reader.named)
    if named:
        return tuple(sorted(named, key=_is_of_comments)[:MOST])
    host = urlsplit(url).hostname
    guessed = _resolved(base, reader.guessed)
    guessed.sort(key=lambda link: (urlsplit(link.url).hostname != host, _is_of_comments(link)))
    return tuple(guessed[:MOST])


def of_the_web(url: str) -> str:
    """Return an address without ``feed:``, by which browsers once handed it to readers."""
    url = re.sub(r"^feed:(?://)?(?=https?:)", "", url, flags=re.IGNORECASE)
    return re.sub(r"^feed://", "https://", url, flags=re.IGNORECASE)


def absolute(base: str, link: str) -> str | None:
    """Return the web address of a link; None where it has none."""
    with suppress(ValueError):
        link = of_the_web(re.sub(r"[\t\r\n]", "", link.strip()))
        url, _, _ = urljoin(base, link).partition("#")
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} and parts.hostname and url.isprintable():
            return url if len(url) <= LONGEST else None
    return None


def line(text: str) -> str | None:
    """Return a title as one line that a terminal can show: without control characters."""
    return "".join(filter(str.isprintable, " ".join(text.split())))[:_LONGEST_TITLE] or None


def _resolved(base: str, links: Iterable[Link]) -> list[Link]:
    """Make addresses absolute; drop those that are none, and each that was there before."""
    found: dict[str, Link] = {}
    for link in links:
        if url := absolute(base, link.url):
            found.setdefault(
                url, Link(url=url, title=link.title, kind=link.kind, is_stated=link.is_stated)
            )
    return list(found.values())


def _is_of_comments(link: Link) -> bool:
    return _COMMENTS.search(f"{urlsplit(link.url).path} {link.title or ''}") is not None


class _Reader(HTMLParser):
    """Reads base, feed links and links that look like feeds off a page; scripts are no links."""

    def __init__(self) -> None:
        super().__init__()
        self.base = ""
        self.named: list[Link] = []
        self.guessed: list[Link] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"a", "area", "base", "link"}:
            return
        said = {name: value or "" for name, value in reversed(attrs)}  # the first of a name counts
        href = said.get("href", "").strip()
        if not href:
            return
        if tag == "base":
            self.base = self.base or href
        elif (kind := _kind(tag, said)) is not None:
            self.named.append(Link(url=href, title=line(said.get("title", "")), kind=kind or None))
        elif tag != "link" and len(self.guessed) < _MOST_SEEN and _looks_like_a_feed(href):
            title = line(said.get("title", "") or said.get("aria-label", ""))
            self.guessed.append(Link(url=href, title=title, is_stated=False))


def _kind(tag: str, said: dict[str, str]) -> str | None:
    """Return which format a link to a feed names, "" for none; None where it is no such link."""
    relations = said.get("rel", "").lower().split()
    type_ = said.get("type", "").partition(";")[0].strip().lower()
    if found := _FEED_TYPE.fullmatch(type_):
        return _KINDS[found[1]] if {"alternate", "feed"} & set(relations) else None
    if "feed" in relations:
        return ""
    if tag == "link" and "alternate" in relations and type_ in _VAGUE_TYPES:
        href = said.get("href", "")
        return "" if _looks_like_a_feed(href) and "/wp-json/" not in href else None
    return None


def _looks_like_a_feed(href: str) -> bool:
    """Judge by the path and the query: ``/feed/``, ``rss.xml``, ``?format=atom``."""
    with suppress(ValueError):
        parts = urlsplit(href[:LONGEST])
        return any(map(_NAME.search, (parts.path.rstrip("/"), *parts.query.split("&"))))
    return False
