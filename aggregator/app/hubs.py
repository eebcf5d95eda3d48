"""WebSub hubs: told that a feed changed, so that they pass it on at once (W3C WebSub section 4).

How a publisher pings its hub the recommendation leaves to the two; what hubs in use take is a form
with ``hub.mode=publish`` and ``hub.url``.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlencode, urljoin

from aggregator.app.retries import Receipt, receipt_of
from aggregator.config import Publish
from aggregator.model import Message, Request, Response
from aggregator.publish import atom, jsonfeed, rss

PING = "ping"
"""The kind of such messages; their target is the hub's address."""
PATIENCE = timedelta(seconds=10)
"""Until the hub has answered."""
LONGEST_PAUSE = timedelta(hours=2)
"""Until a hub that was down is told again: its subscribers wait for it."""
_FEEDS = (atom.NAME, rss.NAME, jsonfeed.NAME)


def pings(settings: Publish, changed: Iterable[str], now: datetime) -> list[Message]:
    """Return what hubs are to be told of files that changed: of feeds alone."""
    if settings.base_url is None:
        return []
    base = settings.base_url.rstrip("/") + "/"
    topics = [urljoin(base, name) for name in changed if name.rpartition("/")[2] in _FEEDS]
    return [
        Message(
            id=f"{PING} {hub} {topic}",
            kind=PING,
            target=hub,
            body=urlencode({"hub.mode": "publish", "hub.url": topic}),
            created=now,
            due=now,
        )
        for hub in settings.hubs
        for topic in topics
    ]


def request(message: Message) -> Request:
    """Return the request that delivers a ping."""
    return Request(
        feed=message.id, url=message.target, form=message.body.encode(), timeout=PATIENCE
    )


def receipt(answer: Response) -> Receipt:
    """Tell from a hub's answer whether a ping arrived."""
    return receipt_of(answer, "hub")
