"""Where hubs ask and deliver (WebSub): the web server's side of ``app.pushes``.

Nothing that comes is parsed here. It waits in the store for the daemon, the one writer of stories.
"""

from collections.abc import Mapping
from enum import Enum, auto

from aggregator.app.aggregator import Aggregator
from aggregator.model import Delivery, HubState
from aggregator.normalize.text import cleaned
from aggregator.poll import websub

WAITING = 100
"""Deliveries of a feed that may wait; a hub with more is asked to come again."""


class Receipt(Enum):
    """What becomes of a delivery."""

    TAKEN = auto()
    IGNORED = auto()
    """Not signed as agreed."""
    UNKNOWN = auto()
    """Nobody subscribed to it."""
    FULL = auto()
    """Too many wait already."""


def verify(aggregator: Aggregator, token: str, said: Mapping[str, str]) -> str | None:
    """Return what answers a hub's question, None where the answer is no (sections 5.2, 5.3).

    ``said`` are the ``hub.`` parameters of its query.
    """
    mode, topic = said.get("hub.mode", ""), said.get("hub.topic", "")
    now = aggregator.clock()
    pushes = aggregator.store.pushes
    if pushes.subscription(token) is None:
        return None
    with pushes.edit() as subscriptions:
        if (known := subscriptions.get(token)) is None:
            return None
        if mode == "denied":
            reason = cleaned(said.get("hub.reason", ""))
            after, answer = websub.denied(known, topic, reason, now), ""
        else:
            lease, answer = said.get("hub.lease_seconds"), said.get("hub.challenge", "")
            after = websub.confirmed(known, mode, topic, lease, now) if answer else None
        if after is None:
            return None
        subscriptions[token] = after
    return answer


def receive(
    aggregator: Aggregator, token: str, *, signature: str | None, type_: str, body: bytes
) -> Receipt:
    """Put what a hub brought into the inbox, if it is signed as agreed (section 7.1)."""
    pushes = aggregator.store.pushes
    known = pushes.subscription(token)
    if known is None or known.state is not HubState.ACTIVE:
        return Receipt.UNKNOWN
    if not websub.is_signed(known.secret, signature, body):
        return Receipt.IGNORED
    delivery = Delivery(
        number=0,
        feed=known.feed,
        topic=known.topic,
        received=aggregator.clock(),
        type=type_,
        body=body,
    )
    return Receipt.TAKEN if pushes.receive(delivery, token, WAITING) else Receipt.FULL
