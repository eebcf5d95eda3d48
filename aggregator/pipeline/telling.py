"""From articles to stored stories: what is muted, what is clustered, and what people decided."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.cluster import Changes, Clusterer, Coverage
from aggregator.match import SPAN
from aggregator.model import Article, Batch, Decision, Feed, Mute
from aggregator.normalize import Resolution
from aggregator.pipeline.outcome import Polled, Progress, Step, Taken
from aggregator.pipeline.seams import Clock, Store

BATCH_ARTICLES = 1000
"""New articles a transaction: what an interrupt can cost."""


class Teller:
    """Puts articles into stories, and stores both in one transaction.

    It remembers the stories of the last days: the store may have no other writer meanwhile.
    """

    def __init__(
        self,
        *,
        store: Store,
        clusterer: Clusterer,
        clock: Clock,
        mute: Callable[[Article], Mute | None],
    ) -> None:
        """Take what it works on; ``mute`` tells which of its feed's mutes holds for an article."""
        self._store = store
        self._clusterer = clusterer
        self._clock = clock
        self._mute = mute
        self._coverage = Coverage(SPAN)
        self._decisions: Sequence[Decision] = ()

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
        return Taken(stories=changes.stories, withdrawals=changes.withdrawals)

    def lift_mutes(self, feeds: Iterable[Feed]) -> Iterator[Taken]:
        """Put what only a mute of the past keeps out into stories; yield what comes of it."""
        mutes = {feed.id: {mute.rule for mute in feed.mutes} for feed in feeds}
        articles = [
            article
            for feed, rule in self._store.muted.counts()
            if rule not in mutes.get(feed, {rule})
            for article in self._store.muted.articles(feed, rule)
        ]
        if articles:
            yield from self.tell(articles, Batch(), self._rules(articles))

    def muted(self, found: Iterable[Resolution]) -> dict[str, str | None]:
        """Return which rule mutes an article, None where none does any more, by article.

        One that stands in a story already stays there: its readers know it.
        """
        found = tuple(found)
        new = [article for resolution in found for article in resolution.new]
        changed = {article.id: article for resolution in found for article in resolution.changed}
        before = self._store.muted.among(changed) if changed else frozenset()
        rules = self._rules((*new, *(changed[article] for article in before)))
        return {article: rule for article, rule in rules.items() if rule or article in before}

    def tell(
        self,
        articles: Iterable[Article],
        learned: Batch,
        muted: Mapping[str, str | None],
        polled: tuple[Polled, ...] = (),
    ) -> Iterator[Taken]:
        """Put articles into stories and store all; yield what came of it, once it is stored.

        All in one transaction, unless a flood of articles makes it several; then what was
        ``learned``, and of whom, goes with the last: an interrupted run learns it again.
        """
        *parts, last = _parts(articles)
        of = BATCH_ARTICLES * len(parts) + len(last)
        for number, part in enumerate(parts, 1):
            progress = Progress(Step.ARTICLES, BATCH_ARTICLES * number, of)
            yield replace(self._tell(part, Batch(), muted), progress=progress)
        yield replace(self._tell(last, learned, muted), polled=polled)

    def _tell(
        self, articles: Sequence[Article], learned: Batch, muted: Mapping[str, str | None]
    ) -> Taken:
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
        return Taken(stories=changes.stories, withdrawals=changes.withdrawals)

    def _rules(self, articles: Iterable[Article]) -> dict[str, str | None]:
        return {a.id: mute.rule if (mute := self._mute(a)) else None for a in articles}

    def _cluster(self, articles: Sequence[Article]) -> Changes:
        """Put articles into stories, among those told around the same days that they may join."""
        if not articles:
            return Changes()
        comparable = self._clusterer.comparable(articles)
        for since, until in self._coverage.extend(article.published for article in comparable):
            told = self._store.stories(since=since, until=until, content=False)
            self._clusterer.load(s for s in told if self._clusterer.comparable(s.articles))
        self._clusterer.load(self._store.stories_at([a.url for a in comparable if a.url]))
        if len(comparable) < len(articles):
            self._clusterer.load(self._store.stories_of(article.id for article in articles))
        return self._clusterer.add(articles, self._clock())


def _parts(articles: Iterable[Article]) -> list[Sequence[Article]]:
    """Divide articles, in order of publication, into parts for a transaction each: at least one."""
    ordered = sorted(articles, key=lambda article: (article.published, article.id))
    starts = range(0, len(ordered), BATCH_ARTICLES)
    return [ordered[start : start + BATCH_ARTICLES] for start in starts] or [()]
