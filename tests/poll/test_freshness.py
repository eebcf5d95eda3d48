from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.poll.freshness import age, http_date, lifetime, retry_after

AT = datetime(2025, 10, 17, 12, 0, tzinfo=UTC)
DATE = "Fri, 17 Oct 2025 11:00:00 GMT"


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun, 06 Nov 1994 09:49:37 +0100",
    ],
)
def test_reads_every_form_of_a_date(text):
    assert http_date(text) == datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "0", "-1", "soon", "Fri, 99 Oct 2025 99:00:00 GMT", "²"])
def test_a_date_that_is_none(text):
    assert http_date(text) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "public"}, None),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": "public, MAX-AGE = 600, must-revalidate"}, 600),
        ({"cache-control": 'max-age="600"'}, 600),
        ({"cache-control": "max-age=600, max-age=9"}, 600),
        ({"cache-control": "s-maxage=9"}, None),
        ({"cache-control": 'note="max-age=9", max-age=600'}, 600),
        ({"cache-control": "max-age=-1"}, 0),
        ({"cache-control": "max-age"}, 0),
        ({"cache-control": "max-age=²"}, 0),
        ({"cache-control": "max-age=600", "expires": "Fri, 17 Oct 2025 20:00:00 GMT"}, 600),
        ({"cache-control": "max-age=99999999999999999999"}, 2**31),
        ({"expires": "Fri, 17 Oct 2025 12:10:00 GMT"}, 600),
        ({"expires": "Fri, 17 Oct 2025 12:10:00 GMT", "date": DATE}, 4200),
        ({"expires": "Fri, 17 Oct 2025 10:00:00 GMT", "date": DATE}, 0),
        ({"expires": "0"}, 0),
    ],
)
def test_lifetime(headers, seconds):
    wanted = None if seconds is None else timedelta(seconds=seconds)
    assert lifetime(headers, AT) == wanted


@pytest.mark.parametrize(
    ("text", "seconds"), [("", 0), ("60", 60), ("60, 70", 60), ("-60", 0), ("old", 0)]
)
def test_age(text, seconds):
    assert age({"age": text}) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120),
        ({"retry-after": " 120 "}, 120),
        ({"retry-after": "0"}, None),
        ({"retry-after": "-10"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "1.5"}, 1),
        ({"retry-after": "Fri, 17 Oct 2025 12:02:00 GMT"}, 120),
        ({"retry-after": "Fri, 17 Oct 2025 11:02:00 GMT", "date": DATE}, 120),
        ({"retry-after": "Fri, 17 Oct 2025 11:00:00 GMT"}, None),
    ],
)
def test_retry_after(headers, seconds):
    wanted = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(headers, AT) == wanted


words = st.text() | st.lists(
    st.sampled_from(["Fri", "17", "Oct", "2025", "12:00:00", "GMT", ",", "-", "+", ":", ";"])
).map(" ".join)
anything = st.dictionaries(
    st.sampled_from(["cache-control", "expires", "date", "age", "retry-after"]), words
)


@given(anything)
def test_whatever_a_server_says_is_a_time_or_nothing(headers):
    for said in (lifetime(headers, AT), age(headers)):
        assert said is None or said >= timedelta()
    wait = retry_after(headers, AT)
    assert wait is None or wait > timedelta()
