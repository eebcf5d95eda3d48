"""WebSub hubs: told that a feed changed, so that they pass it on at once (W3C WebSub section 4).

How a publisher pings its hub the recommendation leaves to the two; what hubs in use take is a form
with ``hub.mode=publish`` and ``hub.url``.
"""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode, urljoin

from aggregator.config import Publish
from aggregator.model import Message
from aggregator.publish import atom, jsonfeed, rss

KIND = "ping"
_FEEDS = (atom.NAME, rss.NAME, jsonfeed.NAME)


def pings(settings: Publish, changed: Iterable[str], now: datetime) -> list[Message]:
    """Return what hubs are to be told of files that changed: of feeds alone."""
    if settings.base_url is None:
        return []
    base = settings.base_url.rstrip("/") + "/"
    topics = [urljoin(base, name) for name in changed if name.rpartition("/")[2] in _FEEDS]
    return [
        Message(
            id=f"{KIND} {hub} {topic}",
            kind=KIND,
            target=hub,
            body=urlencode({"hub.mode": "publish", "hub.url": topic}),
            created=now,
            due=now,
        )
        for hub in settings.hubs
        for topic in topics
    ]
