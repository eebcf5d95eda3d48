from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.match.dates import find
from aggregator.match.text import fold

FRIDAY = date(2025, 10, 17)


@pytest.mark.parametrize(
    "text",
    [
        "10月17日下午",
        "川普17日在白宮",
        "2025年10月17日",
        "周五會見",
        "星期五",
        "金曜日に",
        "On the afternoon of October 17, 2025,",
        "Oct. 17",
        "on 17th October",
        "met on Friday",
        "am 17. Oktober",
        "am Freitag",
        "el 17 de octubre",
        "le 17 octobre",
        "17 октября",
        "в пятницу",
        "يوم الجمعة",
        "2025-10-17",
    ],
)
@pytest.mark.parametrize("published", [date(2025, 10, 17), date(2025, 10, 19)])
def test_a_day_is_read_in_every_form(text, published):
    days, _ = find(fold(text), published)
    assert days == {FRIDAY.toordinal()}


@pytest.mark.parametrize("text", ["90日內", "17.5", "September 11, 2001", "may 2 more", "32日"])
def test_what_is_no_day_near_the_publication_is_none(text):
    assert find(fold(text), date(2025, 10, 19))[0] == frozenset()


def test_a_day_of_the_month_reaches_back_over_its_start():
    assert find("30日", date(2025, 10, 2))[0] == {date(2025, 9, 30).toordinal()}


def test_the_text_is_left_without_its_days():
    assert "17" not in find("october 17, 2025: 3 dead", FRIDAY)[1]


@given(
    st.text(alphabet="0123456789年月日-/. octmay周五"),
    st.dates(date(1970, 1, 1), date(2099, 12, 31)),
)
def test_any_text_is_survived_and_days_are_near(text, published):
    days, _ = find(text, published)
    assert all(-1 <= published.toordinal() - day <= 10 for day in days)
