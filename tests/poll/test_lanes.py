from hypothesis import given
from hypothesis import strategies as st

from aggregator.poll.lanes import Lanes


def test_one_job_a_host_at_a_time():
    lanes = Lanes[str](delay=0)
    lanes.add("a", "a1")
    lanes.add("a", "a2")
    assert lanes.take(0) == "a1"
    assert lanes.take(100) is None
    lanes.free("a", 100)
    assert lanes.take(100) == "a2"


def test_a_pause_between_two_jobs_at_one_host():
    lanes = Lanes[str](delay=2)
    lanes.add("a", "a1")
    lanes.add("a", "a2")
    lanes.take(0)
    lanes.free("a", 5)
    assert lanes.next_opening() == 7
    assert lanes.take(6.9) is None
    assert lanes.take(7) == "a2"


def test_the_pause_holds_for_who_comes_later():
    lanes = Lanes[str](delay=2)
    lanes.add("a", "a1")
    lanes.take(0)
    lanes.free("a", 5)
    lanes.add("a", "a2")
    assert lanes.take(6.9) is None


def test_no_host_waits_for_another():
    lanes = Lanes[str](delay=2)
    for job in ("a1", "a2", "a3"):
        lanes.add("a", job)
    lanes.add("b", "b1")
    assert [lanes.take(0), lanes.take(0), lanes.take(0)] == ["a1", "b1", None]


def test_who_could_go_at_once_is_not_made_to_wait():
    lanes = Lanes[str](delay=2)
    lanes.add("a", "a1")
    lanes.add("b", "b1")
    lanes.take(5)
    assert lanes.next_opening() == 0


def test_the_longest_lane_goes_first():
    lanes = Lanes[str](delay=1)
    for job in ("b1", "c1", "c2", "a1", "a2", "a3"):
        lanes.add(job[0], job)
    order, now = list[str](), 0.0
    while lanes.waiting:  # one turn a second
        taken = lanes.take(now)
        assert taken is not None
        order.append(taken)
        lanes.free(taken[0], now)
        now += 1
    assert order == ["a1", "c1", "a2", "b1", "c2", "a3"]


def test_a_redirect_comes_before_those_who_wait():
    lanes = Lanes[str](delay=0)
    lanes.add("a", "a1")
    lanes.add("a", "a2")
    lanes.take(0)
    lanes.add("a", "from elsewhere", first=True)
    lanes.free("a", 1)
    assert [lanes.take(1), lanes.waiting] == ["from elsewhere", 1]


def test_a_wide_lane_takes_two_spaced_as_well():
    lanes = Lanes[str](delay=2, width=2)
    for job in ("a1", "a2", "a3"):
        lanes.add("a", job)
    assert [lanes.take(0), lanes.take(1), lanes.take(2), lanes.take(9)] == ["a1", None, "a2", None]
    lanes.free("a", 9)
    assert [lanes.take(10), lanes.take(11)] == [None, "a3"]


def test_what_ends_in_a_wide_lane_puts_off_who_was_to_be_next():
    lanes = Lanes[str](delay=2, width=2)
    for job in ("a1", "a2"):
        lanes.add("a", job)
    lanes.take(0)
    lanes.free("a", 1)
    assert lanes.next_opening() == 3
    assert [lanes.take(2), lanes.take(3)] == [None, "a2"]


def test_a_host_that_broke_down_is_given_longer():
    lanes = Lanes[str](delay=0)
    for job in ("a1", "a2"):
        lanes.add("a", job)
    lanes.take(0)
    lanes.free("a", 1, pause=5)
    assert [lanes.take(5), lanes.take(6)] == [None, "a2"]


def test_a_cleared_host_has_nobody_waiting_and_others_stay():
    lanes = Lanes[str](delay=0)
    for job in ("a1", "a2", "b1"):
        lanes.add(job[0], job)
    assert lanes.clear(lambda job: job.startswith("a")) == ["a1", "a2"]
    assert (lanes.waiting, lanes.take(0), lanes.take(0)) == (1, "b1", None)
    lanes.add("a", "a3")
    assert lanes.take(0) == "a3"


def test_who_is_left_of_a_lane_keeps_the_turn():
    lanes = Lanes[str](delay=0)
    for job in ("a1", "a2", "a3"):
        lanes.add("a", job)
    assert lanes.clear(lambda job: job in {"a1", "a3"}) == ["a1", "a3"]
    assert (lanes.waiting, lanes.take(0), lanes.waiting) == (1, "a2", 0)


@given(st.lists(st.sampled_from("abc"), max_size=30), st.integers(0, 3))
def test_every_job_gets_its_turn_in_order_and_alone(hosts, delay):
    lanes = Lanes[tuple[str, int]](delay)
    for number, host in enumerate(hosts):
        lanes.add(host, (host, number))
    now, done = 0.0, list[tuple[str, int]]()
    last: dict[str, float] = {}
    while lanes.waiting:
        now = max(now, lanes.next_opening() or 0.0)
        taken = []
        while (job := lanes.take(now)) is not None:
            taken.append(job)
        assert len({host for host, _ in taken}) == len(taken)
        for host, number in taken:
            assert now >= last.get(host, -delay) + delay
            last[host] = now
            done.append((host, number))
            lanes.free(host, now)
    assert sorted(done, key=lambda job: job[1]) == [(h, n) for n, h in enumerate(hosts)]
    for host in set(hosts):
        numbers = [number for h, number in done if h == host]
        assert numbers == sorted(numbers)
