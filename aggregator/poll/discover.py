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
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from aggregator import feed_links
from aggregator.feed_links import LONGEST, MOST, Link, absolute, line

_USUAL: Final = ("feed", "rss", "rss.xml", "atom.xml", "feed.xml", "index.xml", "feed.json")
"""WordPress and Substack, Ghost, static site generators, JSON Feed's own advice."""
_USUAL_BELOW: Final = ("feed", "index.xml")


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
    """Return the feeds that a page names, a site's comments last, else links that look like some.

    ``url`` is where the page came from.
    """
    found = feed_links.on_page(page, url)
    channel = tuple(_channel(page, url))
    if not channel:
        return found
    more = (link for link in found if link.is_stated and link.url != channel[0].url)
    return (*channel, *more)[:MOST]


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
        if found := rule.pattern.fullmatch(place[:LONGEST]):
            for feed, title in rule.feeds:
                yield Link(url=found.expand(feed), title=title)
            return


def _results(results: Iterable[object]) -> Iterator[Link]:
    for result in results:
        if isinstance(result, dict):
            url, title = result.get("feedUrl"), result.get("collectionName")
            if isinstance(url, str) and (feed := absolute("", url)):
                yield Link(url=feed, title=line(title) if isinstance(title, str) else None)


def _channel(page: str, url: str) -> Iterator[Link]:
    host = (urlsplit(url).hostname or "").removeprefix("www.").removeprefix("m.")
    if host == "youtube.com" and (found := _CHANNEL.search(page)):
        yield Link(url=f"{_YOUTUBE}channel_id={found[found.lastindex or 0]}")
