import pytest
from hypothesis import given
from hypothesis.strategies import text

from aggregator.web.header import coding, is_known, qualities

OURS = ("zstd", "br", "gzip")


@pytest.mark.parametrize(
    ("field", "chosen"),
    [
        (None, None),
        ("", None),
        ("gzip", "gzip"),
        ("gzip, br", "br"),
        ("gzip;q=1, br;q=0.5", "gzip"),
        ("gzip;q=0, br", "br"),
        ("*", "zstd"),
        ("*;q=0.5, gzip", "gzip"),
        ("gzip;q=0", None),
        ("identity, gzip;q=0.5", None),
        ("GZIP", "gzip"),
        ("deflate", None),
        ("gzip;q=nonsense", None),
    ],
)
def test_the_coding_that_a_client_likes_best_is_chosen(field, chosen):
    assert coding(field, OURS) == chosen


@pytest.mark.parametrize(
    ("field", "known"),
    [('"a"', True), ('W/"a"', True), ('"x", "a"', True), ("*", True), ('"b"', False), ("a", False)],
)
def test_a_tag_is_known_by_weak_comparison(field, known):
    assert is_known(field, "a") is known


@given(text())
def test_any_field_is_read(field):
    assert all(0 <= weight <= 1 for weight in qualities(field).values())
    assert coding(field, OURS) in {*OURS, None}
    assert is_known(field, "a") in {True, False}
