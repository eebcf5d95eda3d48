from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from aggregator.model import Feed, FeedState, ParsedFeed, Response
from aggregator.poll import policy
from aggregator.poll.timing import allowed_from

NOW = datetime(2025, 10, 17, 12, 0, tzinfo=UTC)  # a Friday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
URL = "https://example.org/feed"
FEED = Feed(id="f", url=URL, shown_url=URL, name="Example")


class Surely(Random):
    """Chance that always falls on one side."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self._share = share

    def random(self) -> float:
        return self._share


def polled(
    state: FeedState | None = None,
    status: int = 200,
    *,
    now: datetime = NOW,
    changed: bool = False,
    share: float = 0.0,
    ttl: timedelta | None = None,
    **headers: str,
) -> FeedState:
    response = Response(
        feed="f",
        url=URL,
        final_url=URL,
        status=status,
        at=now,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
    return policy.after(
        FEED,
        state,
        response,
        document=ParsedFeed(format="rss20", entries=(), ttl=ttl) if status == 200 else None,
        error=None,
        changed=changed,
        now=now,
        random=Surely(share),
    )


@pytest.mark.parametrize(
    ("headers", "wait", "rule"),
    [
        ({}, None, "min_interval 1 h"),
        ({"cache_control": "max-age=600"}, 10 * MINUTE, "min_interval 1 h"),
        ({"cache_control": "max-age=7200"}, 2 * HOUR, "fresh for 2 h (max-age or Expires)"),
        (
            {"cache_control": "max-age=7200", "age": "1800"},
            1.5 * HOUR,
            "fresh for 90 min (max-age or Expires)",
        ),
        ({"cache_control": "max-age=60", "age": "1800"}, None, "min_interval 1 h"),
        ({"cache_control": "no-store, max-age=0"}, None, "min_interval 1 h"),
        (
            {"expires": "Fri, 17 Oct 2025 15:00:00 GMT"},
            3 * HOUR,
            "fresh for 3 h (max-age or Expires)",
        ),
        (
            {"cache_control": "max-age=99999999999"},
            7 * DAY,
            "fresh for 7 d (max-age or Expires)",
        ),
        (
            {"cache_control": "max-age=31536000", "age": "1209600"},
            7 * DAY,
            "fresh for 7 d (max-age or Expires)",
        ),
        ({"ttl": 3 * HOUR}, 3 * HOUR, "the feed's ttl or update period of 3 h"),
        ({"ttl": 99 * DAY}, 7 * DAY, "the feed's ttl or update period of 7 d"),
        (
            {"ttl": 3 * HOUR, "cache_control": "max-age=7200"},
            3 * HOUR,
            "the feed's ttl or update period of 3 h",
        ),
        ({"retry_after": "7200"}, 2 * HOUR, "Retry-After 2 h"),
    ],
)
def test_what_a_success_asks_of_us(headers, wait, rule):
    state = polled(**headers)
    assert state.not_before == (None if wait is None else NOW + wait)
    assert state.rule == rule
    assert state.due == NOW + HOUR


@pytest.mark.parametrize("status", [404, 429, 500, 503])
@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("7200", 2 * HOUR),
        ("Fri, 17 Oct 2025 14:00:00 GMT", 2 * HOUR),
        ("315360000", 7 * DAY),
        ("-10", None),
        ("soon", None),
    ],
)
def test_retry_after_holds_on_whichever_failure(status, text, wait):
    state = polled(status=status, retry_after=text)
    assert state.not_before == (None if wait is None else NOW + wait)
    assert state.rule == ("backoff after 1 failure" if wait is None else state.rule)


def test_a_304_renews_the_lifetime_and_the_documents_wishes():
    state = polled(etag='"1"', cache_control="max-age=7200", ttl=3 * HOUR)
    later = NOW + 5 * HOUR
    state = polled(state, 304, now=later)
    assert (state.lifetime, state.ttl) == (2 * HOUR, 3 * HOUR)
    assert state.not_before == later + 3 * HOUR


def test_a_304_may_say_another_lifetime():
    state = polled(etag='"1"', cache_control="max-age=7200")
    state = polled(state, 304, cache_control="max-age=18000")
    assert state.not_before == NOW + 5 * HOUR


def test_a_200_without_a_lifetime_ends_it():
    state = polled(polled(cache_control="max-age=7200"))
    assert state.not_before is None


class TestOwnInterval:
    def gaps(self, every: timedelta, polls: int) -> list[timedelta]:
        """Poll whenever due a feed that publishes ``every`` so often; return the last gaps."""
        state, now, seen = polled(changed=True), NOW, NOW
        gaps = []
        for _ in range(polls):
            assert state.due is not None
            gaps.append(state.due - now)
            now = state.due
            news = (now - seen) // every
            seen += every * news
            state = polled(state, now=now, changed=news > 0)
        return gaps[-10:]

    def test_a_busy_feed_is_polled_at_the_shortest(self):
        assert set(self.gaps(10 * MINUTE, 30)) == {FEED.min_interval}

    def test_a_dead_feed_is_polled_at_the_longest(self):
        gap = self.gaps(999 * DAY, 60)[-1]
        assert FEED.max_interval / 1.1 <= gap <= FEED.max_interval

    def test_a_feed_that_never_had_an_entry_is_no_busy_one(self):
        state = polled()
        state = polled(state, now=NOW + 40 * HOUR)
        assert state.due == NOW + 50 * HOUR

    def test_a_daily_feed_is_polled_several_times_a_day(self):
        assert all(6 * HOUR <= gap <= 18 * HOUR for gap in self.gaps(DAY, 100))

    def test_a_feed_that_wakes_up_is_noticed(self):
        state = polled(changed=True)
        now = NOW + 30 * DAY
        for _ in range(25):
            state = polled(state, now=now, changed=True)
            before, now = now, state.due or now
        assert now - before < 3 * HOUR


@pytest.mark.parametrize(("share", "gap"), [(0, 10 * HOUR), (1, 11 * HOUR)])
def test_chance_lengthens_the_interval_by_a_tenth_at_most(share, gap):
    state = replace(polled(changed=True), changed=NOW - 40 * HOUR)
    assert polled(state, share=share).due == NOW + gap


def test_chance_leaves_the_shortest_interval_alone():
    assert polled(share=1).due == NOW + FEED.min_interval


def test_chance_does_not_pass_the_longest_interval():
    state = replace(polled(changed=True), changed=NOW - 999 * DAY)
    assert polled(state, share=1).due == NOW + FEED.max_interval
    assert polled(state, share=0).rule == "max_interval 1 d"


class TestShunnedTimes:
    @pytest.mark.parametrize(
        ("hours", "days", "moment"),
        [
            ((), (), NOW),
            ((12,), (), NOW + HOUR),
            ((12, 13, 14), (), NOW + 3 * HOUR),
            ((), (4,), NOW + 12 * HOUR),
            ((0, 1), (4, 5), NOW + timedelta(hours=12 + 24 + 2)),
            (range(24), (), NOW),
            ((), range(7), NOW),
            (range(24), (4,), NOW + 12 * HOUR),
        ],
    )
    def test_the_first_moment_that_is_allowed(self, hours, days, moment):
        state = FeedState(feed="f", skip_hours=frozenset(hours), skip_days=frozenset(days))
        assert allowed_from(state, NOW) == moment

    def test_it_is_the_start_of_the_hour(self):
        state = FeedState(feed="f", skip_hours=frozenset({12}))
        assert allowed_from(state, NOW + 17 * MINUTE) == NOW + HOUR
