from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.app import Aggregator
from aggregator.app.feeds import Listing, feed_record, hurry, listings, resume
from aggregator.config import load
from aggregator.errors import NotFoundError
from aggregator.model import Batch, FeedState, Poll
from aggregator.storage import open_store

NOW = datetime(2025, 10, 17, 12, 0, tzinfo=UTC)
URL = "https://example.org/"
TEXT = f"version: 1\nfeeds:\n  - {{id: news, url: '{URL}', tls: {{verify: false}}}}\n"


@pytest.fixture
def aggregator():
    config = load(TEXT, directory=Path("/srv"), environment={})
    with Aggregator(config, open_store("sqlite://"), clock=lambda: NOW) as opened:
        opened.store.subscribe(config.feeds, NOW)
        yield opened


def told(aggregator: Aggregator, **known) -> Listing:
    state = FeedState(feed="news", url=URL, **known)
    aggregator.store.save(Batch(states=(state,)))
    (listing,) = listings(aggregator)
    return listing


def test_a_failing_feed_is_shown_as_such(aggregator):
    known = {"succeeded": datetime(2025, 9, 1, tzinfo=UTC), "failures": 12, "error": "it is broken"}
    listing = told(aggregator, **known)
    assert "failing since 2025-09-01, 12 failures: it is broken" in listing.remarks
    assert (listing.is_failing, feed_record(listing)["failures"]) == (True, 12)


def test_so_is_one_that_never_worked(aggregator):
    listing = told(aggregator, failures=1, error="it is broken")
    assert "failing since it was first polled, 1 failure: it is broken" in listing.remarks


def test_and_one_that_fell_silent(aggregator):
    listing = told(aggregator, changed=NOW - timedelta(days=40))
    assert "silent since 2025-09-07" in listing.remarks
    assert feed_record(listing)["silent_since"] == "2025-09-07T12:00:00Z"


def test_a_move_and_an_exception_for_a_certificate_are_shown(aggregator):
    listing = told(aggregator, moved_to="https://new.example/")
    moved, unverified = listing.remarks
    assert "https://new.example/" in moved
    assert "not verified" in unverified
    assert feed_record(listing)["verified"] is False


def test_a_feed_that_is_gone_is_asked_again_when_the_user_says_so(aggregator):
    assert told(aggregator, gone=True, failures=1, error="gone", due=NOW).state.next_poll is None
    assert resume(aggregator, "news").id == "news"
    (listing,) = listings(aggregator)
    assert (listing.state.next_poll, listing.is_failing) == (NOW, False)


def test_one_that_was_never_polled_is_due_anyway(aggregator):
    resume(aggregator, "news")
    (listing,) = listings(aggregator)
    assert listing.state == FeedState(feed="news")


def test_one_that_nobody_knows_is_named(aggregator):
    with pytest.raises(NotFoundError, match="did you mean news"):
        resume(aggregator, "newz")


def test_a_feed_in_a_hurry_is_due_now_but_for_its_servers_word(aggregator):
    later = NOW + timedelta(hours=3)
    told(aggregator, due=later, failures=2, error="it is broken")
    hurry(aggregator, "news")
    state = aggregator.feeds()["news"]
    assert (state.next_poll, state.rule, state.failures) == (NOW, "asked for by you", 2)

    told(aggregator, due=later, not_before=later)
    hurry(aggregator, "news")
    assert aggregator.feeds()["news"].next_poll == later


def test_one_that_was_never_polled_or_is_overdue_stays_as_it_is(aggregator):
    hurry(aggregator, "news")
    assert aggregator.feeds()["news"].due is None
    told(aggregator, due=NOW - timedelta(hours=1))
    hurry(aggregator, "news")
    assert aggregator.feeds()["news"].due == NOW - timedelta(hours=1)
    with pytest.raises(NotFoundError, match="did you mean news"):
        hurry(aggregator, "newz")


def test_its_latest_polls_are_told(aggregator):
    poll = Poll(feed="news", at=NOW, status=404, error="nothing is there")
    (told_of,) = feed_record(told(aggregator), [poll])["polls"]
    assert told_of["at"] == "2025-10-17T12:00:00Z"
    assert (told_of["outcome"], told_of["error"]) == ("failed", "nothing is there")
