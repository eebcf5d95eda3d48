"""Dates, in every form that feeds are found to write them.

What RSS asks for (RFC 822, later RFC 2822), what Atom asks for (RFC 3339), and what publishers
write instead: other orders, other languages, other calendars' years, numbers of seconds.
"""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Final, NamedTuple

from aggregator.model import Entry, PublishedSource

TOLERANCE: Final = timedelta(minutes=10)
"""How far ahead of us a date may be: clocks differ."""
EARLIEST: Final = datetime(1970, 1, 3, tzinfo=UTC)
"""Before this a date is a zero that somebody formatted: year 1, 1900, the epoch in any zone."""


def published(
    entry: Entry, now: datetime, ahead: timedelta = timedelta()
) -> tuple[datetime, PublishedSource]:
    """Return when an item was published, and how we know.

    A date that is missing, unreadable, a formatted zero or in the future (a schedule, a typing
    error, local time called GMT) does not count: then the date of the last change stands in,
    else ``now``, our first sight of it. A date a little ahead is ``now``: clocks differ.
    ``ahead`` is what a date without a zone is ahead of UTC (``clock``).
    """
    for written, source in (
        (entry.published, PublishedSource.FEED),
        (entry.updated, PublishedSource.UPDATED),
    ):
        moment = _credible(written, now, ahead)
        if moment is not None:
            return moment, source
    return now, PublishedSource.FIRST_SEEN


def updated(entry: Entry, now: datetime, ahead: timedelta = timedelta()) -> datetime | None:
    """Return when an item was last changed, where its feed says so credibly.

    A change before the publication (a draft's last, WordPress has many) is none to readers.
    """
    change = _credible(entry.updated, now, ahead)
    since = _credible(entry.published, now, ahead)
    return None if change and since and change < since else change


def clock(entries: Sequence[Entry], language: str | None, now: datetime) -> timedelta:
    """Return what a feed's dates without a zone are ahead of UTC: nothing, unless they show it.

    They do where one lies in the future if read as UTC, and does not in the zone that the feed's
    language is written in (``dates.toml``). Where all are older than that nobody can tell.
    """
    hours = _names().local.get((language or "").partition("-")[0].lower())
    if hours is None:
        return timedelta()
    ahead = timedelta(hours=hours)
    written = {date for entry in entries for date in (entry.published, entry.updated) if date}
    local = (parse(date) for date in written if not _names_zone(date))
    latest = now + TOLERANCE
    shows = any(moment and latest < moment <= latest + ahead for moment in local)
    return ahead if shows else timedelta()


def _names_zone(written: str) -> bool:
    """Tell whether a date says of itself in which zone it is, or counts seconds."""
    return _ZONED.search(written) is not None or _COUNTED.fullmatch(written.strip()) is not None


def _credible(written: str | None, now: datetime, ahead: timedelta) -> datetime | None:
    """Return a date that can be believed, not after ``now``."""
    moment = parse(written) if written else None
    if moment is not None and ahead and not _names_zone(written or ""):
        moment -= ahead
    if moment is None or moment < EARLIEST or moment > now + TOLERANCE:
        return None
    return min(moment, now)


# --------------------------------------------------------------------------- forms

_LONGEST: Final = 100
_NUMBER: Final = re.compile(r"(\d+)(?:\.\d+)?")
_SCALES: Final = {9: 1, 10: 1, 13: 10**3, 16: 10**6}
"""Seconds, milliseconds and microseconds since the epoch, by their count of digits."""
_COUNTED: Final = re.compile(r"(?:\d{9,10}|\d{13}|\d{16})(?:\.\d+)?")
_ZONED: Final = re.compile(
    r"(?:[:T]\d[\d:.,]*\s?(?:[A-Z]{2,4}\s?)?[+\u2212-]\d{1,2}(?::?\d{2})?"
    r"|(?<=[\d\s])(?![ap]\.?m\b)[a-z]{1,5}|\))\s*$",
    re.IGNORECASE,
)
_COMPACT: Final = {12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_ISO: Final = re.compile(
    r"(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?"
    r"(?:[Tt ](\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?)?)?"
    r" ?([Zz]|[+\u2212-]\d{2}(?::?\d{2})?)?"
)
_ISO_WEEK: Final = re.compile(r"(\d{4})-?W(\d{2})(?:-?([1-7]))?")
_ISO_ORDINAL: Final = re.compile(r"(\d{4})-(\d{3})(?!\d)")


def parse(text: str) -> datetime | None:
    """Return a date as an aware datetime in UTC, or None where it cannot be read.

    A time without a zone is UTC, and so is one in a zone that nobody knows. "01/02/2026" is None:
    half the world reads it the other way.
    """
    return _parsed(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=64)
def _parsed(text: str) -> datetime | None:
    """Read a date of reasonable length; remembered, since an item's date is asked for twice."""
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    try:
        if match := _NUMBER.fullmatch(text):
            moment = _epoch(match[1])
            if moment is not None:
                return moment
        match = _ISO.fullmatch(text)
        if match is None:
            text = _ISO_ORDINAL.sub(_day_of_year, _ISO_WEEK.sub(_day_of_week, text))
            match = _ISO.fullmatch(text)
        if match:
            year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
            clock = _Clock(int(match[4] or 0), int(match[5] or 0), int(match[6] or 0))
            return _moment(year, month, day, clock, _offset(match[7] or "")[0])
        return _written(text)
    except (ValueError, OverflowError):  # no such day or hour, or a year out of range
        return None


def _epoch(digits: str) -> datetime | None:
    """Read a count since the epoch, or 20251017083000."""
    if len(digits) in _COMPACT:
        return datetime.strptime(digits, _COMPACT[len(digits)]).replace(tzinfo=UTC)
    scale = _SCALES.get(len(digits))
    return None if scale is None else datetime.fromtimestamp(int(digits) / scale, UTC)


def _day_of_week(match: re.Match[str]) -> str:
    """Turn 2025-W42-5 into 2025-10-17."""
    return date.fromisocalendar(int(match[1]), int(match[2]), int(match[3] or 1)).isoformat()


def _day_of_year(match: re.Match[str]) -> str:
    """Turn 2025-290 into 2025-10-17."""
    return (date(int(match[1]), 1, 1) + timedelta(days=int(match[2]) - 1)).isoformat()


class _Clock(NamedTuple):
    """A time of day; 24:00 is the next midnight (ISO 8601), :60 a leap second."""

    hour: int = 0
    minute: int = 0
    second: int = 0


def _moment(year: int, month: int, day: int, clock: _Clock, offset: timedelta) -> datetime:
    """Put a date together; raises ValueError or OverflowError where there is none such."""
    if clock > (24, 0, 0) or clock.minute > 59 or clock.second > 60:  # noqa: PLR2004  the clock's own
        raise ValueError(clock)
    if year in _BUDDHIST:
        year -= _BUDDHIST_ERA
    time = timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
    return (datetime(year, month, day, tzinfo=timezone(offset)) + time).astimezone(UTC)


# --------------------------------------------------------------------------- written dates

_TIME: Final = re.compile(
    r"""(?P<half>上午|下午|凌晨|早上|晚上|中午|午前|午後|오전|오후)?\s*(?<![\d.])(?P<hour>\d{1,2})\s*
    (?:[:h]\s*(?P<minute>\d{2})(?::(?P<second>\d{2}))?
    |[時时點点시]\s*(?:(?P<minutes>\d{1,2})\s*[分분]\s*)?(?:(?P<seconds>\d{1,2})\s*[秒초])?)
    (?:[.,]\d+)?(?!\d)\s*(?P<meridiem>[ap]\.?m\b\.?)?""",
    re.VERBOSE | re.IGNORECASE,
)
_AFTERNOON: Final = frozenset({"p", "下午", "晚上", "午後", "오후"})
_NOON: Final = 12
_OFFSET: Final = re.compile(
    r"\s*(?:GMT|UTC|UT)?\s?([+\u2212-])(\d{1,2})(?:[:.]?(\d{2}))?(?![\d/-])"
)
_ZONE: Final = re.compile(r"\b[A-Z]{1,5}\b")
_FARTHEST: Final = timedelta(hours=14)
_CHINESE: Final = re.compile(
    r"(?P<era>民國|民国|令和|平成)?\s*(?P<year>\d{1,4}|元)\s*[年년.]\s*"
    r"(?P<month>\d{1,2})\s*[月월.]\s*(?P<day>\d{1,2})\s*[日号號일.]?"
)
_ERAS: Final = {"民國": -1911, "民国": -1911, "令和": -2018, "平成": -1988}
"""What to take from an era's years to have ours."""
_BUDDHIST: Final = range(2400, 2700)
_BUDDHIST_ERA: Final = 543
"""Thailand's years, and what they are ahead of ours."""
_NUMERIC: Final = re.compile(r"(?<!\d)(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?!\d)")
_WORD: Final = re.compile(r"[^\W\d_][^\d\s.,;:/()-]*")
_DIGITS: Final = re.compile(r"\d+")
_MONTHS_A_YEAR: Final = 12
_PIVOT: Final = 70
"""Two-digit years from here on are of the last century."""


class _Names(NamedTuple):
    """``dates.toml``, read."""

    months: dict[str, int]
    zones: dict[str, float]
    local: dict[str, float]
    """By language: what its country's clocks are ahead of UTC, all year."""


@cache
def _names() -> _Names:
    """Read the names when the first written date comes."""
    data = tomllib.loads(files(__package__).joinpath("dates.toml").read_text(encoding="utf-8"))
    months = enumerate(data["months"].values(), start=1)
    return _Names(
        {name: month for month, names in months for name in names.split()},
        data["zones"],
        data["local"],
    )


def _written(text: str) -> datetime | None:
    """Read a date written for people: RFC 822 and every looser form."""
    clock, offset, rest = _time(text)
    day = _chinese(rest) or _numeric(rest) or _named(rest)
    return None if day is None else _moment(*day, clock, offset)


def _time(text: str) -> tuple[_Clock, timedelta, str]:
    """Find the time of day and its zone; return them and the text that is left."""
    match = _TIME.search(text)
    if match is None:
        return _Clock(), timedelta(), text
    hour = int(match["hour"])
    half = match["half"] or (match["meridiem"] or "")[:1].lower()
    if half in _AFTERNOON and hour < _NOON:
        hour += _NOON
    elif half in {"a", "凌晨", "上午", "오전", "午前"} and hour == _NOON:
        hour = 0
    minute = int(match["minute"] or match["minutes"] or 0)
    second = int(match["second"] or match["seconds"] or 0)
    offset, tail = _offset(text[match.end() :])
    return _Clock(hour, minute, second), offset, f"{text[: match.start()]} {tail}"


def _offset(text: str) -> tuple[timedelta, str]:
    """Read the zone after a time; return it and the text that is left. An absurd one is UTC."""
    if match := _OFFSET.match(text):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if offset > _FARTHEST:
            offset = timedelta()
        return (offset if match[1] == "+" else -offset), text[match.end() :]
    zones = (_names().zones.get(name) for name in _ZONE.findall(text))
    hours = next((zone for zone in zones if zone is not None), 0.0)
    return timedelta(hours=hours), text


def _chinese(text: str) -> tuple[int, int, int] | None:
    """Read 2025年10月17日, Taiwan's and Japan's years, and Korea's 2025. 10. 17."""
    match = _CHINESE.search(text)
    if match is None or (not match["era"] and len(match["year"]) < 4):  # noqa: PLR2004  digits of a year
        return None
    year = 1 if match["year"] == "元" else int(match["year"])
    return year - _ERAS.get(match["era"] or "", 0), int(match["month"]), int(match["day"])


def _numeric(text: str) -> tuple[int, int, int] | None:
    """Read 2025/10/17, 17.10.2025, and 10/17/2025 where only one reading is possible."""
    match = _NUMERIC.search(text)
    if match is None:
        return None
    first, second = int(match[1]), int(match[3])
    if len(match[1]) == 3:  # noqa: PLR2004  a year of Taiwan's calendar: 114/10/17
        return first + 1911, second, int(match[4])
    if len(match[1]) == 4:  # noqa: PLR2004  digits of a year
        return first, second, int(match[4])
    year = _year(match[4])
    if match[2] == "." or first > _MONTHS_A_YEAR or first == second:
        return year, second, first
    return (year, first, second) if second > _MONTHS_A_YEAR else None


def _named(text: str) -> tuple[int, int, int] | None:
    """Read a date whose month is a word: 17 Oct 2025, October 17th, 2025, 17 de octubre de 2025.

    Of two such words the later is the month: "mar., 14 oct. 2025" begins with a Tuesday.
    """
    words = [word.lower() for word in _WORD.findall(text)]
    months = _names().months
    found = [months[word] for word in (*words, *map("".join, pairwise(words))) if word in months]
    numbers = _DIGITS.findall(text)
    if not found or not numbers:
        return None
    day, year = (*numbers, "")[:2]
    if len(day) > 2:  # noqa: PLR2004  digits of a day
        day, year = year, day
    return (_year(year), found[-1], int(day or 1)) if year else None


def _year(digits: str) -> int:
    """Return the year that digits mean; two are of this century or the last."""
    year = int(digits)
    if len(digits) > 2:  # noqa: PLR2004  digits of a short year
        return year
    return year + (1900 if year >= _PIVOT else 2000)
