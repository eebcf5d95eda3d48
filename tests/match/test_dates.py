from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.match.dates import Mention, apart, find, near
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
    told, _ = find(fold(text))
    assert near(told, published) == {FRIDAY.toordinal()}


@pytest.mark.parametrize("text", ["90日內", "17.5", "September 11, 2001", "may 2 more", "32日"])
def test_what_is_no_day_near_the_publication_is_none(text):
    told, _ = find(fold(text))
    assert near(told, date(2025, 10, 19)) == frozenset()


def test_a_day_of_the_month_reaches_back_over_its_start():
    assert near(find("30日")[0], date(2025, 10, 2)) == {date(2025, 9, 30).toordinal()}


def test_the_text_is_left_without_its_days():
    assert "17" not in find("october 17, 2025: 3 dead")[1]


@given(
    st.text(alphabet="0123456789年月日-/. octmay周五"),
    st.dates(date(1970, 1, 1), date(2099, 12, 31)),
)
def test_any_text_is_survived_and_days_are_near(text, published):
    told, _ = find(text)
    assert all(-1 <= published.toordinal() - day <= 10 for day in near(told, published))


@pytest.mark.parametrize(
    ("one", "other", "days"),
    [
        ("17日", "10月21日", 4),
        ("10月17日", "el 17 de octubre", 0),
        ("1月17日", "10月17日", 90),
        ("31日", "1日", 0),
        ("30日", "1日", 1),
        ("on Friday", "周一", 3),
        ("on Friday, October 17", "10月18日", 1),
        ("on Friday", "17日", None),
        ("tomorrow", "17日", None),
    ],
)
def test_days_compare_as_they_are_told(one, other, days):
    told, others = find(fold(one))[0], find(fold(other))[0]
    assert apart(told, others) == apart(others, told) == days


_mentions = st.frozensets(
    st.builds(Mention, st.integers(0, 6), st.none(), st.none(), st.none())
    | st.builds(
        Mention,
        st.none(),
        st.integers(1, 31),
        st.none() | st.integers(1, 12),
        st.none() | st.integers(1900, 2099),
    ),
    min_size=1,
)


@given(_mentions)
def test_what_is_told_lies_no_day_from_itself(told):
    assert apart(told, told) == 0
