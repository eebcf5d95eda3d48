"""What the API sends, as JSON Schema and OpenAPI have it."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from aggregator.app.explain import PairExplanation
from aggregator.app.monitor import FeedHealth
from aggregator.model import Article, Member, Poll, Story
from aggregator.publish.link import address


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True)


class PartShape(_Shape):
    """A text in one language within an article."""

    language: Annotated[str | None, Field(description="BCP 47")]
    title: str
    lead: str


class ArticleShape(_Shape):
    """An article, and why it is in its story."""

    id: str
    title: str
    url: Annotated[str | None, Field(description="Where it is read")]
    feed: str
    publisher: str
    language: str | None
    published: datetime
    published_source: Annotated[str, Field(description="feed, updated or first-seen")]
    parts: list[PartShape]
    level: Annotated[str | None, Field(description="item, copy or event; null: founded the story")]
    probability: float | None
    reasons: list[str]


class StoryShape(_Shape):
    """A story: articles about one event."""

    id: str
    title: str
    titles: Annotated[dict[str, str], Field(description="By language")]
    languages: list[str]
    publishers: list[str]
    categories: list[str]
    first: datetime
    last: datetime
    created: datetime
    updated: datetime
    representative: Annotated[str, Field(description="The article whose words stand for it")]
    related: Annotated[list[str], Field(description="Earlier stories that it follows up")]
    articles: list[ArticleShape]


class StoriesShape(_Shape):
    """A page of stories."""

    stories: list[StoryShape]
    next: Annotated[str | None, Field(description="The cursor of the next page; null: the end")]


class ArticleInStory(_Shape):
    """An article, with the id of its story."""

    article: ArticleShape
    story: str


class PollShape(_Shape):
    """A feed was asked, and this came of it."""

    at: datetime
    outcome: Annotated[str, Field(description="news, unchanged or failed")]
    status: Annotated[int, Field(description="Of HTTP; 0: no answer came")]
    new: int
    changed: int
    seconds: Annotated[float, Field(description="From the question to the end of the answer")]
    error: str | None


class FeedShape(_Shape):
    """A feed, and how it is doing."""

    id: str
    name: str
    url: str | None
    category: str | None
    language: str | None
    condition: Annotated[str, Field(description="well, waiting, late, failing or gone")]
    checked: datetime | None
    succeeded: datetime | None
    next: datetime | None
    rule: str | None
    failures: int
    error: str | None
    daily: Annotated[list[int], Field(description="Articles on each of the latest days")]
    duplicates: dict[str, int]
    polls: Annotated[list[PollShape], Field(description="The latest, newest first")]


class FeedsShape(_Shape):
    """All feeds."""

    feeds: list[FeedShape]


class ExplanationShape(_Shape):
    """Why two articles are, or are not, one story."""

    a: str
    b: str
    is_one_story: bool
    story_a: str
    story_b: str
    probability: Annotated[float, Field(description="That both report one event, looked at alone")]
    in_favour: list[str]
    against: list[str]


class ProblemShape(_Shape):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


def story_shape(story: Story, categories: tuple[str, ...]) -> StoryShape:
    """Give a story its shape."""
    return StoryShape(
        id=story.id,
        title=story.title(),
        titles=story.titles,
        languages=list(story.languages),
        publishers=list(story.publishers),
        categories=list(categories),
        first=story.first,
        last=story.last,
        created=story.created,
        updated=story.updated,
        representative=story.representative,
        related=[related.story for related in story.related],
        articles=[member_shape(member) for member in story.members],
    )


def member_shape(member: Member) -> ArticleShape:
    """Give a story's article its shape."""
    article, match = member.article, member.match
    return ArticleShape(
        id=article.id,
        title=article.title,
        url=address(article.link),
        feed=article.feed,
        publisher=article.publisher,
        language=article.language,
        published=article.published,
        published_source=article.published_source,
        parts=_parts(article),
        level=match.level if match else None,
        probability=match.probability if match else None,
        reasons=list(match.reasons) if match else [],
    )


def feed_shape(health: FeedHealth) -> FeedShape:
    """Give a feed its shape."""
    feed, state = health.feed, health.state
    return FeedShape(
        id=feed.id,
        name=feed.name,
        url=health.url,
        category=feed.category,
        language=feed.language,
        condition=health.condition,
        checked=state.checked,
        succeeded=state.succeeded,
        next=state.next_poll,
        rule=state.rule,
        failures=state.failures,
        error=state.error,
        daily=list(health.daily),
        duplicates={level.value: count for level, count in health.duplicates.items()},
        polls=list(map(_poll_shape, health.latest)),
    )


def explanation_shape(
    explanation: PairExplanation, redact: Callable[[str], str]
) -> ExplanationShape:
    """Give an explanation its shape; ``redact`` blots out secrets that both articles echo."""
    return ExplanationShape(
        a=explanation.a.id,
        b=explanation.b.id,
        is_one_story=explanation.is_one_story,
        story_a=explanation.story_a.id,
        story_b=explanation.story_b.id,
        probability=explanation.pair.probability,
        in_favour=list(map(redact, explanation.pair.in_favour)),
        against=list(map(redact, explanation.pair.against)),
    )


def _poll_shape(poll: Poll) -> PollShape:
    return PollShape(
        at=poll.at,
        outcome=poll.outcome,
        status=poll.status,
        new=poll.new,
        changed=poll.changed,
        seconds=poll.elapsed.total_seconds(),
        error=poll.error,
    )


def _parts(article: Article) -> list[PartShape]:
    return [
        PartShape(language=part.language, title=part.title, lead=part.lead)
        for part in article.parts
    ]
