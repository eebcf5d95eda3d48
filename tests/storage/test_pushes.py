from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.errors import StoreError
from aggregator.model import Delivery, HubState, HubSubscription
from aggregator.storage.pushes import Pushes

HOUR = timedelta(hours=1)


@pytest.fixture
def pushes(store, samples):
    store.subscribe([samples.feed(), samples.feed("berlin")], samples.noon)
    return store.pushes


@pytest.fixture
def subscription(samples):
    return HubSubscription(
        token="t0ken",
        callback="https://me.example/websub/t0ken",
        feed="taipei",
        hub="https://hub.example/",
        topic="https://taipei.example/feed",
        secret="s3cret",
        state=HubState.ACTIVE,
        due=samples.noon + HOUR,
        expires=samples.noon + 2 * HOUR,
    )


@pytest.fixture
def delivery(samples):
    return Delivery(
        number=0,
        feed="taipei",
        topic="https://taipei.example/feed",
        received=samples.noon,
        type="application/rss+xml",
        body=b"<rss/>\0\xff",
    )


def keep(pushes: Pushes, *subscriptions: HubSubscription) -> None:
    with pushes.edit() as kept:
        kept |= {subscription.token: subscription for subscription in subscriptions}


def test_what_is_edited_is_kept_whole(pushes, subscription):
    keep(pushes, subscription)
    assert pushes.subscription("t0ken") == subscription
    assert pushes.subscription("other") is None
    with pushes.edit() as subscriptions:
        assert subscriptions == {"t0ken": subscription}
        subscriptions["t0ken"] = replace(subscription, error="川普")
    assert pushes.subscription("t0ken").error == "川普"
    with pushes.edit() as subscriptions:
        del subscriptions["t0ken"]
    assert pushes.subscription("t0ken") is None


def test_an_edit_that_fails_changes_nothing(pushes, subscription):
    keep(pushes, subscription)

    def fail() -> None:
        with pushes.edit() as subscriptions:
            subscriptions.clear()
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert pushes.subscription("t0ken") == subscription


def test_a_subscription_is_of_a_feed_that_is_there(pushes, subscription):
    with pytest.raises(StoreError):
        keep(pushes, replace(subscription, feed="nowhere"))


@pytest.mark.parametrize(
    ("changes", "relied_on"),
    [
        ({}, True),
        ({"state": HubState.ASKED}, False),
        ({"state": HubState.LEAVING}, False),
        ({"missed": True}, False),
    ],
)
def test_a_hub_is_relied_on_while_it_stands(pushes, subscription, samples, changes, relied_on):
    keep(pushes, replace(subscription, **changes))
    assert ("taipei" in pushes.relied_on(samples.noon)) is relied_on
    assert not pushes.relied_on(samples.noon + 2 * HOUR)


def test_a_hub_that_missed_something_is_relied_on_once_it_delivers(
    pushes, subscription, delivery, samples
):
    keep(pushes, replace(subscription, error="its hub was out"))
    pushes.missed(["taipei", "berlin"])
    assert not pushes.relied_on(samples.noon)
    assert pushes.receive(delivery, "t0ken", most=9)
    assert pushes.relied_on(samples.noon) == {"taipei"}
    known = pushes.subscription("t0ken")
    assert (known.delivered, known.error) == (samples.noon, None)


def test_the_inbox_gives_the_first_of_each_feed_until_it_was_read(pushes, delivery):
    for feed in ("taipei", "berlin", "taipei"):
        pushes.receive(replace(delivery, feed=feed, body=feed.encode()), "", most=9)
    first = pushes.inbox()
    assert [d.feed for d in first] == ["taipei", "berlin"]
    assert pushes.inbox() == first
    pushes.read(d.number for d in first)
    (last,) = pushes.inbox()
    assert (last.feed, last.body) == ("taipei", b"taipei")
    pushes.read([last.number])
    assert pushes.inbox() == []


def test_a_delivery_comes_out_as_it_went_in(pushes, delivery):
    pushes.receive(delivery, "", most=1)
    (found,) = pushes.inbox()
    assert replace(found, number=0) == delivery


def test_a_full_inbox_takes_no_more_of_that_feed(pushes, delivery):
    assert pushes.receive(delivery, "", most=1)
    assert not pushes.receive(delivery, "", most=1)
    assert pushes.receive(replace(delivery, feed="berlin"), "", most=1)
