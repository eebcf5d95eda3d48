"""A whole document: what came is told from a feed, then read in its own format."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from urllib.parse import urlsplit

from aggregator.model import ParsedFeed, Response
from aggregator.parse import jsonfeed, refusal, xmlfeed
from aggregator.parse.characters import drop_forbidden
from aggregator.parse.encoding import to_utf8
from aggregator.parse.unpack import unpack


def parse(response: Response, seen: AbstractSet[str] = frozenset()) -> ParsedFeed:
    """Read the feed that a response brought.

    Items whose digests are in ``seen`` (``ParsedFeed.digests`` of an earlier poll) are left out.
    What could be read of a damaged feed is returned, with ``problems`` in words.
    Raises ParseError, which says what came and what to do, where it is no feed at all.
    """
    url = _without_secrets(response.final_url)
    body, packing = unpack(response.body)
    decoded, encoding = to_utf8(body, response.headers.get("content-type"))
    data, characters = drop_forbidden(decoded)
    start = data.lstrip()[:1]
    if not start:
        raise refusal.nothing()
    if start in b"{[":
        feed = jsonfeed.read(data, url, seen)
    elif refusal.is_page(data):
        raise refusal.page(data, url)
    elif not refusal.has_markup(data):
        raise refusal.neither(body)
    else:
        feed = xmlfeed.read(data, url, seen)
    return replace(feed, problems=packing + encoding + characters + feed.problems)


def _without_secrets(url: str) -> str:
    """Return the address as a base for links: whatever resolves against it will be shown."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="", fragment="").geturl()
