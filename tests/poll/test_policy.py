from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Access, Feed, FeedState, Hop, Moves, ParsedFeed, Respite, Response
from aggregator.poll import policy

NOW = datetime(2025, 10, 17, 12, 0, tzinfo=UTC)  # a Friday
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
URL = "https://example.org/feed"
FEED = Feed(id="f", url=URL, shown_url=URL, name="Example")
DOCUMENT = ParsedFeed(format="rss20", entries=())
BODY = b"<rss/>"


def answered(
    status: int = 200,
    *,
    url: str = URL,
    hops: tuple[Hop, ...] = (),
    failure: str | None = None,
    body: bytes = BODY,
    **headers: str,
) -> Response:
    return Response(
        feed="f",
        url=url,
        final_url=hops[-1].url if hops else url,
        status=status,
        at=NOW,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=body,
        hops=hops,
        failure=failure,
    )


def learn(
    state: FeedState | None = None,
    response: Response | None = None,
    *,
    feed: Feed = FEED,
    now: datetime = NOW,
    document: ParsedFeed | None = None,
    error: str | None = None,
) -> FeedState:
    """One poll; a 200 holds a document unless told otherwise."""
    response = response or answered()
    return policy.after(
        feed,
        state,
        response,
        document=document or (DOCUMENT if response.status == 200 and error is None else None),
        error=error,
        changed=False,
        now=now,
        random=Random(1),
    )


def wait(state: FeedState) -> timedelta:
    assert state.due is not None
    return state.due - NOW


class TestDue:
    def test_a_feed_never_polled_is_due(self):
        assert policy.due(FEED, None, NOW)

    def test_a_feed_is_due_when_its_time_has_come(self):
        state = learn()
        assert not policy.due(FEED, state, NOW + 0.97 * HOUR)
        assert policy.due(FEED, state, NOW + HOUR)

    def test_an_hourly_run_finds_an_hourly_feed_due_every_time(self):
        state = learn(now=NOW + timedelta(seconds=20))
        assert policy.due(FEED, state, NOW + HOUR)

    def test_force_goes_over_our_own_interval(self):
        assert policy.due(FEED, learn(), NOW, force=True)

    def test_force_does_not_go_over_the_servers_word(self):
        state = learn(response=answered(cache_control="max-age=7200"))
        assert not policy.due(FEED, state, NOW + HOUR * 1.9, force=True)
        assert policy.due(FEED, state, NOW + 2 * HOUR, force=True)

    def test_force_does_not_hammer_what_keeps_failing(self):
        state, waits = learn(response=answered(500)), []
        assert policy.due(FEED, state, NOW, force=True)
        for _ in range(3):
            state = learn(state, answered(500))
            minutes = (NOW + timedelta(minutes=n) for n in range(99))
            waits.append(
                next(at for at in minutes if policy.due(FEED, state, at, force=True)) - NOW
            )
        assert waits == [timedelta(minutes=n) for n in (1, 2, 4)]

    def test_force_does_not_wake_what_is_gone(self):
        state = learn(response=answered(410))
        assert not policy.due(FEED, state, NOW + timedelta(days=999), force=True)

    def test_nothing_is_asked_in_hours_that_the_feed_shuns(self):
        state = learn(document=replace(DOCUMENT, skip_hours=frozenset({14})))
        assert not policy.due(FEED, state, NOW + 2 * HOUR, force=True)
        assert policy.due(FEED, state, NOW + 3 * HOUR, force=True)

    def test_a_file_is_always_due(self):
        local = replace(FEED, url="file:/feeds/a.xml", shown_url="file:feeds/a.xml")
        assert policy.due(local, learn(feed=local), NOW)

    def test_a_file_keeps_no_timetable(self):
        file = replace(FEED, url="file:/srv/feed.xml")
        for state in (learn(feed=file), learn(feed=file, error="no feed")):
            assert (state.due, state.not_before) == (NOW, None)
            assert state.rule == "a local file: read at every run"

    def test_another_url_makes_it_a_feed_never_polled(self):
        state = learn(response=answered(410))
        moved = replace(FEED, url=URL + "2", shown_url=URL + "2")
        assert policy.due(moved, state, NOW)


class TestRequest:
    def test_a_first_request_invents_no_validators(self):
        request = policy.request(FEED, None)
        assert (request.url, request.etag, request.last_modified) == (URL, None, None)

    def test_validators_come_back_byte_for_byte(self):
        response = answered(etag='W/"\xe9, 1"', last_modified="Thu, 01-Jan-26 00:00:00 GMT")
        request = policy.request(FEED, learn(response=response))
        assert request.etag == 'W/"\xe9, 1"'
        assert request.last_modified == "Thu, 01-Jan-26 00:00:00 GMT"

    def test_another_url_drops_them(self):
        state = learn(response=answered(etag='"1"', last_modified="x"))
        moved = replace(FEED, url=URL + "2", shown_url=URL + "2")
        request = policy.request(moved, state)
        assert (request.url, request.etag, request.last_modified) == (URL + "2", None, None)

    def test_another_secret_in_the_same_url_does_not(self):
        state = learn(response=answered(etag='"1"'))
        assert policy.request(replace(FEED, url=URL + "?key=new"), state).etag == '"1"'

    def test_the_feeds_own_timeout_holds(self):
        assert policy.request(replace(FEED, timeout=HOUR), None).timeout == HOUR


class TestValidators:
    FIRST = answered(etag='"1"', last_modified="Mon")

    def validators(self, *responses: Response) -> tuple[str | None, str | None]:
        state = None
        for response in responses:
            state = learn(state, response)
        assert state is not None
        return state.etag, state.last_modified

    def test_a_200_replaces_both(self):
        assert self.validators(self.FIRST, answered(etag='"2"')) == ('"2"', None)
        assert self.validators(self.FIRST, answered(last_modified="Tue")) == (None, "Tue")
        assert self.validators(self.FIRST, answered()) == (None, None)

    def test_a_304_replaces_what_it_carries(self):
        assert self.validators(self.FIRST, answered(304)) == ('"1"', "Mon")
        assert self.validators(self.FIRST, answered(304, etag='"2"')) == ('"2"', "Mon")
        assert self.validators(self.FIRST, answered(304, last_modified="Tue")) == ('"1"', "Tue")

    def test_those_of_a_body_that_cannot_be_read_are_not_kept(self):
        state = learn(None, self.FIRST)
        state = learn(state, answered(etag='"2"'), error="no feed")
        assert (state.etag, state.last_modified) == (None, None)

    def test_those_of_a_document_cut_short_would_hide_its_rest(self):
        cut = replace(DOCUMENT, truncated=True)
        state = learn(response=answered(etag='"one"'), document=cut)
        assert (state.etag, state.last_modified, state.body_hash) == (None, None, None)

    @pytest.mark.parametrize("status", [404, 429, 500, 999])
    def test_a_failure_leaves_them(self, status):
        assert self.validators(self.FIRST, answered(status, etag='"no"')) == ('"1"', "Mon")

    def test_a_304_that_was_not_asked_for_is_a_failure(self):
        state = learn(None, answered(304, etag='"1"'))
        assert state.etag is None
        assert "did not ask" in str(state.error)
        assert not policy.is_known(FEED, None, answered(304))

    def test_a_delta_that_we_cannot_apply_makes_us_ask_for_the_whole(self):
        assert self.validators(self.FIRST, answered(226, im="vcdiff", etag='"2"')) == (None, None)

    @pytest.mark.parametrize("status", [400, 412, 416, 431])
    def test_a_server_that_chokes_on_its_own_is_asked_without(self, status):
        assert self.validators(self.FIRST, answered(status)) == (None, None)

    def test_those_of_a_part_that_was_not_asked_for_would_hide_the_rest(self):
        state = learn(response=answered(226, im="feed", etag='"1"'), document=DOCUMENT)
        assert (state.etag, state.body_hash) == (None, None)

    def test_an_empty_validator_is_none(self):
        assert self.validators(answered(etag="", last_modified="")) == (None, None)

    def test_a_star_would_have_everything_count_as_unchanged(self):
        assert self.validators(answered(etag="*")) == (None, None)
        assert self.validators(self.FIRST, answered(304, etag=" * ")) == ('"1"', "Mon")


class TestDocuments:
    @pytest.mark.parametrize("status", [200, 203])
    def test_success_carries_a_document(self, status):
        assert policy.has_document(answered(status))

    @pytest.mark.parametrize("status", [0, 201, 204, 206, 304, 404, 500])
    def test_nothing_else_does(self, status):
        failure = None if status else "no answer"
        assert not policy.has_document(answered(status, failure=failure))

    def test_a_delta_is_a_document_and_never_the_whole(self):
        state = learn(None, answered(etag='"1"'))
        delta = answered(226, im="feed", etag='"2"', body=b"<part/>")
        assert policy.has_document(delta)
        after = learn(state, delta, document=DOCUMENT)
        assert (after.etag, after.body_hash, after.failures) == ('"2"', state.body_hash, 0)

    @pytest.mark.parametrize("manipulation", ["", "vcdiff", "feed, gzip"])
    def test_another_delta_is_none(self, manipulation):
        assert not policy.has_document(answered(226, im=manipulation))

    def test_an_equal_body_is_known(self):
        state = learn()
        assert policy.is_known(FEED, state, answered())
        assert not policy.is_known(FEED, state, answered(body=b"<rss>new</rss>"))
        assert not policy.is_known(FEED, state, answered(500))
        assert not policy.is_known(FEED, None, answered())

    def test_a_body_that_could_not_be_read_is_not_known(self):
        state = learn(error="no feed")
        assert not policy.is_known(FEED, state, answered())

    def test_a_304_is_known(self):
        assert policy.is_known(FEED, learn(response=answered(etag='"1"')), answered(304))


class TestResumed:
    def test_what_is_gone_is_asked_again(self):
        state = policy.resumed(FEED, learn(response=answered(410)), NOW)
        assert policy.due(FEED, state, NOW)
        assert (state.failures, state.error) == (0, None)

    def test_what_backed_off_is_asked_at_once(self):
        state = learn(learn(response=answered(500)), answered(500))
        assert policy.due(FEED, policy.resumed(FEED, state, NOW), NOW)

    def test_the_servers_word_holds_on(self):
        state = learn(response=answered(503, retry_after="60"))
        resumed = policy.resumed(FEED, state, NOW)
        assert not policy.due(FEED, resumed, NOW)
        assert policy.due(FEED, resumed, NOW + timedelta(minutes=1))


class TestSpared:
    """Feeds not asked since their host refused another of them, or did not answer it."""

    def spare(
        self, state: FeedState | None, why: Respite = Respite.REFUSED, **headers: str
    ) -> FeedState:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return learn(state, replace(answered(0, failure="not asked"), headers=told, spared=why))

    @pytest.mark.parametrize("error", [None, "broken"])
    def test_nothing_is_noted_of_them_but_a_later_time(self, error):
        known = learn(now=NOW - DAY, response=answered(etag='"1"'), error=error)
        spared = self.spare(known)
        assert replace(spared, due=known.due, not_before=known.not_before, rule=known.rule) == known
        assert wait(spared) == FEED.min_interval
        assert spared.rule == "its host asked us to slow down"

    def test_they_wait_as_long_as_their_host_asks(self):
        spared = self.spare(learn(now=NOW - DAY), retry_after="120")
        assert wait(spared) == timedelta(minutes=2)
        assert spared.not_before == spared.due
        assert spared.rule == "its host asked us to slow down"

    def test_a_silent_host_is_our_own_wish_and_no_failure(self):
        known = learn(now=NOW - DAY, response=answered(etag='"1"'))
        spared = self.spare(known, Respite.SILENT, retry_after="300")
        assert replace(spared, due=known.due, rule=known.rule) == known
        assert (wait(spared), spared.not_before) == (timedelta(minutes=5), None)
        assert spared.rule == "its host did not answer another feed's poll"
        assert policy.due(FEED, spared, NOW, force=True)

    def test_one_that_was_out_of_time_is_due_as_it_was(self):
        known = learn(now=NOW - DAY)
        assert self.spare(known, Respite.LATE) == known
        assert policy.due(FEED, self.spare(None, Respite.LATE), NOW)

    def test_one_never_asked_waits_too(self):
        spared = self.spare(None, retry_after="120")
        assert (spared.checked, spared.failures, spared.error) == (None, 0, None)
        assert not policy.due(FEED, spared, NOW + timedelta(minutes=1), force=True)
        assert policy.due(FEED, spared, NOW + timedelta(minutes=2))


class TestFailures:
    @pytest.mark.parametrize(
        ("status", "words"),
        [
            (401, "credentials"),
            (403, "refuses"),
            (404, "check the url"),
            (410, "gone for good"),
            (429, "too often"),
            (500, "in trouble"),
            (204, "this is no feed"),
            (999, "in trouble"),
        ],
    )
    def test_they_say_what_to_do(self, status, words):
        state = learn(response=answered(status))
        assert str(status) in str(state.error)
        assert words in str(state.error)

    def test_the_words_of_others_are_kept(self):
        assert learn(response=answered(0, failure="no route")).error == "no route"
        assert learn(error="not a feed").error == "not a feed"

    def test_they_count_until_a_success(self):
        state = learn(learn(None, answered(500)), answered(500))
        assert (state.failures, state.succeeded) == (2, None)
        state = learn(state)
        assert (state.failures, state.error, state.succeeded) == (0, None, NOW)

    def test_the_gap_grows_up_to_a_cap(self):
        state, gaps = None, []
        for _ in range(40):
            state = learn(state, answered(500))
            gaps.append(wait(state))
        for before, after in pairwise(gaps[:4]):
            assert after >= 1.6 * before
        assert FEED.max_interval / 1.1 <= gaps[-1] <= FEED.max_interval

    def test_even_a_feed_with_one_short_interval_backs_off(self):
        minute = timedelta(minutes=1)
        feed, state, gaps = replace(FEED, min_interval=minute, max_interval=minute), None, []
        for _ in range(9):
            state = learn(state, answered(500), feed=feed)
            gaps.append(wait(state))
        assert gaps[0] == minute
        assert 14 * minute <= gaps[-1] <= 16 * minute

    def test_nor_is_one_without_an_interval_hammered(self):
        feed = replace(FEED, min_interval=timedelta(), max_interval=timedelta())
        state = learn(learn(response=answered(500), feed=feed), answered(500), feed=feed)
        assert not policy.due(feed, state, NOW + timedelta(seconds=59))

    def test_a_404_backs_off_to_a_day_however_short_the_interval(self):
        feed = replace(FEED, max_interval=2 * HOUR)
        state = learn(response=answered(404), feed=feed)
        for _ in range(10):
            state = learn(state, answered(404), feed=feed)
        assert wait(state) > 0.9 * DAY

    def test_a_network_that_was_away_is_not_held_against_the_feed(self):
        away = replace(answered(0, failure="no address"), unheard=True)
        state = learn(response=away)
        for _ in range(20):
            state = learn(state, away)
        assert (wait(state) <= 2 * HOUR, state.failures) == (True, 21)

    def test_a_410_ends_it(self):
        state = learn(response=answered(410, retry_after="60"))
        assert state.rule == "gone for good (410)"
        assert state.gone

    def test_a_410_behind_a_temporary_redirect_is_not_the_feeds(self):
        hops = (Hop(302, "https://elsewhere.example/"),)
        assert not learn(response=answered(410, hops=hops)).gone

    def test_a_failure_has_its_rule(self):
        state = learn(learn(None, answered(500)), answered(500))
        assert state.rule == "backoff after 2 failures"


class TestMoves:
    NEW = "https://new.example/feed"
    MOVED = answered(hops=(Hop(301, NEW),))

    def sight(
        self,
        times: int,
        *,
        response: Response = MOVED,
        every: timedelta = 12 * HOUR,
        feed: Feed = FEED,
    ) -> FeedState:
        state = learn(None, response, feed=feed)
        for number in range(1, times):
            state = learn(state, response, now=NOW + number * every, feed=feed)
        return state

    def test_three_sightings_over_a_day_are_believed(self):
        state = self.sight(3)
        assert state.moved_to == self.NEW
        assert policy.request(FEED, state).url == self.NEW

    def test_fewer_are_not(self):
        assert self.sight(2, every=30 * HOUR).moved_to is None

    def test_faster_ones_are_not(self):
        assert self.sight(9, every=2 * HOUR).moved_to is None
        assert policy.request(FEED, self.sight(9, every=2 * HOUR)).url == URL

    def test_both_can_be_set(self):
        feed = replace(FEED, moves=Moves(sightings=2, span=timedelta()))
        moved = self.sight(2, every=timedelta(), feed=feed)
        assert moved.moved_to == self.NEW
        assert policy.request(feed, moved).found

    def test_every_hop_must_be_permanent(self):
        hops = (Hop(301, "https://a.example/"), Hop(302, self.NEW))
        assert self.sight(9, response=answered(hops=hops)).moved_to is None
        hops = (Hop(308, "https://a.example/"), Hop(301, self.NEW))
        assert self.sight(9, response=answered(hops=hops)).moved_to == self.NEW

    @pytest.mark.parametrize("status", [302, 303, 307])
    def test_temporary_ones_never_count(self, status):
        assert self.sight(9, response=answered(hops=(Hop(status, self.NEW),))).moved_to is None

    def test_https_never_becomes_http(self):
        hops = (Hop(301, "http://new.example/feed"),)
        assert self.sight(9, response=answered(hops=hops)).moved_to is None
        assert self.sight(9, response=answered(url="http://example.org/", hops=hops)).moved_to

    def test_a_target_that_is_no_feed_does_not_count(self):
        state = learn(None, self.MOVED, error="no feed")
        for number in range(1, 9):
            state = learn(state, self.MOVED, error="no feed", now=NOW + number * DAY)
        assert (state.moved_to, state.redirect_sightings) == (None, 0)

    def test_another_target_starts_anew(self):
        state = self.sight(2)
        other = answered(hops=(Hop(301, "https://other.example/"),))
        state = learn(state, other, now=NOW + 9 * DAY)
        assert (state.redirect_sightings, state.redirect_since) == (1, NOW + 9 * DAY)

    def test_an_answer_without_redirect_takes_it_back(self):
        assert learn(self.sight(2)).redirect_to is None

    def test_a_304_behind_it_counts(self):
        state = learn(None, answered(etag='"1"', hops=self.MOVED.hops))
        for number in (1, 2):
            later = answered(304, hops=self.MOVED.hops)
            state = learn(state, later, now=NOW + number * DAY)
        assert state.moved_to == self.NEW

    def test_where_a_secret_leads_is_not_kept(self):
        secret = replace(FEED, url=URL + "?key=1")
        state = learn(None, self.MOVED, feed=secret)
        for number in range(1, 9):
            state = learn(state, self.MOVED, feed=secret, now=NOW + number * DAY)
        assert (state.moved_to, state.redirect_to) == (None, None)

    def test_what_is_asked_with_a_secret_does_not_move(self):
        feed = replace(FEED, access=Access(headers=(("Authorization", "Bearer 1"),)))
        assert self.sight(3, feed=feed).moved_to is None

    def test_a_new_place_that_keeps_failing_is_doubted(self):
        state = self.sight(3)
        for _ in range(3):
            assert policy.request(FEED, state).url == self.NEW
            state = learn(state, answered(404, url=self.NEW))
        assert policy.request(FEED, state).url == URL


statuses = st.sampled_from([0, 200, 200, 200, 204, 226, 301, 304, 404, 410, 429, 503])
seconds = st.integers(0, 10**7).map(str)
headers = st.fixed_dictionaries(
    {},
    optional={
        "cache-control": seconds.map("max-age={}".format),
        "age": seconds,
        "retry-after": seconds,
        "etag": st.text(min_size=1, max_size=3),
        "last-modified": st.text(min_size=1, max_size=3),
        "im": st.just("feed"),
    },
)
documents = st.builds(
    ParsedFeed,
    format=st.just("rss20"),
    entries=st.just(()),
    ttl=st.none() | st.timedeltas(timedelta(), timedelta(days=30)),
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
)
polls = st.lists(
    st.tuples(statuses, headers, documents, st.booleans(), st.booleans()), min_size=1, max_size=8
)


@given(polls, st.randoms(use_true_random=False), st.timedeltas(timedelta(), timedelta(days=40)))
def test_whatever_comes_the_servers_word_holds_and_has_an_end(polls, random, later):
    state, now = None, NOW
    for status, fields, document, broken, changed in polls:
        response = replace(answered(status, failure=None if status else "?"), headers=fields)
        before, carries = state, policy.has_document(response)
        state = policy.after(
            FEED,
            state,
            response,
            document=document if carries and not broken else None,
            error="broken" if carries and broken else None,
            changed=changed,
            now=now,
            random=random,
        )
        assert state.due is not None
        assert FEED.min_interval <= state.due - now <= max(FEED.max_interval, DAY)
        assert state.rule
        assert (state.error is None) == (state.failures == 0)
        assert state.etag in (None, before and before.etag, fields.get("etag"))
        if state.not_before is not None:
            assert state.not_before <= now + timedelta(days=14)
            assert now + later >= state.not_before or not policy.due(
                FEED, state, now + later, force=True
            )
        if not state.gone:
            assert any(
                policy.due(FEED, state, now + timedelta(hours=hour)) for hour in range(15 * 24)
            )
        now += later


def test_state_is_kept_apart_by_feed():
    assert learn().feed == FEED.id
    assert learn(FeedState(feed="f", url="https://old.example/", failures=9)).failures == 0
