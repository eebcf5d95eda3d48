from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.cluster import Coverage

NOON = datetime(2025, 10, 18, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def hours(*spans: tuple[int, int]) -> list[tuple[datetime, datetime]]:
    return [(NOON + a * HOUR, NOON + b * HOUR) for a, b in spans]


def moments(*at: int) -> list[datetime]:
    return [NOON + n * HOUR for n in at]


def test_spans_that_meet_are_loaded_as_one():
    assert Coverage(2 * HOUR).extend(moments(30, 0, 3)) == hours((-2, 5), (28, 32))


def test_what_is_covered_is_not_loaded_again():
    coverage = Coverage(2 * HOUR)
    coverage.extend(moments(0, 10))
    assert coverage.extend(moments(0, 1, 10)) == hours((2, 3))
    assert coverage.extend(moments(5)) == hours((3, 7))
    assert coverage.extend(moments(0, 5, 8, 10)) == hours((7, 8))


def test_what_is_forgotten_is_loaded_again():
    coverage = Coverage(2 * HOUR)
    coverage.extend(moments(0, 10))
    coverage.forget(NOON + HOUR)
    assert coverage.extend(moments(0)) == hours((-2, 1))


@given(st.lists(st.lists(st.integers(-20, 20), max_size=5), max_size=6), st.integers(1, 4))
def test_every_hour_around_a_moment_is_loaded_exactly_once(batches, reach):
    coverage = Coverage(reach * HOUR)
    loaded: list[int] = []
    for batch in batches:
        for since, until in coverage.extend(moments(*batch)):
            start, end = ((moment - NOON) // HOUR for moment in (since, until))
            loaded += range(start, end)
    wanted = {h for batch in batches for at in batch for h in range(at - reach, at + reach)}
    assert sorted(loaded) == sorted(wanted)
