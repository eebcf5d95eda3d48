"""Articles into stories, as they come: one pass, in order of publication within a batch.

Of the stories with a good enough match an article joins the one whose members want it most, unless
they speak against it: one lucky member must not chain two events into one. Stories with a match
whose members want each other are merged, and the older id survives. What comes close
and is not one is related. What people and rules say (constraints) goes before all of this.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf

from aggregator.cluster.constraints import Constraints, by_hand
from aggregator.cluster.draft import Draft
from aggregator.cluster.members import CERTAIN, SUPPORT, Members
from aggregator.cluster.mirrors import Mirrors
from aggregator.cluster.scorer import Scorer
from aggregator.cluster.story import Precedence, tell
from aggregator.model import (
    Article,
    Criterion,
    Decision,
    Level,
    Match,
    Related,
    Rule,
    Story,
    Verdict,
    Withdrawal,
)

JOIN = 1.5
"""The logit that the best match with a member must reach."""
YOUNG = timedelta(hours=72)
"""Stories whose first reports lie farther apart are never merged on what they tell."""
RELATED = 0.0
"""The logit from which stories that are not one are related."""
MOST_RELATED = 3
"""Earlier stories that a story is related to."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a batch of articles did to the stories."""

    stories: tuple[Story, ...] = ()
    """New or changed, whole; in order of their first reports."""
    withdrawals: tuple[Withdrawal, ...] = ()
    """Of stories that had been told before."""


@dataclass(frozen=True, slots=True)
class _Link:
    """A match of a new article with a member of a story."""

    article: str
    other: str
    logit: float
    """Infinite where a rule demands it."""


class Clusterer:
    """Keeps the stories of the last days and puts new articles into them.

    ``draw_id`` makes the id of a new story. ``priorities`` has the priority of feeds, 0 where
    it names none; ``languages`` are the reader's. ``alone`` names the feeds whose items are each
    a story of their own, ``private`` those that neither stand for a story nor change what others
    see of it. One writer at a time.
    """

    def __init__(
        self,
        scorer: Scorer,
        *,
        draw_id: Callable[[], str],
        priorities: Mapping[str, int],
        languages: Sequence[str] = (),
        criteria: Sequence[Criterion] = tuple(Criterion),
        rules: Sequence[Rule] = (),
        alone: AbstractSet[str] = frozenset(),
        private: AbstractSet[str] = frozenset(),
        stories: Iterable[Story] = (),
    ) -> None:
        self._scorer = scorer
        self._members = Members(scorer)
        self._draw_id = draw_id
        self._precedence = Precedence(tuple(criteria), tuple(languages), priorities, private)
        self._rules = rules
        self._alone = alone
        self._constraints = Constraints((), rules, alone)
        self._mirrors = Mirrors(rules)
        self._draft_of: dict[str, Draft] = {}
        self.load(stories)

    def comparable(self, articles: Iterable[Article]) -> list[Article]:
        """Return those that the scorer need know: what stands alone would only cost it time."""
        return [article for article in articles if article.feed not in self._alone]

    def load(self, stories: Iterable[Story]) -> None:
        """Take up stories told earlier, in any order; those known already stay as they are."""
        new = sorted(
            (s for s in stories if not any(a.id in self._draft_of for a in s.articles)),
            key=lambda story: (story.created, story.id),
        )
        for story in new:
            draft = Draft.of(story)
            self._draft_of |= dict.fromkeys(draft.members, draft)
        articles = _in_order(article for story in new for article in story.articles)
        self._mirrors.add(articles)
        self._scorer.add(self.comparable(articles))

    def forget(self, before: datetime) -> None:
        """Drop the stories last reported on earlier, and what the scorer knows from then."""
        self._scorer.forget(before)
        self._mirrors.forget(before)
        self._draft_of = {
            article: draft
            for article, draft in self._draft_of.items()
            if max(member.published for member in draft.articles) >= before
        }

    def add(self, articles: Iterable[Article], now: datetime) -> Changes:
        """Put articles into stories; one that has a story already keeps it, with its new words.

        The order of ``articles`` makes no difference. They stand in the stories without summary and
        content, as they come from a store: what is kept of the last days must not hold texts. A
        story of one article that stands alone is not kept: load it before the article comes again.
        """
        batch = _in_order({article.id: article for article in articles}.values())
        self._scorer.add(self.comparable(batch))
        batch = [replace(article, summary="", content="") for article in batch]
        known = [article for article in batch if article.id in self._draft_of]
        new = [article for article in batch if article.id not in self._draft_of]
        touched = {self._draft_of[article.id] for article in known}
        for article in known:
            self._draft_of[article.id].edit(article)
        comparable = [article.id for article in self.comparable(new)]
        candidates = dict(zip(comparable, self._scorer.candidates(comparable), strict=True))
        links = [
            link
            for article in new
            for link in self._place(article, sorted(candidates.get(article.id, ())))
        ]
        links.sort(key=lambda link: (-link.logit, link.article, link.other))
        touched |= {self._draft_of[article.id] for article in new}
        withdrawals = tuple(self._merge(links, touched, now))
        touched |= set(self._relate(links))
        changes = Changes(self._tell(touched, now), withdrawals)
        for article in batch:
            if article.feed in self._alone and len(self._draft_of[article.id].members) == 1:
                del self._draft_of[article.id]
        return changes

    def heed(self, decisions: Sequence[Decision], now: datetime) -> Changes:
        """Let these decisions hold, instead of those before, and carry out what is unsettled.

        A decision that was undone is carried out the other way round, as far as no other
        decision or rule is against it. Stories that are not at hand are left alone: load them
        first.
        """
        self._constraints = Constraints(decisions, self._rules, self._alone)
        touched: set[Draft] = set()
        withdrawals: list[Withdrawal] = []
        for decision in sorted(decisions, key=lambda decision: decision.number):
            if decision.settled:
                continue
            if (decision.verdict is Verdict.MERGE) == (decision.undone is None):
                withdrawals += self._unite(decision, touched, now)
            else:
                touched |= self._part(decision)
        return Changes(self._tell(touched, now), tuple(withdrawals))

    def _place(self, article: Article, candidates: Sequence[str]) -> list[_Link]:
        """Put a new article into the best story that wants it, or found one.

        Returns its links to the other stories that match it, or come close.
        """
        links = self._links(article, candidates)
        self._mirrors.add([article])
        support = {draft: self._support(draft, article, link) for draft, link in links.items()}
        best = max(support, key=support.__getitem__, default=None)  # of equals the best link's
        if best and support[best] >= SUPPORT:
            best.join(article, self._match(article, self._article(links[best].other)))
            self._draft_of[article.id] = best
        else:
            self._draft_of[article.id] = Draft.founded_by(article)
        return list(links.values())

    def _links(self, article: Article, candidates: Sequence[str]) -> dict[Draft, _Link]:
        """Return an article's best link to each story that it may be related to, the best first."""
        demanded = [
            o for o in self._mirrors.matches(article, self._constraints) if o in self._draft_of
        ]
        placed = [other for other in candidates if other in self._draft_of]
        if self._constraints:
            placed = [o for o in placed if not self._constraints.forbids(article, self._article(o))]
        scored = zip(placed, self._scorer.logits(article.id, placed), strict=True)
        found = [*((other, inf) for other in demanded), *scored]
        links: dict[Draft, _Link] = {}
        for other, logit in sorted(found, key=lambda o: (-o[1], o[0])):
            if logit >= RELATED:
                links.setdefault(self._draft_of[other], _Link(article.id, other, logit))
        return links

    def _support(self, draft: Draft, article: Article, link: _Link) -> float:
        """Return the mean logit by which a story wants an article, -inf where it may not have it.

        A certain match speaks for all.
        """
        if link.logit < JOIN:
            return -inf
        if self._constraints and self._constraints.part([article], draft.articles):
            return -inf
        if link.logit >= CERTAIN:
            return link.logit
        return self._members.support(article.id, draft)

    def _match(self, a: Article, b: Article) -> Match:
        """Return why two articles belong together: what demands it goes before the scorer."""
        return self._constraints.demands(a, b) or self._scorer.match(a.id, b.id)

    def _article(self, name: str) -> Article:
        return self._draft_of[name].members[name].article

    def _merge(
        self, links: Sequence[_Link], touched: set[Draft], now: datetime
    ) -> Iterator[Withdrawal]:
        """Merge the stories that turn out to be one, the surest first."""
        for link in links:
            pair = {self._draft_of[link.article], self._draft_of[link.other]}
            if len(pair) == 1 or link.logit < JOIN:
                continue
            older, younger = sorted(pair, key=lambda draft: draft.age)
            match = self._match(self._article(link.article), self._article(link.other))
            if self._are_one(link, match, older, younger):
                touched.discard(younger)
                touched.add(older)
                yield from self._absorb(older, younger, match, now)

    def _are_one(self, link: _Link, match: Match, older: Draft, younger: Draft) -> bool:
        """Whether two stories with a match between them are one."""
        if self._constraints.part(younger.articles, older.articles):
            return False
        if link.logit == inf or match.level is Level.ITEM:
            return True
        near = abs(older.first - younger.first) <= YOUNG
        return near and self._members.are_one(older, younger)

    def _absorb(
        self, older: Draft, younger: Draft, match: Match, now: datetime
    ) -> Iterator[Withdrawal]:
        """Make two stories one; the match is what the younger's founder is in it for."""
        older.absorb(younger, match)
        self._draft_of |= dict.fromkeys(younger.members, older)
        if younger.told and older.told:
            yield Withdrawal(story=younger.told.id, survivor=older.told.id, at=now)

    def _relate(self, links: Sequence[_Link]) -> Iterator[Draft]:
        """Relate later stories to earlier ones that came close, the surest first."""
        first: dict[Draft, datetime] = {}
        for link in links:
            ends = [(self._draft_of[article], article) for article in (link.article, link.other)]
            if ends[0][0] is ends[1][0] or link.logit == inf:
                continue
            for draft, _ in ends:
                first.setdefault(draft, draft.first)
            (earlier, b), (later, a) = sorted(ends, key=lambda end: (first[end[0]], end[0].age))
            known = [self._draft_of.get(related.match.b) for related in later.related]
            if earlier not in known and len(known) < MOST_RELATED:
                related = Related(story=earlier.id, match=self._scorer.match(a, b))
                later.related.append(related)
                yield later

    def _unite(
        self, decision: Decision, touched: set[Draft], now: datetime
    ) -> Iterator[Withdrawal]:
        """Make one story of those that the articles of a decision stand in."""
        drafts = self._drafts((*decision.articles, *decision.others))
        for younger in drafts[1:]:
            older = drafts[0]
            if decision.undone and self._constraints.part(younger.articles, older.articles):
                continue
            a, b = younger.articles[0], older.articles[0]
            touched.discard(younger)
            touched.add(older)
            yield from self._absorb(older, younger, by_hand(a, b, decision), now)

    def _part(self, decision: Decision) -> set[Draft]:
        """Part the stories in which articles of both sides of a decision stand.

        A split takes the one side out, and a merge that was undone the other; whoever joined
        since stays. Return the parts.
        """
        split = decision.verdict is Verdict.SPLIT
        going = set(decision.articles if split else decision.others)
        staying = set(decision.others if split else decision.articles)
        parts: set[Draft] = set()
        for draft in self._drafts((*decision.articles, *decision.others)):
            if draft.members.keys() & going and draft.members.keys() & staying:
                parts |= self._take_out(draft, going, decision)
        return parts

    def _take_out(self, draft: Draft, going: AbstractSet[str], decision: Decision) -> set[Draft]:
        """Part a story in two, unless another decision unites the parts of what was undone.

        A split leaves the id to the part with the representative, which readers saw; where a merge
        is undone, the id returns to the story that had it before.
        """
        gone = [article for article in draft.articles if article.id in going]
        rest = [article for article in draft.articles if article.id not in going]
        if decision.undone and self._constraints.unite(gone, rest):
            return set()
        representative = draft.told.representative if draft.told else draft.founder
        new = draft.part(going, draft.founder if decision.undone else representative)
        self._draft_of |= dict.fromkeys(new.members, new)
        for part in (draft, new):
            self._match_anew(part)
        return {draft, new}

    def _match_anew(self, draft: Draft) -> None:
        """Give each member a match with one that came before it, where its own went elsewhere."""
        before: list[str] = []
        for name, member in draft.members.items():
            match = member.match
            if not before:
                match = None
            elif match is None or not {match.a, match.b} <= {*before, name}:
                match = self._best_match(name, before) or match
            draft.members[name] = replace(member, match=match)
            before.append(name)

    def _best_match(self, article: str, others: Sequence[str]) -> Match | None:
        """Return an article's match with the nearest of others; None where none is known."""
        known = [other for other in others if other in self._scorer]
        if article not in self._scorer or not known:
            return None
        logits = self._scorer.logits(article, known)
        _, nearest = max(zip(logits, known, strict=True))
        return self._scorer.match(article, nearest)

    def _drafts(self, articles: Iterable[str]) -> list[Draft]:
        """Return the stories that articles stand in, of those at hand, the oldest first."""
        drafts = {self._draft_of[article] for article in articles if article in self._draft_of}
        return sorted(drafts, key=lambda draft: draft.age)

    def _tell(self, drafts: set[Draft], now: datetime) -> tuple[Story, ...]:
        """Return the stories that are new or changed, as they are now."""
        ordered = sorted(drafts, key=lambda draft: draft.age)
        for draft in ordered:
            draft.id = draft.id or self._draw_id()
        changed = []
        for draft in ordered:
            story = tell(
                draft.told,
                [*draft.members.values()],
                id=draft.id,
                related=self._related(draft),
                precedence=self._precedence,
                now=now,
            )
            if story != draft.told:
                changed.append(story)
            draft.told = story
        return tuple(changed)

    def _related(self, draft: Draft) -> tuple[Related, ...]:
        """Return the stories related to one, by the ids that they have now."""
        found: dict[str, Related] = {}
        for related in sorted(draft.related, key=lambda r: (-r.match.probability, r.match.b)):
            other = self._draft_of.get(related.match.b)
            story = other.id if other else related.story
            if story and other is not draft:
                found.setdefault(story, replace(related, story=story))
        return tuple(found.values())[:MOST_RELATED]


def _in_order(articles: Iterable[Article]) -> list[Article]:
    """Return articles in the one order that every run agrees on."""
    return sorted(articles, key=lambda article: (article.published, article.id))
