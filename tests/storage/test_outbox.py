from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model import Message

HOUR = timedelta(hours=1)


@pytest.fixture
def message(samples):
    def message(name: str = "1", **changes) -> Message:
        made = Message(
            id=name,
            kind="ping",
            target="https://hub.example/",
            body="b",
            created=samples.noon,
            due=samples.noon,
        )
        return replace(made, **changes)

    return message


def test_what_is_due_comes_the_longest_due_first(store, message, samples):
    one, other = message("1"), message("2", due=samples.noon - HOUR)
    store.outbox.put([one, other, message("3", due=samples.noon + HOUR), message("4", kind="x")])
    assert store.outbox.due("ping", samples.noon) == [other, one]
    assert store.outbox.due("ping", samples.noon, limit=1) == [other]


def test_what_arrived_is_forgotten(store, message, samples):
    store.outbox.put([message("1"), message("2")])
    store.outbox.sent([message("1")])
    assert store.outbox.due("ping", samples.noon) == [message("2")]
    store.outbox.drop([message("2")])
    assert store.outbox.due("ping", samples.noon) == []


def test_what_was_put_again_while_it_was_sent_is_sent_again(store, message, samples):
    store.outbox.put([message()])
    again = message(created=samples.noon + HOUR, body="newer")
    store.outbox.put([again])
    store.outbox.sent([message()])
    assert store.outbox.due("ping", samples.noon) == [again]


def test_what_did_not_arrive_waits_and_a_new_one_waits_with_it(store, message, samples):
    store.outbox.put([message()])
    later = message(due=samples.noon + HOUR, attempts=1, error="the hub answered 503")
    store.outbox.postpone([later])
    assert store.outbox.due("ping", samples.noon) == []
    assert store.outbox.due("ping", samples.noon + HOUR) == [later]
    store.outbox.put([message(body="newer", created=samples.noon + HOUR)])
    assert store.outbox.due("ping", samples.noon) == []
    assert store.outbox.due("ping", samples.noon + HOUR) == [
        replace(later, body="newer", created=samples.noon + HOUR)
    ]


def test_what_was_given_up_begins_anew_with_a_new_one(store, message, samples):
    store.outbox.put([message()])
    store.outbox.postpone([message(due=None, attempts=10, error="the hub answered 503")])
    new = message(body="newer", created=samples.noon + HOUR, due=samples.noon + HOUR)
    store.outbox.put([new])
    assert store.outbox.of("ping") == [new]


def test_many_at_once(store, message, samples):
    store.outbox.put(message(str(n)) for n in range(1200))
    assert len(store.outbox.due("ping", samples.noon, limit=2000)) == 1200


def test_whether_anything_is_due_is_told_by_kind_and_time(store, message, samples):
    given_up = message("2", kind="webhook", due=None)
    store.outbox.put([message(), given_up])
    assert store.outbox.is_due(["ping", "webhook"], samples.noon)
    assert not store.outbox.is_due(["ping"], samples.noon - HOUR)
    assert not store.outbox.is_due(["webhook"], samples.noon + HOUR)
    assert store.outbox.of("webhook") == [given_up]
