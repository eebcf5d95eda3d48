"""Why two articles are, or are not, one story: in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from aggregator.app.record import rfc3339
from aggregator.cluster import Constraints
from aggregator.match import Explanation
from aggregator.model import Article, Level, Story
from aggregator.phrase import Phrase

_SENSE = {
    Level.ITEM: Phrase("one item"),
    Level.COPY: Phrase("one text"),
    Level.EVENT: Phrase("of one event"),
}
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

    def lines(self) -> Iterator[Phrase]:
        """Yield the explanation, a line at a time."""
        yield Phrase("A  {article}", article=_described(self.a))
        if self.a.id == self.b.id:
            yield Phrase("B is the same article.")
            return
        yield Phrase("B  {article}", article=_described(self.b))
        if self.is_one_story:
            yield Phrase("They are one story.")
        else:
            yield Phrase("They are not one story.")
        yield from self._said()
        yield Phrase(
            "Looked at alone, the two are {sense} with a probability of {probability:.2f}.",
            sense=_SENSE[self.pair.level],
            probability=self.pair.probability,
        )
        if self.pair.in_favour:
            yield Phrase("For it:")
            yield from map(_indented, self.pair.in_favour)
        if self.pair.against:
            yield Phrase("Against:")
            yield from map(_indented, self.pair.against)
        yield from _came_in("A", self.a, self.story_a)
        yield from _came_in("B", self.b, self.story_b)
        yield from _follows("A", self.story_a, "B", self.story_b)
        yield from _follows("B", self.story_b, "A", self.story_a)

    def _said(self) -> Iterator[Phrase]:
        """Say what people or rules have said, of the two or of their stories."""
        if (match := self.constraints.demands(self.a, self.b)) is not None:
            yield Phrase("That goes before all else: {reason}.", reason=_joined(match.reasons))
        elif (reason := self.constraints.forbids(self.a, self.b)) is not None:
            yield Phrase("That goes before all else: {reason}.", reason=reason)
        elif not self.is_one_story:
            reason = self.constraints.part(self.story_a.articles, self.story_b.articles)
            if reason is not None:
                yield Phrase(
                    "Of their stories some articles may not be one: {reason}.", reason=reason
                )


def explanation_record(explanation: PairExplanation) -> dict[str, Any]:
    """Return an explanation as the JSON object that ``aggregate explain --json`` prints."""
    pair = explanation.pair
    return {
        "a": explanation.a.id,
        "b": explanation.b.id,
        "story_a": explanation.story_a.id,
        "story_b": explanation.story_b.id,
        "is_one_story": explanation.is_one_story,
        "level": pair.level,
        "probability": pair.probability,
        "for": list(pair.in_favour),
        "against": list(pair.against),
        "lines": list(explanation.lines()),
    }


def _described(article: Article) -> str:
    title = article.title or "(no title)"
    return f"{article.id}  {rfc3339(article.published)}  {article.publisher}: {title}"


def _came_in(name: str, article: Article, story: Story) -> Iterator[Phrase]:
    """Say what brought an article into its story."""
    match = next(member.match for member in story.members if member.article.id == article.id)
    if match is None:
        yield Phrase("{name} founded the story {story}.", name=name, story=story.id)
        return
    other = match.b if match.a == article.id else match.a
    title = next((a.title for a in story.articles if a.id == other), other)
    yield Phrase(
        "{name} came into the story {story} by “{title}” ({level}):",
        name=name,
        story=story.id,
        title=title,
        level=match.level,
    )
    yield from map(_indented, match.reasons)


def _follows(name: str, story: Story, other_name: str, other: Story) -> Iterator[Phrase]:
    """Say what relates a story to an earlier one."""
    for related in story.related:
        if related.story == other.id:
            yield Phrase(
                "{name}'s story follows up {other}'s, not being the same event:",
                name=name,
                other=other_name,
            )
            yield from map(_indented, related.match.reasons)


def _indented(reason: str) -> Phrase:
    return Phrase("  {reason}", reason=Phrase.of(reason))


def _joined(reasons: Sequence[str]) -> Phrase:
    """Return reasons as one phrase."""
    first, *others = map(Phrase.of, reasons)
    for other in others:
        first = Phrase("{reason}; {other}", reason=first, other=other)
    return first
