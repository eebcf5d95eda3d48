"""Which hub a feed names, and what the hub calls it (WebSub, section 4)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from aggregator.model import FeedState, ParsedFeed, Response

_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[^\s;,="]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)')
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))', re.IGNORECASE)
_MOST = 5
"""Hubs worth considering: one is subscribed to."""
_LONGEST = 2000
"""Characters of an address worth keeping."""


def learned(state: FeedState, response: Response, document: ParsedFeed) -> FeedState:
    """Note the hubs and the topic that an answer names; no topic where it names no hub.

    Link headers come before what stands in the document. Without a ``self`` link the topic is the
    address that answered.
    """
    base = response.final_url
    linked = list(_links(response.headers.get("link", "")))
    hubs = [target for rel, target in linked if rel == "hub"] or document.hubs
    topics = [target for rel, target in linked if rel == "self"] or [document.self_url or base]
    found = (_absolute(base, hub) for hub in hubs)
    usable = dict.fromkeys(url for url in found if url is not None and url != base)
    topic = _absolute(base, topics[0]) if usable else None
    return replace(state, hubs=tuple(usable)[:_MOST] if topic else (), topic=topic)


def _links(field: str) -> Iterator[tuple[str, str]]:
    """Yield (relation, target) of a Link field (RFC 8288 section 3)."""
    for target, parameters in _LINK.findall(field):
        relation = _REL.search(parameters)
        for name in (relation[1] or relation[2]).lower().split() if relation else ():
            yield name, target


def _absolute(base: str, reference: str) -> str | None:
    try:
        url = urljoin(base, reference.strip())
        parts = urlsplit(url)
    except ValueError:
        return None
    fit = parts.scheme in ("http", "https") and parts.hostname and len(url) <= _LONGEST
    return url if fit else None
