"""The six stages in order, and the shapes of what the pipeline is handed.

::

    due feeds → fetch → parse → normalize → identify → cluster (by what match thinks) → store
                                                        publish reads what is stored
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Protocol

from aggregator.cluster import Changes, Clusterer, Coverage
from aggregator.errors import ParseError
from aggregator.match import SPAN
from aggregator.model import (
    Article,
    Batch,
    Decision,
    Feed,
    FeedState,
    Known,
    Mute,
    ParsedFeed,
    Request,
    Response,
    Story,
    Withdrawal,
)
from aggregator.normalize import Resolution, identify, normalize
from aggregator.normalize.text import cleaned
from aggregator.poll import policy, websub, websub_discovery
from aggregator.poll.pace import paced


class Clock(Protocol):
    """Tells the time: the only way to learn it below the composition root."""

    def __call__(self) -> datetime:
        """Return the time, aware, in UTC."""
        ...


class Fetcher(Protocol):
    """Makes requests, many at once, politely."""

    def fetch(self, requests: Sequence[Request]) -> Iterator[Response]:
        """Yield one response a request, in the order in which they complete; never raise."""
        ...


class Parser(Protocol):
    """Reads documents: ``aggregator.parse.parse``, or that in a process of its own."""

    def __call__(self, response: Response, seen: AbstractSet[str], /) -> ParsedFeed:
        """Read what a response brought, without the items of these digests; raise ParseError."""
        ...


class Decisions(Protocol):
    """Keeps what people said of which articles are one story."""

    def all(self) -> Sequence[Decision]:
        """Return every decision, the oldest first, those that were undone too."""
        ...


class Muted(Protocol):
    """Keeps which articles stand in no story for words that they hold."""

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Return how many articles of each feed each rule mutes."""
        ...

    def articles(self, feed: str, rule: str) -> Sequence[Article]:
        """Return the articles of a feed that a rule mutes."""
        ...

    def among(self, ids: Iterable[str]) -> AbstractSet[str]:
        """Return which of these articles are muted."""
        ...


class Store(Protocol):
    """Keeps everything that happened."""

    @property
    def muted(self) -> Muted:
        """Which articles stand in no story."""
        ...

    @property
    def decisions(self) -> Decisions:
        """What people said; others may add to it at any time."""
        ...

    def subscribe(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Make these the current subscriptions; feeds that went keep their articles."""
        ...

    def states(self) -> Mapping[str, FeedState]:
        """Return what polling learned, by feed id; a feed never polled is absent."""
        ...

    def digests(self, feeds: Iterable[str]) -> Mapping[str, AbstractSet[str]]:
        """Return the digests of the items in each feed's last document, where they are known."""
        ...

    def known(self, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Known]:
        """Return the articles known under these (feed, key) names."""
        ...

    def stories(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        content: bool = True,
    ) -> Sequence[Story]:
        """Return live stories with an article published in [since, until], newest last first.

        Without ``content`` their articles have neither summary nor content.
        """
        ...

    def stories_at(self, urls: Iterable[str]) -> Sequence[Story]:
        """Return live stories with an article at one of these canonical urls, without content."""
        ...

    def stories_of(self, articles: Iterable[str]) -> Sequence[Story]:
        """Return the live stories that articles stand in, without content."""
        ...

    def story_of(self, article: str) -> Story | None:
        """Return the live story that an article stands in."""
        ...

    def find_articles(self, name: str) -> Sequence[Article]:
        """Return the articles with this id, id prefix (4 or more digits), guid or url."""
        ...

    def save(self, batch: Batch) -> None:
        """Store it all, or nothing."""
        ...


BATCH = 200
"""Feeds a transaction: a commit costs a flush of the disk, whatever it carries."""
BATCH_ARTICLES = 1000
"""New articles a transaction: what an interrupt can cost."""
BATCH_BYTES = 64 << 20
"""Bytes of bodies from which a batch is complete before that."""

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What came of polling one feed."""

    feed: Feed
    state: FeedState
    """After the poll; ``error`` says in words what failed."""
    entries: int = 0
    """Read from its document: those whose bytes are new."""
    new: int = 0
    muted: int = 0
    """New as well, but for words that it holds in no story."""
    changed: int = 0
    problems: tuple[str, ...] = ()
    """What was wrong with a document that could be read in part."""
    spared: bool = False
    """Not asked after all, since its host had enough of us: it comes first the next time."""
    pushed: bool = False
    """Not asked either: this is what its hub brought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a batch of polls, now stored."""

    polled: tuple[Polled, ...]
    stories: tuple[Story, ...]
    """New or changed, as they are now."""
    withdrawals: tuple[Withdrawal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A response, read: its document and articles, or what was wrong with it."""

    feed: Feed
    response: Response
    document: ParsedFeed | None = None
    drafts: tuple[Article, ...] = ()
    error: str | None = None


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
        self._parse = parse
        self._clusterer = clusterer
        self._coverage = Coverage(SPAN)
        self._decisions: Sequence[Decision] = ()
        self._clock = clock
        self._random = random
        self._mute = mute
        self._redact = redact
        self._pushed = pushed

    def run(
        self,
        *,
        force: bool = False,
        tick: timedelta | None = None,
        watch: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> Iterator[Taken]:
        """Poll what is due; yield what came of it, batch by batch, once it is stored.

        ``force`` polls also what our own interval would not yet. ``tick`` is the time until the
        next run, where there will be one: then a host with many feeds is asked for its share of
        them. ``watch`` is told how many of how many answers have come. KeyboardInterrupt stores
        what has come and goes on its way.
        """
        now = self._clock()
        self.forget(now - 2 * SPAN)
        self._store.subscribe(tuple(self._feeds.values()), now)
        if changed := self.settle():
            yield changed
        if lifted := self._lift_mutes():
            yield lifted
        states = self._store.states()
        waiting = websub.relaxed(self._feeds, states, self._pushed())
        due = [
            feed
            for feed in self._feeds.values()
            if policy.due(feed, waiting.get(feed.id), now, force=force)
        ]
        due.sort(key=lambda feed: _last_asked(states.get(feed.id)))
        if tick is not None:
            due = paced(due, self._feeds.values(), states, tick)
        requests = [policy.request(feed, states.get(feed.id)) for feed in due]
        for responses in _batches(self._fetcher.fetch(requests), len(requests), watch):
            yield self._take([(r, states.get(r.feed)) for r in responses])

    def take(self, delivered: Sequence[Response]) -> Taken:
        """Take what hubs delivered, at most one document a feed, the way of what is polled."""
        states = self._store.states()
        return self._take([(response, states.get(response.feed)) for response in delivered])

    def forget(self, before: datetime) -> None:
        """Remember no story of before then; what comes of those days reads the store again."""
        self._coverage.forget(before)
        self._clusterer.forget(before)

    def settle(self) -> Taken | None:
        """Carry out what people decided since the last time; return what came of it, if any."""
        decisions = self._store.decisions.all()
        if decisions == self._decisions:
            return None
        self._decisions = decisions
        unsettled = tuple(decision for decision in decisions if not decision.settled)
        named = (article for d in unsettled for article in (*d.articles, *d.others))
        self._clusterer.load(self._store.stories_of(named))
        changes = self._clusterer.heed(decisions, self._clock())
        if not unsettled:
            return None
        self._store.save(
            Batch(stories=changes.stories, withdrawals=changes.withdrawals, settled=unsettled)
        )
        return Taken(polled=(), stories=changes.stories, withdrawals=changes.withdrawals)

    def _take(self, answers: Sequence[tuple[Response, FeedState | None]]) -> Taken:
        """Read, cluster and store one batch of answers.

        All in one transaction, unless a flood of articles makes it several; then what was learned
        of the feeds goes with the last, so that an interrupted run polls them again.
        """
        readings = self._read(answers)
        known = self._known(readings)
        found = [identify(r.drafts, known.get(r.feed.id, {})) for r in readings]
        learned = Batch(
            states=tuple(
                self._state_after(reading, state, resolution)
                for reading, (_, state), resolution in zip(readings, answers, found, strict=True)
            ),
            keys=tuple(
                (r.feed.id, key, article)
                for r, resolution in zip(readings, found, strict=True)
                for key, article in resolution.learned
            ),
            versions=tuple(version for resolution in found for version in resolution.versions),
            digests=tuple(
                (r.feed.id, r.document.digests)
                for r in readings
                if r.document and not r.response.pushed
            ),
        )
        muted = self._muted(found)
        *parts, last = _parts(a for r in found for a in (*r.new, *r.changed))
        told = [self._tell(part, Batch(), muted) for part in parts]
        told.append(self._tell(last, learned, muted))
        polled = (
            _polled(reading, state, resolution, muted)
            for reading, state, resolution in zip(readings, learned.states, found, strict=True)
        )
        return _taken(told, polled)

    def _muted(self, found: Iterable[Resolution]) -> dict[str, str | None]:
        """Return which rule mutes an article, None where none does any more, by article.

        One that stands in a story already stays there: its readers know it.
        """
        new = [article for resolution in found for article in resolution.new]
        changed = {article.id: article for resolution in found for article in resolution.changed}
        before = self._store.muted.among(changed) if changed else frozenset()
        rules = self._rules((*new, *(changed[article] for article in before)))
        return {article: rule for article, rule in rules.items() if rule or article in before}

    def _rules(self, articles: Iterable[Article]) -> dict[str, str | None]:
        return {a.id: mute.rule if (mute := self._mute(a)) else None for a in articles}

    def _lift_mutes(self) -> Taken | None:
        """Put what only a mute of the past keeps out into stories; return what came, if any."""
        mutes = {feed.id: {mute.rule for mute in feed.mutes} for feed in self._feeds.values()}
        articles = [
            article
            for feed, rule in self._store.muted.counts()
            if rule not in mutes.get(feed, {rule})
            for article in self._store.muted.articles(feed, rule)
        ]
        if not articles:
            return None
        muted = self._rules(articles)
        return _taken([self._tell(part, Batch(), muted) for part in _parts(articles)])

    def _tell(
        self, articles: Sequence[Article], learned: Batch, muted: Mapping[str, str | None]
    ) -> Changes:
        """Put articles into stories and store all, with what was learned, in one transaction."""
        changes = self._cluster([article for article in articles if not muted.get(article.id)])
        self._store.save(
            replace(
                learned,
                articles=tuple(articles),
                muted=tuple((a.id, muted[a.id]) for a in articles if a.id in muted),
                stories=changes.stories,
                withdrawals=changes.withdrawals,
            )
        )
        return changes

    def _read(self, answers: Sequence[tuple[Response, FeedState | None]]) -> list[_Reading]:
        """Parse and normalize what is new: no body, and no item, is read twice."""
        new = {
            response.feed
            for response, state in answers
            if policy.has_document(response)
            and not policy.is_known(self._feeds[response.feed], state, response)
        }
        seen = self._store.digests(new)
        return [
            self._read_one(response, state, seen.get(response.feed, frozenset()))
            if response.feed in new
            else _Reading(feed=self._feeds[response.feed], response=response)
            for response, state in answers
        ]

    def _read_one(
        self, response: Response, state: FeedState | None, seen: AbstractSet[str]
    ) -> _Reading:
        """Parse and normalize those items of a document that were not seen before."""
        feed = self._feeds[response.feed]
        try:
            document = self._parse(response, seen)
        except ParseError as error:
            return _Reading(feed=feed, response=response, error=str(error))
        drafts = normalize(
            feed,
            document,
            response_url=response.final_url,
            now=response.at,
            is_first=state is None or state.succeeded is None,
        )
        return _Reading(feed=feed, response=response, document=document, drafts=drafts)

    def _known(self, readings: Sequence[_Reading]) -> Mapping[str, Mapping[str, Known]]:
        """Return what the store remembers of the articles read, by feed and key."""
        names = {(r.feed.id, key) for r in readings for draft in r.drafts for key in draft.keys}
        by_feed: dict[str, dict[str, Known]] = {}
        for (feed, key), known in self._store.known(names).items() if names else ():
            by_feed.setdefault(feed, {})[key] = known
        return by_feed

    def _state_after(
        self, reading: _Reading, state: FeedState | None, resolution: Resolution
    ) -> FeedState:
        changed = bool(resolution.new or resolution.changed)
        if reading.response.pushed:
            return websub.after_delivery(reading.feed, state, reading.response, changed=changed)
        after = policy.after(
            reading.feed,
            state,
            reading.response,
            document=reading.document,
            error=reading.error,
            changed=changed,
            now=reading.response.at,
            random=self._random,
        )
        if reading.document:
            after = websub_discovery.learned(after, reading.response, reading.document)
        return replace(after, error=after.error and cleaned(self._redact(after.error)))

    def _cluster(self, articles: Sequence[Article]) -> Changes:
        """Put articles into stories, among those told around the same days."""
        if not articles:
            return Changes()
        for since, until in self._coverage.extend(article.published for article in articles):
            self._clusterer.load(self._store.stories(since=since, until=until, content=False))
        self._clusterer.load(self._store.stories_at([a.url for a in articles if a.url]))
        return self._clusterer.add(articles, self._clock())


def _last_asked(state: FeedState | None) -> datetime:
    """Return when a feed was asked last: whoever was passed over comes first the next time."""
    return _NEVER if state is None or state.checked is None else state.checked


def _polled(
    reading: _Reading, state: FeedState, resolution: Resolution, muted: Mapping[str, str | None]
) -> Polled:
    """Tell what came of polling one feed."""
    silent = sum(1 for article in resolution.new if muted.get(article.id))
    problems = reading.document.problems if reading.document else ()
    if reading.response.pushed and reading.error:  # of no concern to the feed's own state
        problems = (f"what its hub brought was passed over: {reading.error}",)
    return Polled(
        feed=reading.feed,
        state=state,
        entries=len(reading.drafts),
        new=len(resolution.new) - silent,
        muted=silent,
        changed=len(resolution.changed),
        problems=tuple(map(cleaned, problems)),
        spared=reading.response.spared,
        pushed=reading.response.pushed,
    )


def _taken(told: Sequence[Changes], polled: Iterable[Polled] = ()) -> Taken:
    """Gather what was told in parts, each story as it is in the end."""
    withdrawals = tuple(w for changes in told for w in changes.withdrawals)
    gone = {withdrawal.story for withdrawal in withdrawals}
    stories = {story.id: story for changes in told for story in changes.stories}
    return Taken(
        polled=tuple(polled),
        stories=tuple(story for story in stories.values() if story.id not in gone),
        withdrawals=withdrawals,
    )


def _parts(articles: Iterable[Article]) -> list[Sequence[Article]]:
    """Divide articles, in order of publication, into parts for a transaction each: at least one."""
    ordered = sorted(articles, key=lambda article: (article.published, article.id))
    starts = range(0, len(ordered), BATCH_ARTICLES)
    return [ordered[start : start + BATCH_ARTICLES] for start in starts] or [()]


def _batches(
    responses: Iterator[Response], of: int, watch: Callable[[int, int], None]
) -> Iterator[list[Response]]:
    """Gather responses into batches; an interrupt ends the last one early, then goes its way."""
    batch: list[Response] = []
    try:
        for done, response in enumerate(responses, 1):
            batch.append(response)
            watch(done, of)
            if len(batch) == BATCH or sum(len(r.body) for r in batch) >= BATCH_BYTES:
                yield batch
                batch = []
    except KeyboardInterrupt:
        if batch:
            yield batch
        raise
    if batch:
        yield batch
