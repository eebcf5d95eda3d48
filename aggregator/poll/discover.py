"""From a site's address, or a page of it, to its feeds. Pure.

::

    by_address(url)      what a few large sites' addresses tell: no page is needed
    lookup(url)          a directory that knows a page's feed, and looked_up(answer) what it says
    on_page(page, url)   what the page names as feeds, else its links that look like some
    usual(url)           where feeds use to be, to be tried one at a time

Only what ``Link.is_stated`` is the site's own word; the rest is a feed once it was read as one.
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit, urlunsplit

PAGE: Final = 1 << 20
"""Characters of a page that are looked at."""
MOST: Final = 20
"""Feeds of one page that are told of."""
_MOST_SEEN: Final = 200
"""Links of one page that are judged."""
_LONGEST: Final = 2000
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

_USUAL: Final = ("feed", "rss", "rss.xml", "atom.xml", "feed.xml", "index.xml", "feed.json")
"""WordPress and Substack, Ghost, static site generators, JSON Feed's own advice."""
_USUAL_BELOW: Final = ("feed", "index.xml")


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


@dataclass(frozen=True, slots=True)
class _Rule:
    """Addresses, ``host/path?query`` without ``www.``, and the feeds that belong to them."""

    pattern: re.Pattern[str]
    feeds: tuple[tuple[str, str | None], ...]
    """Addresses, with ``\\1`` for what the pattern found, and titles."""


def _rule(pattern: str, *feeds: tuple[str, str | None]) -> _Rule:
    return _Rule(re.compile(pattern), feeds)


_YOUTUBE: Final = "https://www.youtube.com/feeds/videos.xml?"
_BY_ADDRESS: Final = (
    # developers.google.com/youtube/v3/guides/push_notifications
    _rule(r"(?:m\.)?youtube\.com/channel/(UC[\w-]{22})\b.*", (_YOUTUBE + r"channel_id=\1", None)),
    _rule(
        r"(?:m\.)?youtube\.com/playlist\?(?:.*&)?list=((?:PL|UU|OL)[\w-]+).*",
        (_YOUTUBE + r"playlist_id=\1", None),
    ),
    # reddit.com/wiki/rss
    _rule(
        r"(?:old\.|new\.)?reddit\.com/((?:r|u|user)/[\w/+-]*\w)/*",
        (r"https://www.reddit.com/\1/.rss", None),
    ),
    # docs.github.com/rest/activity/feeds names the user's; these are those that its pages name
    _rule(
        r"github\.com/((?!(?:orgs|topics|sponsors|settings|features|marketplace)/)[\w-]+/[\w.-]+?)"
        r"(?:\.git)?/?",
        (r"https://github.com/\1/releases.atom", "Releases"),
        (r"https://github.com/\1/tags.atom", "Tags"),
        (r"https://github.com/\1/commits.atom", "Commits"),
    ),
    _rule(
        r"github\.com/([\w-]+/[\w.-]+/(?:releases|tags|commits/[\w./-]*\w(?<!\.atom)))/?",
        (r"https://github.com/\1.atom", None),
    ),
    # help.medium.com, “Using RSS feeds of profiles, publications, and topics”
    _rule(r"medium\.com/(@[\w.-]+)(?:/.*)?", (r"https://medium.com/feed/\1", None)),
    _rule(r"medium\.com/(tag/[\w-]+)/?", (r"https://medium.com/feed/\1", None)),
)
_LOOKUP: Final = (
    # performance-partners.apple.com/search-api
    _rule(
        r"(?:podcasts|itunes)\.apple\.com/(?:.*/)?podcast/(?:.*/)?id(\d{1,15})\b.*",
        (r"https://itunes.apple.com/lookup?entity=podcast&id=\1", None),
    ),
)
_CHANNEL: Final = re.compile(
    r'"externalId":"(UC[\w-]{22})"'
    r'|<link rel="canonical" href="https://www\.youtube\.com/channel/(UC[\w-]{22})"'
    r'|<meta itemprop="(?:identifier|channelId)" content="(UC[\w-]{22})"'
)
"""How a page of YouTube names the channel that it is of."""


def by_address(url: str) -> tuple[Link, ...]:
    """Return the feeds that belong to an address by the rules of its site."""
    return tuple(_ruled(_BY_ADDRESS, url))


def lookup(url: str) -> str | None:
    """Return where to ask for the feed of a page that does not name it; None for most."""
    return next((link.url for link in _ruled(_LOOKUP, url)), None)


def looked_up(answer: bytes) -> tuple[Link, ...]:
    """Return the feeds that such an answer names: JSON with ``results`` and their ``feedUrl``."""
    with suppress(ValueError, RecursionError):
        found = json.loads(answer)
        results = found.get("results") if isinstance(found, dict) else None
        return tuple(_results(results if isinstance(results, list) else []))
    return ()


def on_page(page: str, url: str) -> tuple[Link, ...]:
    """Return the feeds that a page names, a site's comments last.

    Where it names none: its links that look like a feed's, those of its own host first. ``url`` is
    where the page came from.
    """
    reader = _Reader()
    with suppress(AssertionError):  # Python 3.11's way to give up on a marked section
        reader.feed(page[:PAGE])
    base = _absolute(url, reader.base) or url
    named = _resolved(base, [*_channel(page, url), *reader.named])
    if named:
        return tuple(sorted(named, key=_is_of_comments)[:MOST])
    host = urlsplit(url).hostname
    guessed = _resolved(base, reader.guessed)
    guessed.sort(key=lambda link: (urlsplit(link.url).hostname != host, _is_of_comments(link)))
    return tuple(guessed[:MOST])


def usual(url: str) -> tuple[str, ...]:
    """Return where a site that names no feed may still have one, likeliest first."""
    parts = urlsplit(url)
    root = urlunsplit((parts.scheme, parts.netloc, "/", "", ""))
    here = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + "/", "", ""))
    below = [here + name for name in _USUAL_BELOW] if here != root else []
    return (*below, *(root + name for name in _USUAL))


def _ruled(rules: Iterable[_Rule], url: str) -> Iterator[Link]:
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    place = f"{(parts.hostname or '').removeprefix('www.')}{parts.path or '/'}{query}"
    for rule in rules:
        if found := rule.pattern.fullmatch(place[:_LONGEST]):
            for feed, title in rule.feeds:
                yield Link(url=found.expand(feed), title=title)
            return


def _results(results: Iterable[object]) -> Iterator[Link]:
    for result in results:
        if isinstance(result, dict):
            url, title = result.get("feedUrl"), result.get("collectionName")
            if isinstance(url, str) and (feed := _absolute("", url)):
                yield Link(url=feed, title=_line(title) if isinstance(title, str) else None)


def _channel(page: str, url: str) -> Iterator[Link]:
    host = (urlsplit(url).hostname or "").removeprefix("www.").removeprefix("m.")
    if host == "youtube.com" and (found := _CHANNEL.search(page)):
        yield Link(url=f"{_YOUTUBE}channel_id={found[found.lastindex or 0]}")


def _resolved(base: str, links: Iterable[Link]) -> list[Link]:
    """Make addresses absolute; drop those that are none, and each that was there before."""
    found: dict[str, Link] = {}
    for link in links:
        if url := _absolute(base, link.url):
            found.setdefault(
                url, Link(url=url, title=link.title, kind=link.kind, is_stated=link.is_stated)
            )
    return list(found.values())


def _absolute(base: str, link: str) -> str | None:
    with suppress(ValueError):
        link = re.sub(r"[\t\r\n]", "", link.strip())
        link = re.sub(r"^feed:(?://)?(?=https?:)", "", link, flags=re.IGNORECASE)
        link = re.sub(r"^feed://", "https://", link, flags=re.IGNORECASE)
        url, _, _ = urljoin(base, link).partition("#")
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} and parts.hostname and url.isprintable():
            return url if len(url) <= _LONGEST else None
    return None


def _is_of_comments(link: Link) -> bool:
    return _COMMENTS.search(f"{urlsplit(link.url).path} {link.title or ''}") is not None


def _line(text: str) -> str | None:
    """Return a title as one line that a terminal can show: without control characters."""
    return "".join(filter(str.isprintable, " ".join(text.split())))[:_LONGEST_TITLE] or None


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
            self.named.append(Link(url=href, title=_line(said.get("title", "")), kind=kind or None))
        elif tag != "link" and len(self.guessed) < _MOST_SEEN and _looks_like_a_feed(href):
            title = _line(said.get("title", "") or said.get("aria-label", ""))
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
        parts = urlsplit(href[:_LONGEST])
        return any(map(_NAME.search, (parts.path.rstrip("/"), *parts.query.split("&"))))
    return False
