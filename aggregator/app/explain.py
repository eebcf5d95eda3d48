"""Why two articles are, or are not, one story: in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from aggregator.app.record import rfc3339
from aggregator.cluster import Constraints
from aggregator.match import Explanation
from aggregator.model import Article, Level, Story

_SENSE = {Level.ITEM: "one item", Level.COPY: "one text", Level.EVENT: "of one event"}
"""In which sense two articles are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairExplanation:
    """Two articles, the stories that they stand in, and what speaks for and against a match."""

    a: Article
    b: Article
    story_a: Story
    story_b: Story
    pair: Explanation
    constraints: Constraints

    @property
    def is_one_story(self) -> bool:
        """Whether both stand in one story, on whosever evidence."""
        return self.story_a.id == self.story_b.id

    def lines(self) -> Iterator[str]:
        """Yield the explanation, a line at a time."""
        yield f"A  {_described(self.a)}"
        if self.a.id == self.b.id:
            yield "B is the same article."
            return
        yield f"B  {_described(self.b)}"
        verdict = "one story" if self.is_one_story else "not one story"
        yield f"They are {verdict}."
        yield from self._said()
        yield (
            f"Looked at alone, the two are {_SENSE[self.pair.level]} with a probability of"
            f" {self.pair.probability:.2f}."
        )
        for heading, reasons in (("For it:", self.pair.in_favour), ("Against:", self.pair.against)):
            if reasons:
                yield heading
                yield from (f"  {reason}" for reason in reasons)
        yield from _came_in("A", self.a, self.story_a)
        yield from _came_in("B", self.b, self.story_b)
        yield from _follows("A", self.story_a, "B", self.story_b)
        yield from _follows("B", self.story_b, "A", self.story_a)

    def _said(self) -> Iterator[str]:
        """Say what people or rules have said, of the two or of their stories."""
        if (match := self.constraints.demands(self.a, self.b)) is not None:
            yield f"That goes before all else: {'; '.join(match.reasons)}."
        elif (reason := self.constraints.forbids(self.a, self.b)) is not None:
            yield f"That goes before all else: {reason}."
        elif not self.is_one_story:
            reason = self.constraints.part(self.story_a.articles, self.story_b.articles)
            if reason is not None:
                yield f"Of their stories some articles may not be one: {reason}."


def _described(article: Article) -> str:
    title = article.title or "(no title)"
    return f"{article.id}  {rfc3339(article.published)}  {article.publisher}: {title}"


def _came_in(name: str, article: Article, story: Story) -> Iterator[str]:
    """Say what brought an article into its story."""
    match = next(member.match for member in story.members if member.article.id == article.id)
    if match is None:
        yield f"{name} founded the story {story.id}."
        return
    other = match.b if match.a == article.id else match.a
    title = next((a.title for a in story.articles if a.id == other), other)
    yield f"{name} came into the story {story.id} by “{title}” ({match.level}):"
    yield from (f"  {reason}" for reason in match.reasons)


def _follows(name: str, story: Story, other_name: str, other: Story) -> Iterator[str]:
    """Say what relates a story to an earlier one."""
    for related in story.related:
        if related.story == other.id:
            yield f"{name}'s story follows up {other_name}'s, not being the same event:"
            yield from (f"  {reason}" for reason in related.match.reasons)
