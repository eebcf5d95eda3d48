"""What rules, and what is published, could not tell yet; and how the rules are doing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from aggregator.app.aggregator import Aggregator
from aggregator.app.delivery import NOTICES, PINGS, receivers
from aggregator.app.message import kinds
from aggregator.app.record import rfc3339
from aggregator.config import NotifyRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What a receiver has not been told."""

    target: str
    """The rule by which it was to be, or the address of a hub."""
    kind: str
    waiting: int
    """Messages that are going to be sent, or sent again."""
    given_up: int
    since: datetime
    """When the first of them was to be told."""
    error: str | None
    """What came of the last attempt; None where there was none yet."""

    @property
    def line(self) -> str:
        """All of it in words."""
        counts = f"{self.waiting} waiting, {self.given_up} given up"
        error = f": {self.error}" if self.error else ""
        return (
            f"{self.target} ({self.kind}): {counts}, since {self.since:%Y-%m-%d %H:%M} UTC{error}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A rule, and how it is doing."""

    rule: NotifyRule
    told: int
    """Stories."""
    backlogs: tuple[Backlog, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of the messages of all rules that tell in one way."""

    kind: str
    delivered: int
    """About the stories that are kept."""
    waiting: int
    given_up: int

    @property
    def counts(self) -> dict[str, int]:
        """How many are in which state."""
        return {
            "delivered": self.delivered,
            "waiting": self.waiting,
            "given_up": self.given_up,
        }

    @property
    def line(self) -> str:
        """All of it in words."""
        counts = (f"{count} {state.replace('_', ' ')}" for state, count in self.counts.items())
        return f"{self.kind}: {', '.join(counts)}"


def listings(aggregator: Aggregator) -> tuple[Listing, ...]:
    """Return how each rule is doing, in the configuration's order."""
    told = aggregator.store.notices.counts()
    found = backlogs(aggregator)
    return tuple(
        Listing(
            rule=rule,
            told=told.get(rule.id, 0),
            backlogs=tuple(one for one in found if one.target == rule.id and one.kind in NOTICES),
        )
        for rule in aggregator.config.notify
    )


def tallies(aggregator: Aggregator) -> tuple[Tally, ...]:
    """Return what became of the messages by each way of telling; trials do not count."""
    told, found = aggregator.store.notices.counts(), backlogs(aggregator)
    return tuple(
        _tally(
            kind,
            sum(told.get(rule.id, 0) for rule in aggregator.config.notify if kind in kinds(rule)),
            [one for one in found if one.kind == kind],
        )
        for kind in NOTICES
    )


def _tally(kind: str, told: int, left: Sequence[Backlog]) -> Tally:
    waiting, given_up = sum(one.waiting for one in left), sum(one.given_up for one in left)
    return Tally(
        kind=kind,
        delivered=max(told - waiting - given_up, 0),  # what waits may be of a story that went
        waiting=waiting,
        given_up=given_up,
    )


def backlogs(aggregator: Aggregator) -> tuple[Backlog, ...]:
    """Return what receivers have not been told, by target and kind."""
    wanted = receivers(aggregator.config)
    kept = [
        one
        for kind in (*NOTICES, *PINGS)
        for one in aggregator.store.outbox.of(kind)
        if (one.target, one.kind) in wanted
    ]
    kept.sort(key=lambda one: (one.target, one.kind, one.created))
    found = []
    for (target, kind), group in groupby(kept, lambda one: (one.target, one.kind)):
        messages = list(group)
        given_up = sum(1 for one in messages if one.due is None)
        found.append(
            Backlog(
                target=target,
                kind=kind,
                waiting=len(messages) - given_up,
                given_up=given_up,
                since=messages[0].created,
                error=next((one.error for one in messages if one.error), None),
            )
        )
    return tuple(found)


def listing_record(listing: Listing) -> dict[str, Any]:
    """Return a rule as the JSON object that ``aggregate notify --json`` prints."""
    rule = listing.rule
    return {
        "id": rule.id,
        "publishers": rule.publishers,
        "within": int(rule.within.total_seconds()),
        "kinds": list(kinds(rule)),
        "told": listing.told,
        "backlogs": [backlog_record(one) for one in listing.backlogs],
    }


def tally_record(tally: Tally) -> dict[str, Any]:
    """Return what became of messages as a JSON object."""
    return {"kind": tally.kind, **tally.counts}


def backlog_record(backlog: Backlog) -> dict[str, Any]:
    """Return what a receiver was not told as a JSON object."""
    return {
        "target": backlog.target,
        "kind": backlog.kind,
        "waiting": backlog.waiting,
        "given_up": backlog.given_up,
        "since": rfc3339(backlog.since),
        "error": backlog.error,
    }
