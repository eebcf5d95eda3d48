import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Entry, PublishedSource
from aggregator.normalize.date import TOLERANCE, clock, parse, published, updated

CASES = json.loads(Path(__file__).with_name("dates.json").read_text(encoding="utf-8"))
NOW = datetime(2025, 10, 17, 12, tzinfo=UTC)
EARLIER = "Fri, 17 Oct 2025 08:30:00 GMT"


@pytest.mark.parametrize(
    ("text", "expected"), [case for group in CASES.values() for case in group.items()]
)
def test_parse(text, expected):
    moment = parse(text)

    if moment is not None:
        moment = moment.replace(microsecond=0)
    assert moment == (expected and datetime.fromisoformat(expected).replace(tzinfo=UTC))


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_gives_a_date_in_utc_or_nothing(text):
    moment = parse(text)

    assert moment is None or moment.tzinfo is UTC


@given(st.text(alphabet="0123456789 :/.-+TZWampGMTOct年月日時分", max_size=40))
def test_texts_much_like_dates_give_one_or_nothing(text):
    moment = parse(text)

    assert moment is None or moment.tzinfo is UTC


@given(st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  hypothesis takes naive bounds
def test_the_formats_that_rss_and_atom_ask_for_are_read_exactly(moment):
    assert parse(moment.isoformat(timespec="seconds")) == moment.replace(microsecond=0)
    assert parse(format_datetime(moment)) == moment.replace(microsecond=0)


def test_a_date_too_long_to_be_one_is_not_looked_at():
    assert parse(EARLIER + " " * 1000) is None


def test_the_feeds_own_date_comes_first():
    entry = Entry(published=EARLIER, updated="2025-10-17T09:00:00Z")

    assert published(entry, NOW) == (
        datetime(2025, 10, 17, 8, 30, tzinfo=UTC),
        PublishedSource.FEED,
    )
    assert updated(entry, NOW) == datetime(2025, 10, 17, 9, tzinfo=UTC)


def test_the_date_of_the_last_change_stands_in():
    for written in (None, "", "soon", "2099-01-01"):
        assert published(Entry(published=written, updated=EARLIER), NOW) == (
            datetime(2025, 10, 17, 8, 30, tzinfo=UTC),
            PublishedSource.UPDATED,
        )


@pytest.mark.parametrize(
    "written",
    [
        None,
        "yesterday",
        "Fri, 01 Jan 2100 00:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Thu, 01 Jan 1970 08:00:00 GMT",
        "Fri, 01 Jan 0001 00:00:00 GMT",
        "1900-01-01T00:00:00Z",
        "Fri, 17 Oct 2025 20:00:00 GMT",
    ],
)
def test_without_a_credible_date_the_first_sight_stands_in_and_says_so(written):
    assert published(Entry(published=written), NOW) == (NOW, PublishedSource.FIRST_SEEN)


def test_a_clock_a_little_ahead_is_forgiven():
    ahead = (NOW + TOLERANCE - timedelta(seconds=1)).isoformat()

    assert published(Entry(published=ahead), NOW) == (NOW, PublishedSource.FEED)


def test_a_change_before_the_publication_is_none():
    assert updated(Entry(published=EARLIER, updated="2025-10-17T08:00Z"), NOW) is None
    assert (
        updated(Entry(published=EARLIER, updated=EARLIER), NOW)
        == published(Entry(published=EARLIER), NOW)[0]
    )
    assert updated(Entry(published="2099-01-01", updated=EARLIER), NOW) is not None


EIGHT = timedelta(hours=8)


@pytest.mark.parametrize(
    "written",
    [
        "2025-10-17 19:30:00",
        "2025-10-17T19:30",
        "2025年10月17日 19:30",
        "2025年10月17日 下午7:30",
        "2025/10/17 7:30 PM",
        "Fri, 17 Oct 2025 19:30:00",
        "20251017193000",
        "民國114年10月17日 19:30",
    ],
)
def test_a_chinese_date_that_cannot_be_utc_is_read_as_chinese_time(written):
    entries = [Entry(published="2025-10-01 09:00"), Entry(published=written)]
    ahead = clock(entries, "zh-Hant", NOW)

    assert ahead == EIGHT
    assert [published(entry, NOW, ahead)[0] for entry in entries] == [
        datetime(2025, 10, 1, 1, tzinfo=UTC),
        datetime(2025, 10, 17, 11, 30, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("2025-10-17 11:30:00", "zh"),
        ("2025-10-17 20:30:00", "zh"),
        ("2025-10-17 19:30:00", "en"),
        ("2025-10-17 19:30:00", None),
        ("2025-10-17 19:30:00 GMT", "zh"),
        ("2025-10-17 19:30:00Z", "zh"),
        ("2025-10-17 19:30:00+08:00", "zh"),
        ("Fri, 17 Oct 2025 19:30:00 +0000 (UTC)", "zh"),
        ("1760727600", "zh"),
        ("soon", "zh"),
        (None, "zh"),
    ],
)
def test_without_evidence_a_date_is_read_as_it_is_written(written, language):
    assert clock([Entry(published=written)], language, NOW) == timedelta()


def test_a_day_that_has_not_begun_in_utc_has_begun_in_china():
    entry, evening = Entry(published="2025-10-18"), NOW.replace(hour=17)

    assert published(entry, evening, clock([entry], "zh", evening))[0] == NOW.replace(hour=16)


def test_what_names_its_zone_is_read_in_it_whatever_the_others_show():
    assert published(Entry(published=EARLIER), NOW, EIGHT)[0].hour == 8
    assert published(Entry(published="1760689800"), NOW, EIGHT)[0].hour == 8
    assert published(Entry(published="2025-10-17T08:30:00+02:00"), NOW, EIGHT)[0].hour == 6


def test_a_change_in_the_future_is_none():
    assert updated(Entry(updated="2099-01-01"), NOW) is None
    assert updated(Entry(), NOW) is None
