from datetime import timedelta

import pytest

from aggregator.parse.schedule import LONGEST, skips, ttl


@pytest.mark.parametrize(
    ("minutes", "period", "frequency", "expected"),
    [
        (None, None, None, None),
        ("60", None, None, timedelta(hours=1)),
        (" 90 minutes", None, None, timedelta(minutes=90)),
        ("0", None, None, None),
        ("-5", None, None, None),
        ("soon", None, None, None),
        ("9" * 5000, None, None, None),
        ("99999999", None, None, LONGEST),
        (None, "hourly", None, timedelta(hours=1)),
        (None, "Hourly ", "2", timedelta(minutes=30)),
        (None, None, "2", timedelta(hours=12)),
        (None, "weekly", "7", timedelta(days=1)),
        (None, "yearly", "1", LONGEST),
        (None, "hourly", "0", None),
        (None, "hourly", "-1", None),
        (None, "sometimes", "1", None),
        ("5", "hourly", "1", timedelta(hours=1)),
        ("120", "hourly", "1", timedelta(hours=2)),
    ],
)
def test_ttl(minutes, period, frequency, expected):
    assert ttl(minutes, period, frequency) == expected


def test_skips():
    hours, days = skips(
        b"<rss><channel><SkipHours><hour>0</hour><hour> 7 </hour><hour>24</hour><hour>25</hour>"
        b"<hour>x</hour></SkipHours><skipDays><day>SUNDAY</day><day>Someday</day></skipDays>"
    )
    assert hours == {0, 7}
    assert days == {6}


def test_skips_that_never_end_are_none():
    assert skips(b"<skipHours><hour>1" * 20_000) == (frozenset(), frozenset())


def test_skips_of_every_hour_or_day_are_not_meant():
    every_hour = b"".join(b"<hour>%d</hour>" % hour for hour in range(1, 25))
    every_day = b"".join(
        b"<day>%s</day>" % day.encode()
        for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    )
    shell = b"<skipHours>%s</skipHours><skipDays>%s</skipDays>" % (every_hour, every_day)
    assert skips(shell) == (frozenset(), frozenset())
