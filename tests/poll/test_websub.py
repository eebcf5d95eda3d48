import hmac
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Access, Feed, FeedState, HubState, HubSubscription, Response
from aggregator.poll import websub
from aggregator.poll.websub import Offer, confirmed, denied, is_signed, offers, plan, relaxed

NOON = datetime(2025, 10, 18, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
HERE = "https://me.example/websub/"
URL = "https://news.example/feed"
FEED = Feed(id="a", url=URL, shown_url=URL, name="a")
STATE = FeedState(feed="a", url=URL, hubs=("https://hub.example/",), topic=URL)
OFFER = Offer("https://hub.example/", URL)

Subscriptions = dict[str, HubSubscription]


def draws() -> Iterator[str]:
    return (f"token{n}" for n in count())


def planned(
    subscriptions: Subscriptions | None = None,
    wanted: dict[str, Offer] | None = None,
    now: datetime = NOON,
    here: str = HERE,
) -> Subscriptions:
    drawn = draws()
    offered = {"a": OFFER} if wanted is None else wanted
    choices = {feed: [offer] for feed, offer in offered.items()}
    return plan(subscriptions or {}, choices, here, now, lambda: next(drawn))


def one(subscriptions: Subscriptions) -> HubSubscription:
    (only,) = subscriptions.values()
    return only


def active(lease: timedelta = 10 * DAY) -> HubSubscription:
    asked = one(planned())
    found = confirmed(asked, "subscribe", URL, str(round(lease.total_seconds())), NOON)
    assert found is not None
    return found


class TestOffers:
    def test_a_feed_offers_what_was_learned_of_it(self):
        assert offers(FEED, STATE) == (OFFER,)

    @pytest.mark.parametrize(
        ("feed", "state"),
        [
            (FEED, None),
            (FEED, replace(STATE, hubs=(), topic=None)),
            (FEED, replace(STATE, gone=True)),
            (FEED, replace(STATE, url="https://elsewhere.example/")),
            (replace(FEED, url="https://me:secret@news.example/feed"), STATE),
            (replace(FEED, access=Access(headers=(("Authorization", "Bearer x"),))), STATE),
            (replace(FEED, url="file:/a.xml", shown_url="file:/a.xml"), STATE),
        ],
        ids=["never polled", "no hub", "gone", "another url", "password", "token", "a file"],
    )
    def test_others_offer_nothing(self, feed, state):
        assert offers(feed, state) == ()


class TestPlan:
    def test_what_is_offered_is_asked_for_once(self):
        first = planned()
        asked = one(first)
        assert (asked.state, asked.pending, asked.attempts) == (HubState.ASKED, True, 1)
        assert asked.callback == HERE + asked.token
        assert asked.secret not in (asked.token, "")
        assert planned(first) == first

    def test_what_is_not_verified_is_asked_for_again_and_ever_less_often(self):
        subscriptions = planned()
        waits = []
        for _ in range(12):
            due = one(subscriptions).due
            subscriptions = planned(subscriptions, now=due)
            waits.append(one(subscriptions).due - due)
        assert waits == sorted(waits)
        assert waits[0] == 2 * HOUR
        assert waits[-1] == websub.LONGEST_RETRY

    def test_a_lease_is_renewed_under_the_same_callback_while_it_lasts(self):
        known = active()
        soon, later = NOON + 7 * DAY, NOON + 7.5 * DAY
        assert planned({known.token: known}, now=soon) == {known.token: known}
        renewed = one(planned({known.token: known}, now=later))
        assert (renewed.token, renewed.secret) == (known.token, known.secret)
        assert (renewed.state, renewed.pending) == (HubState.ACTIVE, True)
        assert renewed.expires == known.expires

    @pytest.mark.parametrize(
        "wanted",
        [{}, {"a": Offer("https://other.example/", URL)}, {"a": Offer(OFFER.hub, URL + "2")}],
        ids=["gone", "another hub", "another topic"],
    )
    def test_what_is_not_offered_any_more_is_left(self, wanted):
        known = active()
        after = planned({known.token + "x": replace(known, token=known.token + "x")}, wanted)
        left = after.pop(known.token + "x")
        assert (left.state, left.pending) == (HubState.LEAVING, True)
        assert [s.hub for s in after.values()] == [offer.hub for offer in wanted.values()]

    def test_where_our_own_address_changes_the_old_one_is_left(self):
        known = replace(active(), token="old", callback=HERE + "old")
        after = planned({"old": known}, here="https://new.example/websub/")
        assert after.pop("old").state is HubState.LEAVING
        assert one(after).callback.startswith("https://new.example/")

    def test_a_hub_that_does_not_let_go_is_asked_three_times(self):
        subscriptions = {"x": replace(active(), token="x")}
        for _ in range(websub.FAREWELLS):
            subscriptions = planned(subscriptions, {}, max(NOON, one(subscriptions).due))
        assert planned(subscriptions, {}, one(subscriptions).due - HOUR) == subscriptions
        assert planned(subscriptions, {}, one(subscriptions).due) == {}

    def test_what_never_stood_needs_no_farewell(self):
        assert planned(planned(), {}) == {}
        assert planned({"x": active(DAY)}, {}, NOON + DAY) == {}

    def test_a_feed_that_comes_back_is_asked_for_under_the_same_callback(self):
        known = active()
        leaving = planned({known.token: known}, {})
        back = one(planned(leaving))
        assert (back.token, back.state) == (known.token, HubState.ASKED)

    def test_a_denial_is_tried_again_after_a_week(self):
        found = denied(active(), URL, None, NOON)
        assert found is not None
        assert planned({found.token: found}, now=NOON + 6 * DAY) == {found.token: found}
        assert one(planned({found.token: found}, now=NOON + 7 * DAY)).state is HubState.ASKED

    def test_few_hubs_are_asked_between_two_polls_and_all_in_the_end(self):
        wanted = {str(n): [OFFER] for n in range(40)}
        drawn = draws()
        subscriptions: Subscriptions = {}
        sizes = []
        for _ in range(4):
            subscriptions = plan(subscriptions, wanted, HERE, NOON, lambda: next(drawn))
            sizes.append(len(subscriptions))
        assert sizes == [15, 30, 40, 40]


class TestSeveralHubs:
    """A feed may name several: each brings the same."""

    SECOND = Offer("https://second.example/", URL)

    def plan(self, subscriptions: Subscriptions, now: datetime) -> Subscriptions:
        drawn = draws()
        choice = {"a": [OFFER, self.SECOND]}
        free = (token for token in drawn if token not in subscriptions)
        return plan(subscriptions, choice, HERE, now, lambda: next(free))

    def hubs(self, subscriptions: Subscriptions) -> list[str]:
        return [subscription.hub for subscription in subscriptions.values()]

    def test_the_first_is_enough(self):
        assert self.hubs(self.plan({}, NOON)) == [OFFER.hub]

    def test_where_one_denies_the_next_is_asked_once(self):
        denial = denied(active(), URL, None, NOON)
        assert denial is not None
        both = self.plan({denial.token: denial}, NOON)
        assert self.hubs(both) == [OFFER.hub, self.SECOND.hub]
        assert both[denial.token] == denial
        assert self.plan(both, NOON) == both

    def test_where_one_never_answers_the_next_is_asked(self):
        subscriptions, now = self.plan({}, NOON), NOON
        while len(subscriptions) == 1:
            now = one(subscriptions).due
            subscriptions = self.plan(self.plan(subscriptions, now), now)
        assert self.hubs(subscriptions) == [OFFER.hub, self.SECOND.hub]
        assert [s.attempts for s in subscriptions.values()] == [websub.PATIENCE + 1, 1]

    def test_who_brings_is_kept_though_the_first_could_be_tried_again(self):
        denial = denied(active(), URL, None, NOON)
        assert denial is not None
        both = self.plan({denial.token: denial}, NOON)
        second = next(s for s in both.values() if s.hub == self.SECOND.hub)
        found = confirmed(second, "subscribe", URL, "864000", NOON)
        assert found is not None
        later = NOON + 8 * DAY
        assert self.hubs(self.plan({**both, found.token: found}, later)) == [self.SECOND.hub]

    def test_where_all_deny_the_first_is_asked_again_in_the_end(self):
        first = denied(active(), URL, None, NOON)
        assert first is not None
        second = replace(first, token="x", hub=self.SECOND.hub)
        both = {first.token: first, "x": second}
        assert self.plan(both, NOON + DAY) == both
        again = self.plan(both, NOON + 8 * DAY)
        assert [(s.hub, s.state) for s in again.values()] == [(OFFER.hub, HubState.ASKED)]


class TestRequest:
    def test_subscribing(self):
        asked = one(planned())
        request = websub.request(asked)
        assert (request.url, request.found) == (OFFER.hub, True)
        assert parse_qs((request.form or b"").decode()) == {
            "hub.mode": ["subscribe"],
            "hub.topic": [URL],
            "hub.callback": [asked.callback],
            "hub.lease_seconds": ["864000"],
            "hub.secret": [asked.secret],
        }

    def test_unsubscribing_tells_no_secret(self):
        known = active()
        form = websub.request(one(planned({known.token: known}, {}))).form or b""
        assert b"unsubscribe" in form
        assert known.secret.encode() not in form

    @pytest.mark.parametrize(("status", "taken"), [(202, True), (204, True), (404, False)])
    def test_a_hub_takes_it_with_any_2xx(self, status, taken):
        answer = Response(feed="x", url=URL, final_url=URL, status=status, at=NOON)
        assert (websub.problem(answer) is None) is taken


class TestConfirmed:
    @pytest.mark.parametrize(
        ("said", "granted"),
        [
            ("3600", HOUR),
            (None, websub.LEASE),
            ("0", websub.LEASE),
            ("-5", websub.LEASE),
            ("soon", websub.LEASE),
            ("²", websub.LEASE),
            ("9" * 5000, websub.LONGEST_LEASE),
            ("0" * 20 + "5", timedelta(seconds=5)),
        ],
    )
    def test_the_lease_is_the_hubs_within_reason(self, said, granted):
        found = confirmed(one(planned()), "subscribe", URL, said, NOON)
        assert found is not None
        assert found.expires == NOON + granted
        assert NOON < found.due < found.expires

    def test_an_end_that_is_verified_is_the_end(self):
        known = active()
        left = one(planned({known.token: known}, {}))
        ended = confirmed(left, "unsubscribe", URL, None, NOON)
        assert ended is not None
        assert planned({ended.token: ended}, {}) == {}

    def test_a_hub_denies_only_what_it_speaks_of(self):
        assert denied(active(), "https://other.example/", None, NOON) is None


class TestSignature:
    @given(st.binary(), st.text(min_size=1), st.sampled_from(["sha1", "SHA256", "sha384"]))
    def test_what_is_signed_is_signed(self, body, secret, method):
        secret = secret.encode("utf-8", "replace").decode()
        signature = hmac.new(secret.encode(), body, method.lower()).hexdigest()
        assert is_signed(secret, f"{method}={signature}", body)
        assert is_signed(secret, f"{method}={signature.upper()}", body)
        assert not is_signed(secret, f"{method}={signature}", body + b".")
        assert not is_signed(secret + ".", f"{method}={signature}", body)

    @given(st.text() | st.none())
    def test_what_is_not_is_not(self, signature):
        assert not is_signed("secret", signature, b"body")

    @pytest.mark.parametrize("method", ["md5", "", "sha3_256", "blake2b"])
    def test_other_methods_do_not_count(self, method):
        known = hmac.new(b"secret", b"body", method or "md5").hexdigest()
        assert not is_signed("secret", f"{method}={known}", b"body")


class TestRelaxed:
    def test_a_feed_that_is_pushed_waits_for_its_longest_interval(self):
        state = replace(STATE, checked=NOON, due=NOON + HOUR, rule="min_interval 1 h")
        after = relaxed({"a": FEED}, {"a": state, "b": state}, frozenset({"a", "gone"}))
        assert after["a"].next_poll == NOON + FEED.max_interval
        assert "hub" in (after["a"].rule or "")
        assert after["b"] == state

    @pytest.mark.parametrize(
        "changes",
        [
            {"failures": 1},
            {"due": None},
            {"checked": None},
            {"not_before": NOON + 3 * DAY, "rule": "Retry-After 3 d"},
        ],
        ids=["failing", "never due", "never polled", "the server wants longer"],
    )
    def test_others_are_as_they_were(self, changes):
        state = replace(STATE, **({"checked": NOON, "due": NOON + HOUR} | changes))
        assert relaxed({"a": FEED}, {"a": state}, frozenset({"a"})) == {"a": state}
