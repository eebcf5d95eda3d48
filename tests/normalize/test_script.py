import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.normalize.script import EAST_ASIAN, LATIN, weigh


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("", {}),
        ("2025-10-17 …", {}),
        ("Sixty 60", {LATIN: 5}),
        ("Gänse", {LATIN: 5}),
        ("白宮 White", {EAST_ASIAN: 6, LATIN: 5}),
        ("東京タワー", {EAST_ASIAN: 15}),
        ("백악관", {"Hangul": 6}),
        ("Київ", {"Cyrillic": 4}),
        ("الرئيس", {"Arabic": 6}),
    ],
)
def test_weigh(text, weights):
    assert weigh(text) == weights


@given(st.text(), st.text())
def test_two_texts_weigh_what_both_weigh(one, other):
    both = weigh(one + other)

    assert both == {
        script: weigh(one).get(script, 0) + weigh(other).get(script, 0) for script in both
    }
    assert both.keys() == weigh(one).keys() | weigh(other).keys()


def test_latin_letters_yield_to_what_weighs_as_much():
    assert list(weigh("DNA 圖")) == list(weigh("圖 DNA")) == [EAST_ASIAN, LATIN]
