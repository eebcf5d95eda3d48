"""What rules tell, and hubs, goes out: through the outbox, at least once, the oldest first.

It is the business of one program at a time, and of no tick: a receiver that hangs keeps nobody from
polling. A message that was taken is forgotten after that, so that a crash in between sends it
again, under the same id.
"""

import os
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from threading import Event
from typing import Any
from uuid import uuid4

from aggregator.app import hook, hubs, webhook
from aggregator.app.aggregator import Aggregator
from aggregator.app.hubs import PING
from aggregator.app.message import COMMAND, TEST, WEBHOOK, kinds, message
from aggregator.app.notices import visible
from aggregator.app.retries import PAUSES, Receipt, after
from aggregator.config import Config, NotifyRule
from aggregator.errors import NotFoundError
from aggregator.model import Message, Request, Response
from aggregator.normalize.text import cleaned

NOTICES, PINGS = (WEBHOOK, COMMAND), (PING,)
"""Kinds that are delivered together; beside each other, so that no hub keeps news waiting."""
_AT_ONCE = 100
"""Messages of a kind a call."""
_LATEST = 50
"""Stories among which one is looked for that a rule is tried with."""
_NEVER = Event()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A message that was sent, or was to be."""

    message: Message
    """As it is after that."""
    error: str | None
    """Why it was not taken, in words; None where it was."""

    @property
    def line(self) -> str:
        """What came of it, in words."""
        return f"{self.message.target} ({self.message.kind}): {self.error or 'taken'}"

    @property
    def outlook(self) -> str:
        """What becomes of it where it was not taken, in words."""
        due = self.message.due
        return f"again at {due:%Y-%m-%d %H:%M:%S} UTC" if due else "given up"


def is_due(aggregator: Aggregator, of: Collection[str]) -> bool:
    """Whether a message of these kinds may be sent now."""
    return aggregator.store.outbox.is_due(of, aggregator.clock())


def deliver(
    aggregator: Aggregator,
    ending: Event = _NEVER,
    *,
    of: Collection[str] = (*NOTICES, *PINGS),
) -> tuple[Attempt, ...]:
    """Send the messages of these kinds that are due; return what came of each.

    ``ending`` breaks it off. What a receiver in trouble does not take is kept for later with all
    else that is due there, and in the end given up. What is for nobody who is configured any more
    is dropped. Raises StoreError.
    """
    attempts: list[Attempt] = []
    queues = _queues(aggregator, of)
    while queues and not ending.is_set():
        first = [queue.popleft() for queue in queues]
        down: dict[tuple[str, str], Receipt] = {}
        for sent, receipt in _send(aggregator, first, ending):
            if receipt.error and ending.is_set():
                break  # broken off: no fault of the receiver
            attempts.append(_settle(aggregator, sent, receipt))
            if receipt.is_down:
                down[sent.target, sent.kind] = receipt
        for queue in queues:
            while queue and (queue[0].target, queue[0].kind) in down:
                sent = queue.popleft()
                attempts.append(_settle(aggregator, sent, down[sent.target, sent.kind]))
        queues = list(filter(None, queues))
    return tuple(attempts)


def trial(aggregator: Aggregator, name: str) -> tuple[Attempt, ...]:
    """Tell what a rule tells of the newest story that may be told, at once and whatever it passed.

    Its type is ``story.test``, and nothing of it is kept. Raises NotFoundError where there is no
    such rule, or no story.
    """
    rule, now = _named(aggregator, name), aggregator.clock()
    latest = aggregator.store.browse.page(limit=_LATEST)
    story = next(visible(aggregator.config, latest), None)
    if story is None:
        raise NotFoundError(
            "there is no story yet to try it with: aggregate --once polls the feeds"
        )
    messages = [
        message(
            aggregator.config,
            rule,
            kind,
            story,
            at=now,
            now=now,
            event=TEST,
            salt=uuid4().hex,
        )
        for kind in kinds(rule)
    ]
    return tuple(
        Attempt(message=sent, error=_shown(aggregator, receipt.error))
        for sent, receipt in _send(aggregator, messages, _NEVER)
    )


def retry(aggregator: Aggregator, name: str) -> int:
    """Have everything that a rule could not tell sent again, what was given up too; count it.

    Raises NotFoundError where there is no such rule.
    """
    rule, now = _named(aggregator, name), aggregator.clock()
    outbox = aggregator.store.outbox
    kept = [one for kind in (WEBHOOK, COMMAND) for one in outbox.of(kind) if one.target == rule.id]
    outbox.postpone(replace(one, due=now, attempts=0) for one in kept)
    return len(kept)


def attempt_record(attempt: Attempt) -> dict[str, Any]:
    """Return an attempt as a JSON object."""
    return {
        "rule": attempt.message.target,
        "kind": attempt.message.kind,
        "id": attempt.message.id,
        "error": attempt.error,
    }


def receivers(config: Config) -> frozenset[tuple[str, str]]:
    """Return who is told in which way: targets of messages, each with a kind."""
    rules = ((rule.id, kind) for rule in config.notify for kind in kinds(rule))
    return frozenset((*rules, *((hub, PING) for hub in config.publish.hubs)))


def _queues(aggregator: Aggregator, of: Collection[str]) -> list[deque[Message]]:
    """Return what is due, a queue a receiver; drop what is for none that is configured."""
    outbox, now = aggregator.store.outbox, aggregator.clock()
    wanted = receivers(aggregator.config)
    queues: dict[tuple[str, str], deque[Message]] = {}
    gone = []
    for one in (one for kind in of for one in outbox.due(kind, now, limit=_AT_ONCE)):
        receiver = one.target, one.kind
        if receiver in wanted:
            queues.setdefault(receiver, deque()).append(one)
        else:
            gone.append(one)
    if gone:
        outbox.drop(gone)
    return list(queues.values())


def _send(
    aggregator: Aggregator, messages: Sequence[Message], ending: Event
) -> Iterator[tuple[Message, Receipt]]:
    """Send messages, each to another receiver: posts all at once, then commands in turn."""
    config, now = aggregator.config, aggregator.clock()
    posted = {one.id: one for one in messages if one.kind != COMMAND}
    for answer in aggregator.fetcher.fetch([_request(config, m, now) for m in posted.values()]):
        message = posted[answer.feed]
        yield message, _receipt(message, answer)
    commands = {rule.id: rule.command for rule in config.notify}
    for one in messages:
        if one.kind == COMMAND and not ending.is_set():
            yield (
                one,
                hook.run(
                    commands[one.target],
                    one.body,
                    environment=hook.environment(config, os.environ),
                    ending=ending,
                ),
            )


def _request(config: Config, message: Message, now: datetime) -> Request:
    if message.kind == PING:
        return hubs.request(message)
    return webhook.request(message, config.receivers[message.target], now)


def _receipt(message: Message, answer: Response) -> Receipt:
    return hubs.receipt(answer) if message.kind == PING else webhook.receipt(answer)


def _settle(aggregator: Aggregator, sent: Message, receipt: Receipt) -> Attempt:
    """Forget a message that was taken; keep another for later, or as given up."""
    outbox = aggregator.store.outbox
    if receipt.error is None:
        outbox.sent([sent])
        return Attempt(message=sent, error=None)
    shown = replace(receipt, error=_shown(aggregator, receipt.error))
    longest = hubs.LONGEST_PAUSE if sent.kind == PING else PAUSES[-1]
    kept = after(sent, shown, aggregator.clock(), longest=longest)
    outbox.postpone([kept])
    return Attempt(message=kept, error=kept.error)


def _shown(aggregator: Aggregator, error: str | None) -> str | None:
    return error and cleaned(aggregator.config.redact(error))


def _named(aggregator: Aggregator, name: str) -> NotifyRule:
    rules = {rule.id: rule for rule in aggregator.config.notify}
    if not rules:
        raise NotFoundError("there are no rules yet: write some under notify in feeds.yaml")
    if name not in rules:
        near = "".join(f"; did you mean {n}?" for n in get_close_matches(name, rules, 1))
        raise NotFoundError(f"no rule of notify has the id {name!r}{near} (aggregate notify lists)")
    return rules[name]
