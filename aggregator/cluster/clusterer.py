"""Articles into stories, as they come: one pass, in order of publication within a batch.

An article joins the story of its best match if that match is good enough and the story's other
members do not speak against it: one lucky member must not chain two events into one. Stories
that turn out to be one under the same test are merged, and the older id survives.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import fmean

from aggregator.cluster.scorer import Scorer
from aggregator.cluster.story import tell
from aggregator.model import Article, Level, Member, Story, Withdrawal

JOIN = 1.25
"""The logit that the best match with a member must reach."""
SUPPORT = -0.25
"""The logit that the members must reach on average."""
CERTAIN = 6.0
"""The logit from which a match needs nobody's support: the same item, or the same text."""
ASKED = 24
"""Members that are asked at most, spread evenly over the story: time stays bounded."""
ASKED_TO_MERGE = 8
"""The same, of each of two stories that may be one."""
YOUNG = timedelta(hours=72)
"""Stories whose first reports lie farther apart are never merged on what they tell."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a batch of articles did to the stories."""

    stories: tuple[Story, ...] = ()
    """New or changed, whole; in order of their first reports."""
    withdrawals: tuple[Withdrawal, ...] = ()
    """Of stories that had been told before."""


@dataclass(slots=True, eq=False)
class _Draft:
    """A story while it changes."""

    told: Story | None = None
    """As it was last told; None for one that is new."""
    members: list[Member] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [member.article.id for member in self.members]

    @property
    def first(self) -> datetime:
        return min(member.article.published for member in self.members)

    @property
    def age(self) -> tuple[bool, datetime, datetime, str]:
        """Sorts the oldest first: what has been told before what is new."""
        founder = self.members[0].article
        created = self.told.created if self.told else founder.published
        return (self.told is None, created, founder.published, founder.id)


@dataclass(frozen=True, slots=True)
class _Link:
    """A match of a new article with a member of a story."""

    article: str
    other: str
    logit: float


class Clusterer:
    """Keeps the stories of the last days and puts new articles into them.

    ``draw_id`` makes the id of a new story. ``priorities`` has the priority of feeds, 0 where
    it names none. One writer at a time.
    """

    def __init__(
        self,
        scorer: Scorer,
        *,
        draw_id: Callable[[], str],
        priorities: Mapping[str, int],
        stories: Iterable[Story] = (),
    ) -> None:
        self._scorer = scorer
        self._draw_id = draw_id
        self._priorities = priorities
        self._draft_of: dict[str, _Draft] = {}
        self.load(stories)

    def load(self, stories: Iterable[Story]) -> None:
        """Take up stories told earlier, in any order; those known already stay as they are."""
        new = sorted(
            (s for s in stories if not any(a.id in self._draft_of for a in s.articles)),
            key=lambda story: (story.created, story.id),
        )
        for story in new:
            draft = _Draft(story, list(story.members))
            self._draft_of |= dict.fromkeys(draft.ids, draft)
        self._scorer.add(_in_order(article for story in new for article in story.articles))

    def forget(self, before: datetime) -> None:
        """Drop the stories last reported on earlier, and what the scorer knows from then."""
        self._scorer.forget(before)
        self._draft_of = {
            article: draft
            for article, draft in self._draft_of.items()
            if max(member.article.published for member in draft.members) >= before
        }

    def add(self, articles: Iterable[Article], now: datetime) -> Changes:
        """Put articles into stories; one that has a story already keeps it, with its new text.

        The order of ``articles`` makes no difference.
        """
        batch = _in_order({article.id: article for article in articles}.values())
        self._scorer.add(batch)
        known = [article for article in batch if article.id in self._draft_of]
        new = [article for article in batch if article.id not in self._draft_of]
        touched = {self._replace(article) for article in known}
        candidates = self._scorer.candidates([article.id for article in new])
        links = [
            link
            for article, found in zip(new, candidates, strict=True)
            for link in self._place(article, sorted(found))
        ]
        touched |= {self._draft_of[article.id] for article in new}
        withdrawals = tuple(self._merge(links, touched, now))
        return Changes(self._tell(touched, now), withdrawals)

    def _replace(self, article: Article) -> _Draft:
        """Put a changed article in its older version's place."""
        draft = self._draft_of[article.id]
        draft.members = [
            replace(member, article=article) if member.article.id == article.id else member
            for member in draft.members
        ]
        return draft

    def _place(self, article: Article, candidates: Sequence[str]) -> list[_Link]:
        """Put a new article into the best story that wants it, or found one.

        Returns its links to the other stories that match it.
        """
        placed = [other for other in candidates if other in self._draft_of]
        logits = self._scorer.logits(article.id, placed)
        links: dict[_Draft, _Link] = {}
        for other, logit in sorted(zip(placed, logits, strict=True), key=lambda o: (-o[1], o[0])):
            if logit >= JOIN:
                links.setdefault(self._draft_of[other], _Link(article.id, other, logit))
        for draft, link in links.items():
            if link.logit >= CERTAIN or self._mean([article.id], draft.ids) >= SUPPORT:
                draft.members.append(
                    Member(article=article, match=self._scorer.match(article.id, link.other))
                )
                self._draft_of[article.id] = draft
                break
        else:
            self._draft_of[article.id] = _Draft(None, [Member(article=article, match=None)])
        return list(links.values())

    def _mean(self, ids: Sequence[str], others: Sequence[str]) -> float:
        """Return the mean logit between articles of two stories, of those still known."""
        known = [other for other in others if other in self._scorer]
        asked = _spread(known, ASKED if len(ids) == 1 else ASKED_TO_MERGE)
        asking = _spread([article for article in ids if article in self._scorer], ASKED_TO_MERGE)
        logits = [x for article in asking for x in self._scorer.logits(article, asked)]
        return fmean(min(max(x, -CERTAIN), CERTAIN) for x in logits) if logits else -CERTAIN

    def _merge(
        self, links: Sequence[_Link], touched: set[_Draft], now: datetime
    ) -> Iterator[Withdrawal]:
        """Merge the stories that turn out to be one, the surest first."""
        for link in sorted(links, key=lambda link: (-link.logit, link.article, link.other)):
            pair = {self._draft_of[link.article], self._draft_of[link.other]}
            if len(pair) == 1:
                continue
            older, younger = sorted(pair, key=lambda draft: draft.age)
            if not self._are_one(link, older, younger):
                continue
            match = self._scorer.match(link.article, link.other)
            founder, *rest = younger.members
            older.members += [replace(founder, match=match), *rest]
            self._draft_of |= dict.fromkeys(younger.ids, older)
            touched.discard(younger)
            touched.add(older)
            if younger.told and older.told:
                yield Withdrawal(story=younger.told.id, survivor=older.told.id, at=now)

    def _are_one(self, link: _Link, older: _Draft, younger: _Draft) -> bool:
        """Whether two stories with a match between them are one."""
        if self._scorer.match(link.article, link.other).level is Level.ITEM:
            return True
        return (
            abs(older.first - younger.first) <= YOUNG
            and self._mean(older.ids, younger.ids) >= SUPPORT
        )

    def _tell(self, drafts: set[_Draft], now: datetime) -> tuple[Story, ...]:
        """Return the stories that are new or changed, as they are now."""
        changed = []
        for draft in sorted(drafts, key=lambda draft: draft.age):
            story = tell(draft.told, draft.members, self._priorities, self._draw_id, now)
            if story != draft.told:
                changed.append(story)
            draft.told = story
        return tuple(changed)


def _in_order(articles: Iterable[Article]) -> list[Article]:
    """Return articles in the one order that every run agrees on."""
    return sorted(articles, key=lambda article: (article.published, article.id))


def _spread(ids: Sequence[str], most: int) -> Sequence[str]:
    """Return at most so many of some ids, evenly over them, the last one included."""
    if len(ids) <= most:
        return ids
    return [ids[(n + 1) * len(ids) // most - 1] for n in range(most)]
