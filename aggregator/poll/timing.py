"""From wishes to a time: when a feed is asked next, and by which rule.

Our own wish comes from how often the feed really has something new; the server's words and the
document's (max-age, ttl, Retry-After, skipHours, …) only lengthen it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from aggregator.model import Feed, FeedState, Response
from aggregator.phrase import Phrase
from aggregator.poll import freshness

CAP = timedelta(days=7)
"""No server is believed for longer."""
DAY = timedelta(days=1)
JITTER = 0.1
"""Intervals beyond the shortest are lengthened by up to this share, lest feeds fall into step."""
REST = timedelta(minutes=1)
"""For a feed that failed twice in a row."""

_DOUBLINGS = 20
"""More than any bound leaves room for."""
_HOURS_A_DAY = 24
_DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Wish:
    """A time before which the feed is to be left alone, and the rule that says so."""

    until: datetime
    rule: Phrase


def own_wish(feed: Feed, known: FeedState, now: datetime, random: Random) -> Wish:
    """Half of the feed's rhythm or a quarter of its silence, whichever is longer."""
    silence = now - (known.changed or now)
    wanted = max(known.rhythm or timedelta(), silence / 2) / 2
    if wanted <= feed.min_interval:
        rule = Phrase("min_interval {time}", time=_words(feed.min_interval))
    elif wanted >= feed.max_interval:
        rule = Phrase("max_interval {time}", time=_words(feed.max_interval))
    else:
        rule = Phrase("something new about every {time}", time=_words(2 * wanted))
    return Wish(now + _jittered(feed.min_interval, wanted, feed.max_interval, random), rule)


def rhythm(known: FeedState, now: datetime) -> timedelta | None:
    """Return the smoothed time between two polls with something new, this one being such."""
    if known.changed is None:
        return None
    gap = now - known.changed
    return gap if known.rhythm is None else (2 * known.rhythm + gap) / 3


def backoff_wish(
    feed: Feed, failures: int, longest: timedelta, now: datetime, random: Random
) -> Wish:
    """Double the interval with each failure in a row, up to ``longest``.

    However short the feed's intervals, it is ``patience`` at least.
    """
    backoff = max(feed.min_interval * 2 ** min(failures - 1, _DOUBLINGS), patience(failures))
    rule = (
        Phrase("backoff after {failures} failures", failures=failures)
        if failures > 1
        else Phrase("backoff after 1 failure")
    )
    return Wish(now + _jittered(feed.min_interval, backoff, longest, random), rule)


def patience(failures: int) -> timedelta:
    """Return how long a feed is left alone after failures in a row, whoever is in a hurry.

    After the first not at all, then for 1, 2, 4, … minutes.
    """
    return REST * 2 ** min(failures - 2, _DOUBLINGS) if failures > 1 else timedelta()


def refused_wish(feed: Feed, wishes: Sequence[Wish], now: datetime) -> Wish:
    """Wait as long as its host asks of all of us, else for the shortest interval."""
    return Wish(_last(feed, wishes, now), Phrase("its host asked us to slow down"))


def silent_wish(feed: Feed, wishes: Sequence[Wish], now: datetime) -> Wish:
    """Wait until one feed of its host is asked again, to see whether it is back."""
    return Wish(_last(feed, wishes, now), Phrase("its host did not answer another feed's poll"))


def _last(feed: Feed, wishes: Sequence[Wish], now: datetime) -> datetime:
    return max((wish.until for wish in wishes), default=now + feed.min_interval)


def server_wishes(known: FeedState, response: Response, now: datetime) -> Iterable[Wish]:
    """Say what a success asks of us: the answer's lifetime, the document's ttl, Retry-After."""
    if known.lifetime is not None:
        fresh = min(known.lifetime - freshness.age(response.headers), CAP)
        if fresh > timedelta():
            rule = Phrase("fresh for {time} (max-age or Expires)", time=_words(fresh))
            yield Wish(now + fresh, rule)
    if known.ttl is not None:
        ttl = min(known.ttl, CAP)
        rule = Phrase("the feed's ttl or update period of {time}", time=_words(ttl))
        yield Wish(now + ttl, rule)
    yield from retry_wishes(response, now)


def retry_wishes(response: Response, now: datetime) -> Iterable[Wish]:
    """Say what Retry-After asks, on whichever status (RFC 9110 10.2.3, RFC 6585 section 4)."""
    wait = freshness.retry_after(response.headers, response.at)
    if wait is not None:
        wait = min(wait, CAP)
        yield Wish(now + wait, Phrase("Retry-After {time}", time=_words(wait)))


def timed(known: FeedState, own: Wish, wishes: Iterable[Wish]) -> FeedState:
    """Set the next time: ours, unless the server's word or the hours it shuns are later."""
    asked = max(wishes, key=lambda wish: wish.until, default=None)
    last = own if asked is None or asked.until <= own.until else asked
    allowed = allowed_from(known, last.until)
    if allowed > last.until:
        asked = last = Wish(allowed, Phrase("the feed's skipHours or skipDays"))
    not_before = None if asked is None else asked.until
    return replace(known, due=own.until, not_before=not_before, rule=last.rule)


def allowed_from(known: FeedState, when: datetime) -> datetime:
    """Return the first moment from ``when`` on outside the feed's skipHours and skipDays (UTC).

    RSS 2.0: hours and days in which not to read the channel. A list of all of them means nothing.
    """
    hours = known.skip_hours if len(known.skip_hours) < _HOURS_A_DAY else frozenset()
    days = known.skip_days if len(known.skip_days) < _DAYS_A_WEEK else frozenset()
    while when.hour in hours or when.weekday() in days:
        when = when.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return when


def _jittered(
    shortest: timedelta, wanted: timedelta, longest: timedelta, random: Random
) -> timedelta:
    """Return the interval within its bounds, lengthened by chance.

    The shortest stays as it is, so that an hourly run finds an hourly feed due.
    """
    if wanted <= shortest:
        return shortest
    wanted = min(wanted, longest / (1 + JITTER))
    return max(wanted * random.uniform(1, 1 + JITTER), shortest)


def _words(time: timedelta) -> str:
    seconds = max(round(time.total_seconds()), 0)
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or seconds == size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds} s"
