"""How the whole is, at a glance, for its owner: private feeds count too."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aggregator.app.aggregator import Aggregator
from aggregator.app.backlog import Backlog, Tally, backlog_record, backlogs, tallies, tally_record
from aggregator.app.feeds import Listing, listings
from aggregator.app.monitor import Condition, condition
from aggregator.app.record import rfc3339
from aggregator.poll.standing import is_due

_ERRORS = 5
"""The last ones: aggregate feeds has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the whole is."""

    at: datetime
    feeds: Mapping[Condition, int]
    due: int
    """Feeds whose time has come."""
    silent: int
    """Feeds that answer well and have long had nothing new."""
    polled: datetime | None
    """When any feed was asked last."""
    next_poll: datetime | None
    stories: int
    stories_today: int
    """Begun since midnight (UTC)."""
    store: int
    """Bytes."""
    free: int | None
    """Bytes on its disk; None where that is another machine's."""
    errors: Sequence[Listing]
    """The feeds that failed last, the latest first."""
    messages: Sequence[Tally]
    """What became of what rules told."""
    backlogs: Sequence[Backlog]
    """What rules and hubs are still to be told, or could not be."""

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it in words."""
        counts = ", ".join(f"{count} {what}" for what, count in self.feeds.items())
        free = "" if self.free is None else f", {self.free >> 20} MiB free on its disk"
        return (
            f"feeds    {sum(self.feeds.values())}: {counts or 'none'}; {self.silent} silent",
            f"polling  {self.due} due, last {_when(self.polled)}, next {self._next}",
            f"stories  {self.stories}, {self.stories_today} of them begun today",
            f"store    {self.store / 2**20:.1f} MiB{free}",
            *(f"failed   {one.feed.id}: {one.state.error}" for one in self.errors),
            *(f"notify   {one.line}" for one in self.messages if any(one.counts.values())),
            *(f"notify   {one.line}" for one in self.backlogs),
        )

    @property
    def _next(self) -> str:
        """A feed that was never asked is due, and has no time."""
        return "with the next run" if self.due else _when(self.next_poll)


def status(aggregator: Aggregator) -> Status:
    """Return how the whole is."""
    now = aggregator.clock()
    listed = listings(aggregator)
    states = [listing.state for listing in listed]
    conditions = [condition(state, now) for state in states]
    times = [at for state in states if (at := state.next_poll)]
    failing = [listing for listing in listed if listing.is_failing and listing.state.checked]
    failing.sort(key=lambda listing: listing.state.checked or now, reverse=True)
    space = aggregator.store.upkeep.space()
    statistics = aggregator.store.statistics
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return Status(
        at=now,
        feeds={known: conditions.count(known) for known in Condition if known in conditions},
        due=sum(1 for state in states if is_due(state, now)),
        silent=sum(1 for listing in listed if listing.silent_since),
        polled=max((state.checked for state in states if state.checked), default=None),
        next_poll=min(times, default=None),
        stories=statistics.counts().stories,
        stories_today=statistics.begun(midnight),
        store=space.used,
        free=shutil.disk_usage(space.folder).free if space.folder else None,
        errors=tuple(failing[:_ERRORS]),
        messages=tallies(aggregator),
        backlogs=backlogs(aggregator),
    )


def status_record(status: Status) -> dict[str, Any]:
    """Return it as the JSON object that ``aggregate status --json`` prints."""
    return {
        "at": rfc3339(status.at),
        "feeds": {known.value: status.feeds.get(known, 0) for known in Condition},
        "due": status.due,
        "silent": status.silent,
        "polled": status.polled and rfc3339(status.polled),
        "next": status.next_poll and rfc3339(status.next_poll),
        "stories": status.stories,
        "stories_today": status.stories_today,
        "store_bytes": status.store,
        "free_bytes": status.free,
        "errors": [
            {
                "feed": listing.feed.id,
                "at": (at := listing.state.checked) and rfc3339(at),
                "failures": listing.state.failures,
                "error": listing.state.error,
            }
            for listing in status.errors
        ],
        "messages": [tally_record(tally) for tally in status.messages],
        "notify": [backlog_record(backlog) for backlog in status.backlogs],
    }


def _when(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"
