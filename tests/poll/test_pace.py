from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.model import Feed, FeedState
from aggregator.poll.pace import paced

NOW = datetime(2025, 10, 17, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def feed(name: str, host: str = "one.example", **options) -> Feed:
    url = f"https://{host}/{name}"
    return Feed(id=name, url=url, shown_url=url, name=name, **options)


FEEDS = [feed(str(number)) for number in range(200)]
ASKED = {str(number): FeedState(feed=str(number), checked=NOW) for number in range(300)}


def test_a_host_is_asked_for_its_share_of_the_interval():
    assert paced(FEEDS, FEEDS, ASKED, MINUTE) == FEEDS[:4]


def test_two_hundred_feeds_of_one_host_go_on_being_spread_over_the_hour():
    asked = {one.id: NOW for one in FEEDS}
    rounds: Counter[str] = Counter()
    now = NOW
    for _ in range(3 * 60):
        now += MINUTE
        due = [one for one in FEEDS if now - asked[one.id] >= one.min_interval]
        due.sort(key=lambda one: asked[one.id])
        turn = paced(due, FEEDS, ASKED, MINUTE)
        assert len(turn) <= 4
        for one in turn:
            asked[one.id] = now
            rounds[one.id] += 1
    assert set(rounds.values()) <= {2, 3}


def test_hosts_with_few_feeds_are_asked_for_one_at_a_time():
    few = [feed("1"), feed("2"), feed("3", "other.example")]
    assert [one.id for one in paced(few, few, ASKED, MINUTE)] == ["1", "3"]


def test_what_was_never_asked_goes_at_once():
    assert paced(FEEDS, FEEDS, {}, MINUTE) == FEEDS


def test_files_and_feeds_without_a_shortest_interval_know_no_share():
    files = [replace(one, url="file:/srv/a.xml") for one in FEEDS]
    eager = [replace(one, min_interval=timedelta()) for one in FEEDS]
    for feeds in (files, eager):
        assert paced(feeds, feeds, ASKED, MINUTE) == feeds


def test_after_days_asleep_many_hosts_are_caught_up_with_a_feed_at_a_time():
    feeds = [feed(f"{host}-{n}", f"{host}.example") for host in range(50) for n in range(10)]
    late = {one.id: FeedState(feed=one.id, checked=NOW) for one in feeds}
    waiting, sizes = list(feeds), list[int]()
    while waiting:
        turn = paced(waiting, feeds, late, MINUTE)
        assert max(Counter(one.url.split("/")[2] for one in turn).values()) == 1
        sizes.append(len(turn))
        waiting = [one for one in waiting if one not in turn]
    assert sizes == [50] * 10
