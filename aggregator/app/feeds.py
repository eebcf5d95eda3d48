"""The feeds as their reader is told of them, and what the reader may do for one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from aggregator.app.aggregator import Aggregator
from aggregator.app.record import rfc3339
from aggregator.errors import NotFoundError
from aggregator.model import Batch, Feed, FeedState, Poll
from aggregator.phrase import Phrase
from aggregator.poll import policy
from aggregator.poll.standing import silent_since


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A feed, what polling learned of it, and how long it has been in trouble."""

    feed: Feed
    state: FeedState
    silent_since: datetime | None
    """Since then it has had nothing new, though it usually would."""

    @property
    def is_failing(self) -> bool:
        """Whether its last poll failed."""
        return self.state.failures > 0

    @property
    def remarks(self) -> tuple[str, ...]:
        """What its reader should know, in words."""
        state = self.state
        told = []
        if self.is_failing:
            since = f"{state.succeeded:%Y-%m-%d}" if state.succeeded else "it was first polled"
            times = f"{state.failures} failure{'s' if state.failures > 1 else ''}"
            told.append(f"failing since {since}, {times}: {state.error}")
        if self.silent_since:
            told.append(f"silent since {self.silent_since:%Y-%m-%d}")
        if state.moved_to:
            told.append(f"it has moved to {state.moved_to}: write that into the configuration")
        if not self.feed.access.verify:
            told.append("its server's certificate is not verified (tls.verify)")
        elif self.feed.access.authorities:
            told.append(f"its server's certificate is verified by {self.feed.access.authorities}")
        return tuple(told)


def listings(aggregator: Aggregator) -> Sequence[Listing]:
    """Return how each subscribed feed is, in the configuration's order."""
    states, now = aggregator.feeds(), aggregator.clock()
    return tuple(
        Listing(feed=feed, state=states[feed.id], silent_since=silent_since(states[feed.id], now))
        for feed in aggregator.config.feeds
    )


def resume(aggregator: Aggregator, name: str) -> Feed:
    """Have a feed polled at the next run, whatever stopped it or slowed it down (410, failures).

    A running daemon heeds it too. Raises NotFoundError where no feed has that id.
    """
    feed, known = _known(aggregator, name)
    if known is not None:  # one that was never polled is due anyway
        resumed = policy.resumed(feed, known, aggregator.clock())
        aggregator.store.save(Batch(states=(resumed,)))
    return feed


def hurry(aggregator: Aggregator, name: str) -> Feed:
    """Have a feed polled at the next run, before its time, but not before its server's word.

    A running daemon heeds it too. Raises NotFoundError where no feed has that id.
    """
    feed, known = _known(aggregator, name)
    if known is not None and known.due is not None:
        due = min(known.due, aggregator.clock())
        asked = replace(known, due=due, rule=Phrase("asked for by you"))
        aggregator.store.save(Batch(states=(asked,)))
    return feed


def _known(aggregator: Aggregator, name: str) -> tuple[Feed, FeedState | None]:
    """Return the feed of this id, and what polling learned of it."""
    feeds = {feed.id: feed for feed in aggregator.config.feeds}
    if name not in feeds:
        near = "".join(f"; did you mean {n}?" for n in get_close_matches(name, feeds, 1))
        raise NotFoundError(f"no feed has the id {name!r}{near} (aggregate feeds lists them)")
    return feeds[name], aggregator.store.states().get(name)


def feed_record(listing: Listing, polls: Sequence[Poll] = ()) -> dict[str, Any]:
    """Return a feed as the JSON object that ``aggregate feeds --json`` prints.

    ``polls`` are its latest, newest first.
    """
    feed, state = listing.feed, listing.state
    return {
        "id": feed.id,
        "name": feed.name,
        "url": None if feed.private else feed.shown_url,
        "moved_to": None if feed.private else state.moved_to,
        "checked": state.checked and rfc3339(state.checked),
        "succeeded": state.succeeded and rfc3339(state.succeeded),
        "changed": state.changed and rfc3339(state.changed),
        "silent_since": listing.silent_since and rfc3339(listing.silent_since),
        "next": (moment := state.next_poll) and rfc3339(moment),
        "rule": state.rule,
        "gone": state.gone,
        "failures": state.failures,
        "error": state.error,
        "verified": feed.access.verify,
        "polls": [
            {
                "at": rfc3339(poll.at),
                "outcome": poll.outcome,
                "status": poll.status,
                "new": poll.new,
                "changed": poll.changed,
                "seconds": poll.elapsed.total_seconds(),
                "late": poll.waited.total_seconds(),
                "error": poll.error,
            }
            for poll in polls
        ],
    }
