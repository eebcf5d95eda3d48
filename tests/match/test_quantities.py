import pytest

from aggregator.match.quantities import find, ordinals
from aggregator.match.text import fold


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1000億美元", "100000000000"),
        ("$100 billion", "100000000000"),
        ("100 Milliarden Euro", "100000000000"),
        ("12.6萬", "126000"),
        ("126,000", "126000"),
        ("1.000.000", "1000000"),
        ("7,4", "7.4"),
        ("規模7.4", "7.4"),
        ("M7.4", "7.4"),
        ("61 %", "61%"),
        ("61％", "61%"),
    ],
)
def test_a_number_is_one_however_written(text, number):
    assert find(fold(text)) == {number}


@pytest.mark.parametrize(
    ("text", "place"), [("第二場", 2), ("第2回", 2), ("2nd match", 2), ("second match", 2)]
)
def test_a_place_in_a_series_is_read(text, place):
    assert ordinals(fold(text)) == {place}


def test_a_text_without_numbers_has_none():
    assert find("no figures here") == frozenset()
    assert ordinals("no order here") == frozenset()
