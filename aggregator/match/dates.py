"""The day of the event, as a text tells it: against the day of publication.

``17日``, ``10月17日``, ``October 17``, ``17. Oktober``, ``on Friday``, ``周五``: look-alike events
differ in it when they differ in nothing else.
"""

import json
import re
from datetime import date, timedelta
from functools import cache
from importlib import resources

from aggregator.match.text import fold

PAST = 10
"""Days before publication within which a day told is the event's, not history."""
FUTURE = 1
"""Days after publication that another time zone accounts for."""


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


def find(folded: str, published: date) -> tuple[frozenset[int], str]:
    """Return the days told in a folded text, as proleptic ordinals, and the text without them.

    Only days near the publication count: at most ``PAST`` before it and ``FUTURE`` after. Days
    of the month and weekdays without more are the nearest such day in the past.
    """
    months, weekdays, pattern = _calendar()
    days: set[int] = set()

    def take_out(told: re.Match[str]) -> str:
        day = _resolve(told.groupdict(), months, weekdays, published)
        if day is not None and -FUTURE <= (published - day).days <= PAST:
            days.add(day.toordinal())
        return " "

    undated = pattern.sub(take_out, folded)
    return frozenset(days), undated


def _resolve(
    groups: dict[str, str | None], months: dict[str, int], weekdays: dict[str, int], published: date
) -> date | None:
    """Return the day that one mention means."""
    if name := groups["w1"]:
        return _last_weekday(weekdays[name], published)
    if name := groups["w2"]:
        return _last_weekday(_CJK_WEEKDAYS[name], published)
    if name := groups["w3"]:
        return _last_weekday(_JA_WEEKDAYS[name], published)
    day = next(int(d) for n in "12345" if (d := groups[f"d{n}"]))
    month_name = groups["m3"] or groups["m4"]
    month_number = groups["m1"] or groups["m2"]
    month = months[month_name] if month_name else int(month_number) if month_number else None
    year = next((int(y) for n in "1234" if (y := groups[f"y{n}"])), None)
    return _nearest(year, month, day, published)


def _last_weekday(weekday: int, published: date) -> date:
    """Return the latest such day up to the publication's, a day more for time zones."""
    latest = published + timedelta(days=FUTURE)
    return latest - timedelta(days=(latest.weekday() - weekday) % 7)


def _nearest(year: int | None, month: int | None, day: int, published: date) -> date | None:
    """Return the day of that name nearest to the publication; None where there is no such day."""
    around = published.year
    years = [year] if year else [around - 1, around, around + 1]
    found = [
        candidate
        for y in years
        for m in ([month] if month else _months_around(published, y))
        if (candidate := _date(y, m, day))
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
