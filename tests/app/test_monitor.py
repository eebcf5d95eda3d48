from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.app.monitor import Condition, condition
from aggregator.model import FeedState

NOW = datetime(2025, 10, 17, 12, tzinfo=UTC)
WELL = FeedState(feed="f", checked=NOW, succeeded=NOW, due=NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (WELL, Condition.WELL),
        (FeedState(feed="f"), Condition.WAITING),
        (replace(WELL, due=NOW - timedelta(minutes=59)), Condition.WELL),
        (replace(WELL, due=NOW - timedelta(minutes=61)), Condition.LATE),
        (replace(WELL, error="404", failures=1), Condition.FAILING),
        (replace(WELL, error="410", gone=True), Condition.GONE),
    ],
)
def test_a_feed_is_known_at_a_glance(state, expected):
    assert condition(state, NOW) is expected
