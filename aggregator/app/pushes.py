"""What hubs bring, and what is agreed on with them (WebSub): the daemon's side.

The web server's side, where hubs ask and deliver, is ``app.callback``.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from http import HTTPStatus

from aggregator.config import Config
from aggregator.model import Delivery, FeedState, Response
from aggregator.phrase import Phrase
from aggregator.pipeline import Clock, Fetcher, Polled
from aggregator.poll import websub
from aggregator.storage import SqlStore


class Pushes:
    """Subscriptions of the feeds that a configuration names; none without a public address."""

    def __init__(self, config: Config, store: SqlStore, fetcher: Fetcher, clock: Clock) -> None:
        self._config = config
        self._store = store
        self._fetcher = fetcher
        self._clock = clock

    def relied_on(self) -> frozenset[str]:
        """Return the feeds that are polled seldom, since their hubs bring what is new."""
        if self._config.callbacks is None:
            return frozenset()
        return self._store.pushes.relied_on(self._clock())

    def seen(self, states: Mapping[str, FeedState]) -> Mapping[str, FeedState]:
        """Return the states as people are shown them: with what hubs do to a feed's next time."""
        if self._config.callbacks is None:
            return states
        feeds = {feed.id: feed for feed in self._config.feeds}
        relaxed = websub.relaxed(feeds, states, self.relied_on())
        return relaxed | {
            feed: replace(relaxed[feed], rule=_both(relaxed[feed].rule, problem))
            for feed, problem in self._store.pushes.problems().items()
            if feed in relaxed
        }

    def deliveries(self) -> Iterator[list[Response]]:
        """Yield what waits in the inbox as answers to polls, at most one a feed each time.

        They leave the inbox once the next is asked for: what is interrupted is read again.
        """
        feeds = {feed.id for feed in self._config.feeds}
        while inbox := self._store.pushes.inbox():
            if wanted := [_response(delivery) for delivery in inbox if delivery.feed in feeds]:
                yield wanted
            self._store.pushes.read(delivery.number for delivery in inbox)

    def compare(self, polled: Iterable[Polled], relied_on: frozenset[str]) -> None:
        """Note which hubs never brought what a poll now found."""
        missed = {p.feed.id for p in polled if p.new and not p.pushed} & relied_on
        self._store.pushes.missed(missed)

    def keep(self) -> None:
        """Subscribe, renew and leave as is due: one look at the clock, some requests to hubs.

        What is asked for is stored before, since a hub may verify it while it is being asked.
        """
        config, now = self._config, self._clock()
        states = self._store.states() if config.callbacks else {}
        offers = {feed.id: websub.offers(feed, states.get(feed.id)) for feed in config.feeds}
        with self._store.pushes.edit() as subscriptions:
            before = dict(subscriptions)
            planned = websub.plan(
                before,
                offers,
                config.callbacks or "",
                now,
                lambda: secrets.token_urlsafe(32),
            )
            subscriptions.clear()
            subscriptions.update(planned)
        asked = [s for token, s in planned.items() if s != before.get(token)]
        for answer in self._fetcher.fetch([websub.request(s) for s in asked]):
            if problem := websub.problem(answer):
                self._note(answer.feed, problem.mapped(config.redact))

    def _note(self, token: str, problem: str) -> None:
        with self._store.pushes.edit() as subscriptions:
            known = subscriptions.get(token)
            if known and known.pending:  # else it was verified all the same
                subscriptions[token] = replace(known, error=problem)


def _both(rule: str | None, problem: str) -> Phrase:
    """Say by which rule a feed is polled, and what its hub does."""
    if rule is None:
        return Phrase.of(problem)
    return Phrase("{rule}; {problem}", rule=Phrase.of(rule), problem=Phrase.of(problem))


def _response(delivery: Delivery) -> Response:
    return Response(
        feed=delivery.feed,
        url=delivery.topic,
        final_url=delivery.topic,
        status=HTTPStatus.OK,
        at=delivery.received,
        headers={"content-type": delivery.type},
        body=delivery.body,
        pushed=True,
    )
