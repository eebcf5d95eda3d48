"""What people and rules say of which articles share a story. Pure.

Of what is said of one pair the most particular holds: the newest decision about these very
articles; then ``dedup: off`` and the rules that never merge; then those that always do; and
only where nothing is said, the model.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta

from aggregator.model import Article, Decision, Level, Match, Rule, Verdict
from aggregator.phrase import Phrase

MIRRORED = timedelta(hours=72)
"""How far apart two items of one title may be for a rule to make them one."""

_Pair = frozenset[str]
"""Of feeds; of one alone where it is a pair with itself."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A decision, quick to ask."""

    decision: Decision
    articles: frozenset[str]
    others: frozenset[str]
    all: frozenset[str]

    @classmethod
    def of(cls, decision: Decision) -> "_Said":
        articles, others = frozenset(decision.articles), frozenset(decision.others)
        return cls(decision, articles, others, articles | others)

    def is_of(self, a: str, b: str) -> bool:
        """Whether it says something of this pair."""
        if self.decision.verdict is Verdict.MERGE:
            return a in self.all and b in self.all
        return (a in self.articles and b in self.others) or (
            b in self.articles and a in self.others
        )


class Constraints:
    """Decisions and rules, ready to be asked. Decisions that were undone do not count.

    ``alone`` names the feeds with ``dedup: off``.
    """

    def __init__(
        self,
        decisions: Iterable[Decision] = (),
        rules: Iterable[Rule] = (),
        alone: AbstractSet[str] = frozenset(),
    ) -> None:
        self._alone = alone
        self._never: set[_Pair] = set()
        self._always: set[_Pair] = set()
        for rule in rules:
            (self._always if rule.always else self._never).update(rule.pairs)
        self._about: dict[str, list[_Said]] = {}
        standing = (decision for decision in decisions if decision.undone is None)
        for decision in sorted(standing, key=lambda d: d.number, reverse=True):
            said = _Said.of(decision)
            for article in said.all:
                self._about.setdefault(article, []).append(said)

    def __bool__(self) -> bool:
        """Whether anything is said at all."""
        return bool(self._about or self._alone or self._never or self._always)

    def forbids(self, a: Article, b: Article) -> Phrase | None:
        """Return why two articles may not share a story, in words; None where they may."""
        decision = self._decision(a.id, b.id)
        if decision is not None:
            return None if decision.verdict is Verdict.MERGE else in_words(decision)
        for article in (a, b):
            if article.feed in self._alone:
                return Phrase(
                    "dedup: off keeps every item of {feed} a story of its own", feed=article.feed
                )
        if _pair(a, b) in self._never:
            return Phrase("a rule never merges {feeds}", feeds=_named(_pair(a, b)))
        return None

    def demands(self, a: Article, b: Article) -> Match | None:
        """Return the match of two articles that have to share a story; None where none has to."""
        decision = self._decision(a.id, b.id)
        if decision is not None and decision.verdict is Verdict.MERGE:
            return by_hand(a, b, decision)
        if _pair(a, b) not in self._always or self.forbids(a, b):
            return None
        rule = Phrase("a rule always merges {feeds}", feeds=_named(_pair(a, b)))
        if a.url is not None and a.url == b.url:
            reasons = (rule, Phrase("same address: {url}", url=a.url))
            return Match(a=a.id, b=b.id, level=Level.ITEM, probability=1.0, reasons=reasons)
        if wording(a) and wording(a) == wording(b) and abs(a.published - b.published) <= MIRRORED:
            reasons = (rule, Phrase("same title"))
            return Match(a=a.id, b=b.id, level=Level.COPY, probability=1.0, reasons=reasons)
        return None

    def part(self, articles: Sequence[Article], others: Sequence[Article]) -> Phrase | None:
        """Return why some articles may not share a story with others; None where they may."""
        feeds = {b.feed for b in others}
        reasons = (
            self.forbids(a, b)
            for a in articles
            if a.id in self._about or self._may_be_refused(a.feed, feeds)
            for b in others
        )
        return next(filter(None, reasons), None)

    def unite(self, articles: Sequence[Article], others: Sequence[Article]) -> bool:
        """Whether one of some articles and one of others have to share a story."""
        mirrored = frozenset[str]().union(*self._always)
        return any(
            self.demands(a, b) is not None
            for a in articles
            if a.id in self._about or a.feed in mirrored
            for b in others
        )

    def _decision(self, a: str, b: str) -> Decision | None:
        """Return the newest decision about a pair."""
        return next((said.decision for said in self._about.get(a, ()) if said.is_of(a, b)), None)

    def _may_be_refused(self, feed: str, others: AbstractSet[str]) -> bool:
        """Whether items of a feed are worth a closer look among those of others."""
        if feed in self._alone or not self._alone.isdisjoint(others):
            return True
        return any(frozenset((feed, other)) in self._never for other in others)


def by_hand(a: Article, b: Article, decision: Decision) -> Match:
    """Return the match of two articles that a person's decision puts together."""
    reasons = (in_words(decision),)
    return Match(a=a.id, b=b.id, level=Level.EVENT, probability=1.0, reasons=reasons)


def in_words(decision: Decision) -> Phrase:
    """Say what was decided, as a reason."""
    number = decision.number
    if decision.undone is not None:
        day = f"{decision.undone:%Y-%m-%d}"
        return Phrase("decision {number} taken back on {day}", number=number, day=day)
    day = f"{decision.at:%Y-%m-%d}"
    if decision.verdict is Verdict.MERGE:
        return Phrase("merged by hand on {day} (decision {number})", day=day, number=number)
    return Phrase("kept apart by hand on {day} (decision {number})", day=day, number=number)


def wording(article: Article) -> str:
    """Return what two spellings of one title have in common."""
    return " ".join(article.title.casefold().split())


def _pair(a: Article, b: Article) -> _Pair:
    return frozenset((a.feed, b.feed))


def _named(pair: _Pair) -> Phrase:
    one, *others = sorted(pair)
    if others:
        return Phrase("{feed} and {other}", feed=one, other=others[0])
    return Phrase("the items of {feed}", feed=one)
