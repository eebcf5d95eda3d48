from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.errors import StoreError
from aggregator.model import Batch, Outcome, Poll
from aggregator.phrase import Phrase
from aggregator.storage.polls import LATEST

DAY = timedelta(days=1)


@pytest.fixture
def polled(store, samples):
    """Return a function that stores polls of a feed, an hour apart from noon on."""

    def polled(*answers: Poll, feed: str = "taipei") -> list[Poll]:
        told = [
            replace(poll, feed=feed, at=samples.noon + timedelta(hours=hours))
            for hours, poll in enumerate(answers)
        ]
        for poll in told:
            store.save(Batch(polls=(poll,)))
        return told

    return polled


@pytest.fixture
def poll(samples) -> Poll:
    return Poll(feed="taipei", at=samples.noon, status=200)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, Outcome.UNCHANGED),
        ({"status": 304}, Outcome.UNCHANGED),
        ({"new": 1}, Outcome.NEWS),
        ({"changed": 1}, Outcome.NEWS),
        ({"status": 404, "error": "gone?"}, Outcome.FAILED),
        ({"status": 200, "new": 3, "error": "cut off"}, Outcome.FAILED),
    ],
)
def test_what_a_poll_was_good_for(poll, changes, outcome):
    assert replace(poll, **changes).outcome is outcome


def test_the_latest_polls_come_back_as_they_were_newest_first(store, polled, poll):
    error = Phrase("the server answered {status}", status=500)
    told = polled(
        replace(poll, new=2, changed=1, elapsed=timedelta(milliseconds=250)),
        replace(poll, status=500, error=error, waited=timedelta(minutes=3)),
    )

    found = store.polls.latest()

    assert found == {"taipei": told[::-1]}
    assert found["taipei"][0].error.template == error.template


def test_of_each_feed_only_the_latest_are_kept(store, polled, poll):
    told = polled(*[poll] * (LATEST + 5))
    other = polled(poll, feed="berlin")

    assert store.polls.latest() == {"taipei": told[: -LATEST - 1 : -1], "berlin": other}


def test_the_days_count_them_all(store, polled, poll, samples):
    polled(
        *[replace(poll, new=1, elapsed=timedelta(seconds=2))] * 13,
        replace(poll, status=304, waited=timedelta(seconds=30)),
        replace(poll, status=500, error="broken"),
    )
    polled(poll, feed="berlin")

    before, first, second = store.polls.days(samples.noon + DAY, days=3)

    assert (before.polls, before.wait) == (0, timedelta())
    assert (first.polls, first.news, first.new, first.unchanged) == (13, 12, 12, 1)
    assert first.elapsed == timedelta(seconds=24)
    assert (second.polls, second.news, second.unchanged, second.failed) == (3, 1, 1, 1)
    assert second.wait == timedelta(seconds=10)


def test_one_feed_is_told_of_alone_and_a_hidden_one_nowhere(store, polled, poll, samples):
    polled(poll)
    polled(poll, poll, feed="berlin")

    (of_all,) = store.polls.days(samples.noon, days=1)
    (of_one,) = store.polls.days(samples.noon, days=1, feed="berlin")
    (shown,) = store.polls.days(samples.noon, days=1, hidden=["berlin"])

    assert (of_all.polls, of_one.polls, shown.polls) == (3, 2, 1)
    assert store.polls.latest(hidden=["berlin"]).keys() == {"taipei"}
    assert store.polls.latest(feed="berlin").keys() == {"berlin"}


def test_several_of_one_feed_in_one_batch_are_counted(store, poll, samples):
    later = replace(poll, at=samples.noon + timedelta(minutes=1))
    store.save(Batch(polls=(poll, later)))

    assert store.polls.days(samples.noon, days=1)[0].polls == 2


def test_of_no_polls_there_is_no_history(store, samples):
    assert store.polls.days(samples.noon, days=30) == []
    assert store.polls.latest() == {}


def test_what_failed_to_be_stored_left_no_trace(store, poll, samples):
    missing = samples.story("1", samples.article(1))
    with pytest.raises(StoreError):
        store.save(Batch(polls=(poll,), stories=(missing,)))

    assert store.polls.latest() == {}
    assert store.polls.days(samples.noon, days=1) == []


def test_old_days_are_let_go(store, polled, poll, samples):
    polled(*[poll] * 13)

    store.pruning.prune(samples.noon + DAY, archiving=False)

    assert [day.polls for day in store.polls.days(samples.noon + DAY, days=2)] == [0, 1]
    assert len(store.polls.latest()["taipei"]) == 13


def test_a_feed_that_went_takes_its_history_along(store, polled, poll, samples):
    polled(poll, feed="berlin")
    store.subscribe([samples.feed("taipei")], samples.noon)

    store.pruning.prune(samples.noon, archiving=False)

    assert store.polls.latest() == {}
