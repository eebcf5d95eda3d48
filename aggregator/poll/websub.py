"""WebSub (W3C Recommendation of 23 January 2018), as a subscriber has it: pure decisions.

::

    offer → plan → request → the hub verifies: confirmed → it delivers: is_signed
                             or denies: denied

Sections below are the Recommendation's. docs/etiquette.md tells the rules in words.
"""

import hmac
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import chain
from urllib.parse import urlencode

from aggregator.model import Feed, FeedState, HubState, HubSubscription, Request, Response
from aggregator.phrase import Phrase
from aggregator.poll import timing

LEASE = timedelta(days=10)
"""What is asked for (5.1.1); the hub grants what it will."""
LONGEST_LEASE = timedelta(days=30)
"""What is relied on without asking again, whatever the hub granted."""
RENEWED_AFTER = 0.75
"""Share of a lease after which its renewal is asked for."""
RETRY = timedelta(hours=1)
"""Until a request that was not verified is made again; doubled each time."""
LONGEST_RETRY = timedelta(days=7)
REFUSED_FOR = timedelta(days=7)
"""Until a hub that denied a subscription is asked again."""
PATIENCE = 3
"""Requests that a hub may leave unverified before another of the feed's hubs is asked."""
FAREWELLS = 3
"""Requests to end a subscription; a hub that hears none of them has its lease run out."""
AT_ONCE = 15
"""Requests to hubs between two polls, which they delay."""
_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class Offer:
    """A hub that brings what is new under a topic."""

    hub: str
    topic: str


def offers(feed: Feed, state: FeedState | None) -> tuple[Offer, ...]:
    """Return what a feed's hubs can be asked for, in its order.

    A feed whose url or headers hold a secret is never named to another server.
    """
    if state is None or state.url != feed.shown_url or state.gone or feed.is_local:
        return ()
    if feed.url != feed.shown_url or feed.access.headers or not state.topic:
        return ()
    return tuple(Offer(hub, state.topic) for hub in state.hubs)


def relaxed(
    feeds: Mapping[str, Feed], states: Mapping[str, FeedState], pushed: AbstractSet[str]
) -> dict[str, FeedState]:
    """Return the states with the feeds whose hubs are relied on polled at their longest interval.

    For reading alone: what is stored keeps the times at which they are due without their hubs.
    """
    found = {
        name: _relaxed(feeds[name], states[name]) for name in pushed & feeds.keys() & states.keys()
    }
    return {**states, **found}


def _relaxed(feed: Feed, state: FeedState) -> FeedState:
    if state.due is None or state.checked is None or state.failures:
        return state
    due = state.checked + feed.max_interval
    if due <= max(state.due, state.not_before or state.due):
        return state
    return replace(state, due=due, rule=Phrase("max_interval, since its hub pushes what is new"))


def after_delivery(
    feed: Feed, state: FeedState | None, response: Response, *, changed: bool
) -> FeedState:
    """Return what is known of a feed after its hub brought a document.

    Of the feed's own server nothing was learned: no validator, no time, no end of its failures.
    """
    known = state or FeedState(feed=feed.id)
    if not changed:
        return known
    return replace(known, changed=response.at, rhythm=timing.rhythm(known, response.at))


def plan(
    subscriptions: Mapping[str, HubSubscription],
    offered: Mapping[str, Sequence[Offer]],
    callbacks: str,
    now: datetime,
    draw: Callable[[], str],
) -> dict[str, HubSubscription]:
    """Return the subscriptions as they should be; the hubs of those that changed are to be asked.

    ``offered`` is what feeds offer, by their ids: one hub of each is subscribed to (4), the first
    that neither denies nor ignores us. ``callbacks`` is the address that tokens are appended to.
    ``draw`` makes 128 bits or more that nobody can guess, as text that fits into a url (8.2). At
    most AT_ONCE change, the others at the next time.
    """
    room = AT_ONCE
    kept = dict(subscriptions)
    wanted = {
        feed: _chosen(choice, [s for s in subscriptions.values() if s.feed == feed], now)
        for feed, choice in offered.items()
        if choice
    }
    for token, subscription in subscriptions.items():
        offer = Offer(subscription.hub, subscription.topic)
        is_wanted = wanted.get(subscription.feed) == offer
        if is_wanted and subscription.callback == callbacks + token:
            if room and (subscription.due <= now or subscription.state is HubState.LEAVING):
                kept[token] = _asked(subscription, now)
        elif offer in offered.get(subscription.feed, ()) and _fails(subscription, now):
            pass  # remembered, lest it is chosen again
        elif (leaving := _left(subscription, now)) is None:
            del kept[token]
        elif room:
            kept[token] = leaving
        room -= kept.get(token, subscription) != subscription
    served = {
        s.feed
        for s in kept.values()
        if s.state is not HubState.LEAVING and wanted.get(s.feed) == Offer(s.hub, s.topic)
    }
    for feed in [feed for feed in wanted if feed not in served][:room]:
        token = draw()
        new = HubSubscription(
            token=token,
            callback=callbacks + token,
            feed=feed,
            hub=wanted[feed].hub,
            topic=wanted[feed].topic,
            secret=draw(),
            state=HubState.ASKED,
            due=now,
        )
        kept[token] = _asked(new, now)
    return kept


def _chosen(
    choice: Sequence[Offer], subscriptions: Sequence[HubSubscription], now: datetime
) -> Offer:
    """Return the hub to rely on: one that brings, else the first of which nothing bad is known."""
    known = {Offer(s.hub, s.topic): s for s in subscriptions}
    bringing = (o for o in choice if o in known and known[o].state is HubState.ACTIVE)
    hopeful = (o for o in choice if o not in known or not _fails(known[o], now))
    return next(chain(bringing, hopeful), choice[0])


def _fails(subscription: HubSubscription, now: datetime) -> bool:
    """Whether a hub denied us, or verified nothing for long; it is tried again in the end."""
    denies = subscription.state is HubState.REFUSED
    ignores = subscription.state is HubState.ASKED and subscription.attempts > PATIENCE
    return (denies or ignores) and subscription.due > now


def _asked(subscription: HubSubscription, now: datetime) -> HubSubscription:
    """Return a subscription whose hub is asked now; ``due`` is when it is asked again."""
    lives = subscription.state is HubState.ACTIVE and _has_lease(subscription, now)
    return replace(
        subscription,
        state=HubState.ACTIVE if lives else HubState.ASKED,
        pending=True,
        due=now + _patience(subscription.attempts),
        attempts=subscription.attempts + 1,
    )


def _left(subscription: HubSubscription, now: datetime) -> HubSubscription | None:
    """Return a subscription that is to end; None where nothing is left to be said of it."""
    again = subscription.state is HubState.LEAVING
    if subscription.state is HubState.REFUSED or not _has_lease(subscription, now):
        return None
    if again and subscription.due > now:
        return subscription
    attempts = subscription.attempts if again else 0
    if attempts == FAREWELLS:
        return None
    return replace(
        subscription,
        state=HubState.LEAVING,
        pending=True,
        due=now + _patience(attempts),
        attempts=attempts + 1,
    )


def _has_lease(subscription: HubSubscription, now: datetime) -> bool:
    return subscription.expires is not None and subscription.expires > now


def _patience(attempts: int) -> timedelta:
    doublings: int = min(attempts, _DOUBLINGS)
    return min(RETRY * (1 << doublings), LONGEST_RETRY)


def request(subscription: HubSubscription) -> Request:
    """Return the request that subscribes, renews or ends (5.1); its answer names the token."""
    leaving = subscription.state is HubState.LEAVING
    said = {
        "hub.mode": "unsubscribe" if leaving else "subscribe",
        "hub.topic": subscription.topic,
        "hub.callback": subscription.callback,
    }
    if not leaving:
        said["hub.lease_seconds"] = str(round(LEASE.total_seconds()))
        said["hub.secret"] = subscription.secret
    form = urlencode(said).encode()
    return Request(feed=subscription.token, url=subscription.hub, form=form, found=True)


def problem(answer: Response) -> Phrase | None:
    """Return in words why a hub takes no request; None where it does (5.1.2)."""
    if answer.failure is not None:
        return Phrase("its hub cannot be asked: {failure}", failure=Phrase.of(answer.failure))
    if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return Phrase(
            "its hub answered {status} to our request: it is asked again later",
            status=answer.status,
        )
    return None


def confirmed(
    subscription: HubSubscription, mode: str, topic: str, lease: str | None, now: datetime
) -> HubSubscription | None:
    """Return the subscription once the hub's question was answered; None where the answer is no.

    Yes is said only to what was asked for and not yet verified (5.3).
    """
    wanted = "unsubscribe" if subscription.state is HubState.LEAVING else "subscribe"
    if not subscription.pending or topic != subscription.topic or mode != wanted:
        return None
    if mode == "unsubscribe":
        return replace(subscription, pending=False, expires=now)
    granted = _granted(lease)
    return replace(
        subscription,
        state=HubState.ACTIVE,
        pending=False,
        attempts=0,
        expires=now + granted,
        due=now + RENEWED_AFTER * granted,
        error=None,
    )


def _granted(lease: str | None) -> timedelta:
    """Return for how long a lease is relied on; what hubs of old leave out is what was asked."""
    digits = (lease or "").lstrip("0")
    if not digits.isascii() or not digits.isdigit():
        return LEASE
    return min(timedelta(seconds=int(digits[:9])), LONGEST_LEASE)


def denied(
    subscription: HubSubscription, topic: str, reason: str | None, now: datetime
) -> HubSubscription | None:
    """Return the subscription once its hub has refused it (5.2); None where it speaks of another.

    It may do so at any time, of a subscription that was active too.
    """
    if topic != subscription.topic:
        return None
    error = (
        Phrase("its hub denies the subscription: {reason}", reason=reason[:200])
        if reason
        else Phrase("its hub denies the subscription")
    )
    return replace(
        subscription,
        state=HubState.REFUSED,
        pending=False,
        due=now + REFUSED_FOR,
        error=error,
    )


_ALGORITHMS = frozenset({"sha1", "sha256", "sha384", "sha512"})


def is_signed(secret: str, signature: str | None, body: bytes) -> bool:
    """Whether a body is signed with the secret (7.1): ``X-Hub-Signature: METHOD=HEXADECIMAL``."""
    method, _, given = (signature or "").strip().partition("=")
    if method.lower() not in _ALGORITHMS or not given.isascii():
        return False
    right = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(right, given.lower())
