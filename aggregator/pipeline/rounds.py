"""Rounds of polling: which feeds are due, and the way of what they answer, batch by batch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from aggregator.cluster import Clusterer
from aggregator.match import SPAN
from aggregator.model import Article, Batch, Feed, FeedState, Mute, Poll, Response
from aggregator.normalize.text import cleaned
from aggregator.phrase import Phrase
from aggregator.pipeline.batches import batches
from aggregator.pipeline.outcome import Polled, Progress, Taken
from aggregator.pipeline.reading import Answer, Reader, Reading
from aggregator.pipeline.seams import Clock, Fetcher, Parser, Store
from aggregator.pipeline.telling import Teller
from aggregator.poll import policy, websub, websub_discovery
from aggregator.poll.pace import paced

LARGE = 1 << 20
"""Bytes of a document that may hold a flood of articles: others do not wait for it."""
WAITING_BYTES = 64 << 20
"""Bytes of such documents that may wait while others are read."""

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Pipeline:
    """The path from due feeds to stored stories, a batch of responses at a time.

    It remembers the stories of the last days from run to run: the store may have no other writer
    meanwhile, and after an exception a new pipeline is needed.
    """

    def __init__(
        self,
        *,
        feeds: Sequence[Feed],
        store: Store,
        fetcher: Fetcher,
        parse: Parser,
        clusterer: Clusterer,
        clock: Clock,
        random: Random,
        mute: Callable[[Article], Mute | None] = lambda _: None,
        redact: Callable[[str], str] = str,
        pushed: Callable[[], AbstractSet[str]] = frozenset,
    ) -> None:
        """Take what the path runs on; ``pushed`` tells which feeds' hubs are relied on (WebSub).

        ``mute`` tells which of its feed's mutes holds for an article; ``redact`` blots secrets out
        of what is stored and told.
        """
        self._feeds = {feed.id: feed for feed in feeds}
        self._store = store
        self._fetcher = fetcher
        self._reader = Reader(store, parse)
        self._teller = Teller(store=store, clusterer=clusterer, clock=clock, mute=mute)
        self._clock = clock
        self._random = random
        self._redact = redact
        self._pushed = pushed
        self._large: dict[str, tuple[int, Iterator[Taken]]] = {}
        """Large documents being told, by feed, each with its size."""

    def run(
        self,
        *,
        force: bool = False,
        tick: timedelta | None = None,
        watch: Callable[[Progress], None] = lambda _: None,
    ) -> Iterator[Taken]:
        """Poll what is due; yield what came of it, batch by batch, once it is stored.

        ``force`` polls also what our own interval would not yet. ``tick`` is the time until the
        next run, where there will be one: then a host with many feeds is asked for its share of
        them, half of the time is for asking, and large documents that fill the other half are gone
        on with in that run. ``watch`` is told how far it is. KeyboardInterrupt stores what has
        come and goes on its way.
        """
        now = self._clock()
        self.forget(now - 2 * SPAN)
        self._store.subscribe(tuple(self._feeds.values()), now)
        if changed := self.settle():
            yield changed
        yield from self._teller.lift_mutes(self._feeds.values())
        states = self._store.states()
        patience = None if tick is None else tick / 2
        requests = [
            policy.request(feed, states.get(feed.id), patience=patience)
            for feed in self._due(states, now, force=force, tick=tick)
        ]
        answers = self._fetcher.fetch(requests)
        for responses in batches(answers, len(requests), watch, self._clock):
            large = [response for response in responses if len(response.body) >= LARGE]
            for response in large:
                told = self._take([response], states)
                self._large[response.feed] = len(response.body), told
            if others := [response for response in responses if response not in large]:
                yield from self._take(others, states)
            yield from self._go_on(watch, most=WAITING_BYTES)
        if self._large:
            yield Taken(pause=True)
        yield from self._go_on(watch, None if tick is None else now + tick)

    def take(self, delivered: Sequence[Response]) -> Iterator[Taken]:
        """Take what hubs delivered, at most one document a feed, the way of what is polled."""
        if any(response.feed in self._large for response in delivered):
            yield from self._go_on(lambda _: None)  # else one article could be new in both
        yield from self._take(delivered, self._store.states())

    def forget(self, before: datetime) -> None:
        """Remember no story of before then; what comes of those days reads the store again."""
        self._teller.forget(before)

    def settle(self) -> Taken | None:
        """Carry out what people decided since the last time; return what came of it, if any."""
        return self._teller.settle()

    def _due(
        self,
        states: Mapping[str, FeedState],
        now: datetime,
        *,
        force: bool,
        tick: timedelta | None,
    ) -> list[Feed]:
        """Return the feeds to ask now, first those that were not asked for longest."""
        waiting = websub.relaxed(self._feeds, states, self._pushed())
        due = [
            feed
            for feed in self._feeds.values()
            if feed.id not in self._large
            and policy.due(feed, waiting.get(feed.id), now, force=force)
        ]
        due.sort(key=lambda feed: _last_asked(states.get(feed.id)))
        return due if tick is None else paced(due, self._feeds.values(), states, tick)

    def _take(
        self, responses: Sequence[Response], states: Mapping[str, FeedState]
    ) -> Iterator[Taken]:
        """Read, cluster and store one batch of answers; tell of the feeds with the last of it."""
        readings = self._reader.read(
            [
                Answer(feed=self._feeds[r.feed], response=r, state=states.get(r.feed))
                for r in responses
            ]
        )
        learned = self._learned(readings)
        muted = self._teller.muted(reading.found for reading in readings)
        articles = [a for r in readings for a in (*r.found.new, *r.found.changed)]
        polled = tuple(
            _polled(reading, state, muted)
            for reading, state in zip(readings, learned.states, strict=True)
        )
        yield from self._teller.tell(articles, learned, muted, polled)

    def _go_on(
        self, watch: Callable[[Progress], None], end: datetime | None = None, *, most: int = 0
    ) -> Iterator[Taken]:
        """Tell large documents in their order, until then, or until ``most`` bytes still wait."""
        while sum(size for size, _ in self._large.values()) > most:
            feed, (_, parts) = next(iter(self._large.items()))
            for taken in parts:
                if taken.progress:
                    watch(taken.progress)
                yield taken
                if end is not None and self._clock() >= end:
                    return
            del self._large[feed]

    def _learned(self, readings: Sequence[Reading]) -> Batch:
        """Return what answers taught of the feeds."""
        states = tuple(map(self._state_after, readings))
        return Batch(
            states=states,
            polls=tuple(
                _poll(reading, state)
                for reading, state in zip(readings, states, strict=True)
                if not (reading.answer.response.spared or reading.answer.response.pushed)
            ),
            keys=tuple(
                (r.answer.feed.id, key, article)
                for r in readings
                for key, article in r.found.learned
            ),
            versions=tuple(version for r in readings for version in r.found.versions),
            digests=tuple(
                (r.answer.feed.id, r.document.digests)
                for r in readings
                if r.document and not r.answer.response.pushed
            ),
        )

    def _state_after(self, reading: Reading) -> FeedState:
        feed, response, state = reading.answer.feed, reading.answer.response, reading.answer.state
        changed = bool(reading.found.new or reading.found.changed)
        if response.pushed:
            return websub.after_delivery(feed, state, response, changed=changed)
        after = policy.after(
            feed,
            state,
            response,
            document=reading.document,
            error=reading.error,
            changed=changed,
            now=response.at,
            random=self._random,
        )
        if reading.document:
            after = websub_discovery.learned(after, response, reading.document)
        told = Phrase.of(after.error or "").mapped(lambda text: cleaned(self._redact(text)))
        return replace(after, error=told or None)


def _last_asked(state: FeedState | None) -> datetime:
    """Return when a feed was asked last: whoever was passed over comes first the next time."""
    return _NEVER if state is None or state.checked is None else state.checked


def _polled(reading: Reading, state: FeedState, muted: Mapping[str, str | None]) -> Polled:
    """Tell what came of polling one feed."""
    response = reading.answer.response
    silent = sum(1 for article in reading.found.new if muted.get(article.id))
    problems = reading.document.problems if reading.document else ()
    if response.pushed and reading.error:  # of no concern to the feed's own state
        problems = (f"what its hub brought was passed over: {reading.error}",)
    return Polled(
        feed=reading.answer.feed,
        state=state,
        entries=len(reading.drafts),
        new=len(reading.found.new) - silent,
        muted=silent,
        changed=len(reading.found.changed),
        problems=tuple(map(cleaned, problems)),
        spared=response.spared,
        pushed=response.pushed,
    )


def _poll(reading: Reading, after: FeedState) -> Poll:
    """Return what a feed's history keeps of an answer."""
    feed, response, before = reading.answer.feed, reading.answer.response, reading.answer.state
    begun = response.at - response.elapsed
    wanted = None if before is None or feed.is_local else before.next_poll
    return Poll(
        feed=feed.id,
        at=response.at,
        status=response.status,
        new=len(reading.found.new),
        changed=len(reading.found.changed),
        elapsed=response.elapsed,
        waited=max(begun - (wanted or begun), timedelta()),
        error=after.error,
    )
