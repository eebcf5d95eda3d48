"""One story with everything that is known of it, or one article that stands in none."""

from collections.abc import Iterator, Sequence
from typing import Any

from aggregator.app.aggregator import Aggregator
from aggregator.app.naming import article_named, articles_named, story_named
from aggregator.app.record import as_record, rfc3339
from aggregator.errors import NotFoundError
from aggregator.model import Article, Member, Story
from aggregator.normalize.url import fetchable

Shown = Story | Article
"""What a name stands for: a story, or an article that is kept out of stories."""


def shown(aggregator: Aggregator, name: str) -> Shown:
    """Return the story that a name stands for, or is of an article of, by id, guid or url.

    Of a muted article that one. Raises NotFoundError where there is none, or several.
    """
    store = aggregator.store
    try:
        return story_named(store, name)
    except NotFoundError as unknown:
        if name in aggregator.feeds():
            raise NotFoundError(
                f"{name} is a feed: aggregate feeds tells how it is,"
                f" aggregate check {name} what it carries"
            ) from unknown
        muted = store.muted.among(article.id for article in articles_named(store, name))
        if muted:
            return article_named(store, name)
        raise


def lines(found: Shown, languages: Sequence[str]) -> Iterator[str]:
    """Yield all of it in words, with the title that serves a reader of these languages."""
    if isinstance(found, Story):
        yield from _story(found, languages)
    else:
        yield found.title
        yield from _article(found)
        yield "  in no story: it is muted"


def shown_record(found: Shown, languages: Sequence[str]) -> dict[str, Any]:
    """Return it as the JSON object that ``aggregate show --json`` prints."""
    if isinstance(found, Story):
        return as_record(found, languages)
    return {
        "id": found.id,
        "title": found.title,
        "feed": found.feed,
        "url": _link(found),
        "published": rfc3339(found.published),
        "muted": True,
    }


def _story(story: Story, languages: Sequence[str]) -> Iterator[str]:
    yield story.title(languages)
    yield f"  {story.id}"
    count = len(story.members)
    yield (
        f"  {count} article{'s' * (count > 1)} by {', '.join(story.publishers)}, "
        f"{story.first:%Y-%m-%d %H:%M} to {story.last:%Y-%m-%d %H:%M} UTC"
    )
    for member in story.members:
        yield ""
        yield from _member(member, represents=member.article.id == story.representative)
    if story.related:
        yield ""
    for related in story.related:
        reasons = "; ".join(related.match.reasons)
        yield f"related: {related.story} ({related.match.probability:.2f}): {reasons}"


def _member(member: Member, *, represents: bool) -> Iterator[str]:
    match = member.match
    yield f"{member.article.title}{'  (stands for the story)' if represents else ''}"
    yield from _article(member.article)
    if match is None:
        yield "  founded the story"
    else:
        reasons = "; ".join(match.reasons)
        yield f"  {match.level}, {match.probability:.2f} by {match.b}: {reasons}"


def _article(article: Article) -> Iterator[str]:
    yield f"  {article.id}  {article.feed}  {article.published:%Y-%m-%d %H:%M} UTC"
    if link := _link(article):
        yield f"  {link}"


def _link(article: Article) -> str | None:
    return fetchable(article.url, article.link) if article.url and article.link else article.link
