from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.model import FeedState
from aggregator.poll.standing import is_due, silent_since

NOW = datetime(2025, 10, 17, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
KNOWN = FeedState(feed="f", changed=NOW)


def test_a_feed_is_due_when_its_time_has_come_or_none_was_set():
    assert is_due(FeedState(feed="f"), NOW)
    assert is_due(replace(KNOWN, due=NOW), NOW)
    assert not is_due(replace(KNOWN, due=NOW - DAY, not_before=NOW + DAY), NOW)
    assert not is_due(replace(KNOWN, due=NOW, gone=True), NOW)


def test_a_month_without_news_is_silence():
    assert silent_since(KNOWN, NOW + 29 * DAY) is None
    assert silent_since(KNOWN, NOW + 31 * DAY) == NOW


def test_a_feed_that_seldom_speaks_is_given_longer():
    yearly = replace(KNOWN, rhythm=365 * DAY)
    assert silent_since(yearly, NOW + 1000 * DAY) is None
    assert silent_since(yearly, NOW + 2000 * DAY) == NOW


def test_one_that_fails_or_is_gone_or_was_never_asked_is_not_silent():
    late = NOW + 99 * DAY
    assert silent_since(replace(KNOWN, failures=1), late) is None
    assert silent_since(replace(KNOWN, gone=True), late) is None
    assert silent_since(FeedState(feed="f"), late) is None
