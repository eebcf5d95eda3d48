"""When a feed asks to be polled, in its own words, and hardly ever meant."""

import re
from datetime import timedelta

LONGEST = timedelta(days=7)
"""More than this nobody means."""

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBER = re.compile(r"\s*(\d{1,9})(?!\d)")
_SKIP = re.compile(
    rb"<(?P<name>skipHours|skipDays)\b[^>]*+>(?P<inside>(?:[^<]++|<(?!/?skip))*+)</(?P=name)\s*+>",
    re.IGNORECASE,
)
_VALUE = re.compile(rb"<(?:hour|day)\b[^>]*+>\s*+(\w++)", re.IGNORECASE)


def ttl(minutes: str | None, period: str | None, frequency: str | None) -> timedelta | None:
    """Return how long the feed says that it may be kept: the longer of its two ways to say so.

    ``minutes`` is RSS 2.0's ``<ttl>``; the others are the syndication module's (RSS 1.0):
    so many updates a period. What is no positive number counts as not said.
    """
    said = [span for span in (_minutes(minutes), _period(period, frequency)) if span]
    return min(max(said), LONGEST) if said else None


def _minutes(text: str | None) -> timedelta | None:
    number = _NUMBER.match(text or "")
    return min(timedelta(minutes=int(number[1])), LONGEST) if number else None


def _period(period: str | None, frequency: str | None) -> timedelta | None:
    if not period and not frequency:
        return None
    number = _NUMBER.match(frequency or "1")
    span = _PERIODS.get((period or "daily").strip().lower())
    return span / int(number[1]) if span and number and int(number[1]) else None


def skips(shell: bytes) -> tuple[frozenset[int], frozenset[int]]:
    """Return the hours and the days in which the feed asks not to be polled (RSS 0.91 and 2.0).

    Hours are 0 to 23 GMT (24 is midnight), days 0 to 6 from Monday on. A feed that names every
    hour or every day has not meant it. ``shell`` is the document without its items: feedparser
    keeps but the last hour of the list.
    """
    hours: set[int] = set()
    days: set[int] = set()
    for skip in _SKIP.finditer(shell):
        for value in _VALUE.findall(skip["inside"]):
            word = value.decode("ascii", "replace").lower()
            if word.isdigit() and int(word) <= 24:  # noqa: PLR2004  RSS 0.91 counts from 1 to 24
                hours.add(int(word) % 24)
            elif word in _DAYS:
                days.add(_DAYS.index(word))
    return (
        frozenset(hours if len(hours) < 24 else ()),  # noqa: PLR2004  a day's hours
        frozenset(days if len(days) < len(_DAYS) else ()),
    )
