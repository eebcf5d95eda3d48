"""WebSub hubs: told that a feed changed, so that they pass it on at once (W3C WebSub section 4).

How a publisher pings its hub the recommendation leaves to the two; what hubs in use take is a form
with ``hub.mode=publish`` and ``hub.url``.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin

from aggregator.config import Publish
from aggregator.model import Message, Request, Response
from aggregator.publish import atom, jsonfeed, rss

if TYPE_CHECKING:
    from aggregator.app.aggregator import Aggregator

KIND = "ping"
_FEEDS = (atom.NAME, rss.NAME, jsonfeed.NAME)
_AT_ONCE = 100
"""Pings a run."""
_PATIENCE = timedelta(seconds=10)
_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = timedelta(hours=6)
_ATTEMPTS = 16
"""Two days of them."""


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


def deliver(aggregator: "Aggregator") -> None:
    """Send the pings that are due: each at least once, again later where a hub does not take it.

    Whatever becomes of them, what is published is published. Those for hubs that are no longer
    configured are dropped, and so are those that failed for two days: the next change is told
    anew.
    """
    outbox, now = aggregator.store.outbox, aggregator.clock()
    waiting = {message.id: message for message in outbox.due(KIND, now, limit=_AT_ONCE)}
    if not waiting:
        return
    hubs = set(aggregator.config.publish.hubs)
    outbox.drop(m for m in waiting.values() if m.target not in hubs)
    told = [message for message in waiting.values() if message.target in hubs]
    first = {message.target: message for message in reversed(told)}
    others = [message for message in told if message is not first[message.target]]
    silent: dict[str, Response] = {}
    for answer in aggregator.fetcher.fetch(list(map(_request, first.values()))):
        message = waiting[answer.feed]
        _settle(aggregator, message, answer, now)
        if answer.failure is not None:
            silent[message.target] = answer
    # A hub that does not even answer is not waited for once more for each feed that there is.
    asked = [message for message in others if message.target not in silent]
    for message in others:
        if message.target in silent:
            _settle(aggregator, message, silent[message.target], now)
    for answer in aggregator.fetcher.fetch(list(map(_request, asked))):
        _settle(aggregator, waiting[answer.feed], answer, now)


def _request(message: Message) -> Request:
    return Request(
        feed=message.id, url=message.target, form=message.body.encode(), timeout=_PATIENCE
    )


def _settle(aggregator: "Aggregator", message: Message, answer: Response, now: datetime) -> None:
    """Forget a ping that arrived, or keep it for later."""
    outbox = aggregator.store.outbox
    error = None if answer.spared else _problem(answer)
    attempts = message.attempts + bool(error)
    if error is None and not answer.spared:
        outbox.sent([message])
    elif attempts == _ATTEMPTS:
        outbox.drop([message])
    else:
        due = now + min(_RETRY * (1 << attempts), _LONGEST_RETRY)
        shown = error and aggregator.config.redact(error)
        outbox.postpone([replace(message, due=due, attempts=attempts, error=shown)])


def _problem(answer: Response) -> str | None:
    if answer.failure is not None:
        return answer.failure
    if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return f"the hub answered {answer.status}"
    return None
