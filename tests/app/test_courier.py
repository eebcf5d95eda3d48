"""Who delivers while others work; with the daemon in tests/test_scheduler.py."""

from aggregator.app.courier import Courier
from aggregator.errors import StoreError


def test_a_store_that_cannot_be_opened_is_told_of(desk):
    told: list[object] = []

    def broken(_):
        raise StoreError("it cannot be opened")

    desk.save(desk.story("Quake", daily=0, post=0, times=0))
    assert desk.told() == ["Quake"]
    courier = Courier(broken, sent=told.append, failed=told.append)
    with desk.open() as aggregator:
        courier.look(aggregator)
    courier.end()
    assert list(map(str, told)) == ["it cannot be opened"]
