"""The day of the event, as a text tells it: against the day of publication.

``17日``, ``10月17日``, ``October 17``, ``17. Oktober``, ``on Friday``, ``周五``: look-alike events
differ in it when they differ in nothing else. Where the publication is not known, days are compared
as they are told: 17日 with 21日, Friday with Tuesday.
"""

import json
import re
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from functools import cache
from importlib import resources
from itertools import product
from typing import NamedTuple

from aggregator.match.text import fold

PAST = 10
"""Days before publication within which a day told is the event's, not history."""
FUTURE = 1
"""Days after publication that another time zone accounts for."""
WEEK, MONTH, YEAR = 7, 30, 360
"""Days, where what is told leaves no calendar to count by."""


class Mention(NamedTuple):
    """A day as a text tells it; what it leaves out is None."""

    weekday: int | None = None
    """0 is Monday. Told alone."""
    day: int | None = None
    """Of the month, from 1."""
    month: int | None = None
    """From 1."""
    year: int | None = None


@cache
def _calendar() -> tuple[dict[str, int], dict[str, int], re.Pattern[str]]:
    """Return months and weekdays by name, and the pattern of every way to tell a day."""
    data = json.loads(resources.files(__package__).joinpath("calendar.json").read_text("utf-8"))
    months = {fold(name): n for n, names in enumerate(data["months"], 1) for name in names}
    weekdays = {fold(name): n for n, names in enumerate(data["weekdays"]) for name in names}
    month = "|".join(sorted(months, key=len, reverse=True))
    weekday = "|".join(sorted(weekdays, key=len, reverse=True))
    day = r"(?:0?[1-9]|[12]\d|3[01])"
    year = r"(?:19|20)\d\d"
    cjk_days = "一二三四五六日天月火水木金土"
    return (
        months,
        weekdays,
        re.compile(
            rf"(?:(?P<y1>{year})年)?(?P<m1>1[0-2]|0?[1-9])月(?P<d1>{day})[日号]"
            rf"|(?<!\d)(?P<y2>{year})[-/.](?P<m2>1[0-2]|0?[1-9])[-/.](?P<d2>{day})(?!\d)"
            rf"|(?<![\d.,])(?P<d3>{day})(?:st|nd|rd|th|er|\.)?\s+(?:de\s+|of\s+|di\s+)?"
            rf"(?P<m3>{month})\b\.?(?:,?\s+(?:de\s+)?(?P<y3>{year}))?"
            rf"|\b(?P<m4>{month})\b\.?\s+(?P<d4>{day})(?:st|nd|rd|th)?(?![\d.,]\d|\d)"
            rf"(?:,?\s+(?P<y4>{year})\b)?"
            rf"|(?<![\d月.,])(?P<d5>{day})[日号](?![元圆线])"
            rf"|\b(?P<w1>{weekday})\b"
            rf"|(?:周|星期|礼拜)(?P<w2>[一二三四五六日天])"
            rf"|(?P<w3>[{cjk_days[7:]}日])曜"
        ),
    )


_CJK_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_JA_WEEKDAYS = {"月": 0, "火": 1, "水": 2, "木": 3, "金": 4, "土": 5, "日": 6}


def find(folded: str) -> tuple[frozenset[Mention], str]:
    """Return the days told in a folded text, and the text without them."""
    _, _, pattern = _calendar()
    mentions: set[Mention] = set()

    def take_out(told: re.Match[str]) -> str:
        mentions.add(_mention(told.groupdict()))
        return " "

    undated = pattern.sub(take_out, folded)
    return frozenset(mentions), undated


def _mention(groups: dict[str, str | None]) -> Mention:
    months, weekdays, _ = _calendar()
    if name := groups["w1"]:
        return Mention(weekday=weekdays[name])
    if name := groups["w2"]:
        return Mention(weekday=_CJK_WEEKDAYS[name])
    if name := groups["w3"]:
        return Mention(weekday=_JA_WEEKDAYS[name])
    month_name = groups["m3"] or groups["m4"]
    month_number = groups["m1"] or groups["m2"]
    return Mention(
        day=next(int(d) for n in "12345" if (d := groups[f"d{n}"])),
        month=months[month_name] if month_name else int(month_number) if month_number else None,
        year=next((int(y) for n in "1234" if (y := groups[f"y{n}"])), None),
    )


def near(mentions: AbstractSet[Mention], published: date) -> frozenset[int]:
    """Return the days that are meant, as proleptic ordinals.

    Only days near the publication count: at most ``PAST`` before it and ``FUTURE`` after. Days
    of the month and weekdays without more are the nearest such day in the past.
    """
    days = (_resolve(mention, published) for mention in mentions)
    return frozenset(
        day.toordinal() for day in days if day and -FUTURE <= (published - day).days <= PAST
    )


def apart(some: AbstractSet[Mention], others: AbstractSet[Mention]) -> int | None:
    """Return the days between the nearest two, as far as they are told; None where none compare.

    A day of the month compares with another, a weekday with another, both across the turn of the
    month or week.
    """
    pairs = list(product(some, others))
    days = [_days_apart(a, b) for a, b in pairs if a.day and b.day]
    weekdays = [
        _around(a.weekday - b.weekday, WEEK)
        for a, b in pairs
        if a.weekday is not None and b.weekday is not None
    ]
    return min(days or weekdays, default=None)


def _days_apart(a: Mention, b: Mention) -> int:
    days = (a.day or 0) - (b.day or 0)
    if a.month and b.month:
        return _around(MONTH * (a.month - b.month) + days, YEAR)
    return _around(days, MONTH)


def _around(steps: int, turn: int) -> int:
    """Return how far apart two hands of a clock are."""
    return min(abs(steps), turn - abs(steps))


def _resolve(mention: Mention, published: date) -> date | None:
    """Return the day that a mention means."""
    if mention.weekday is not None:
        return _last_weekday(mention.weekday, published)
    return _nearest(mention, published)


def _last_weekday(weekday: int, published: date) -> date:
    """Return the latest such day up to the publication's, a day more for time zones."""
    latest = published + timedelta(days=FUTURE)
    return latest - timedelta(days=(latest.weekday() - weekday) % 7)


def _nearest(mention: Mention, published: date) -> date | None:
    """Return the day of that name nearest to the publication; None where there is no such day."""
    around = published.year
    years = [mention.year] if mention.year else [around - 1, around, around + 1]
    found = [
        candidate
        for y in years
        for m in ([mention.month] if mention.month else _months_around(published, y))
        if mention.day and (candidate := _date(y, m, mention.day))
    ]
    return min(found, key=lambda d: (abs(d - published), d), default=None)


def _months_around(published: date, year: int) -> list[int]:
    """Return the publication's month and its neighbours, as far as they lie in this year."""
    near = (published.replace(day=15) + timedelta(days=30 * step) for step in (-1, 0, 1))
    return [d.month for d in near if d.year == year]


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
