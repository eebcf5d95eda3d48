from datetime import UTC, datetime, timedelta

from aggregator.web.limits import Allowance


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2025, 10, 17, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_so_many_at_once_and_more_with_time():
    clock = Clock()
    allowance = Allowance(now=clock, at_once=3, every=timedelta(seconds=2))

    assert [allowance.take("a") for _ in range(4)] == [True, True, True, False]
    clock.now += timedelta(seconds=2)
    assert [allowance.take("a") for _ in range(2)] == [True, False]
    clock.now += timedelta(hours=1)
    assert [allowance.take("a") for _ in range(4)] == [True, True, True, False]


def test_nobody_uses_up_what_is_anothers():
    allowance = Allowance(now=Clock(), at_once=1)

    assert [allowance.take(client) for client in "aabb"] == [True, False, True, False]


def test_of_many_clients_the_first_are_forgotten():
    allowance = Allowance(now=Clock(), at_once=1)

    assert all(allowance.take(str(number)) for number in range(10_001))
    assert allowance.take("0")
    assert not allowance.take("10000")
