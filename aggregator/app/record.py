"""Stories as JSON objects: what scripts build on."""

from datetime import UTC, datetime
from typing import Any

from aggregator.model import Feed, FeedState, Member, Story
from aggregator.normalize.url import fetchable


def rfc3339(moment: datetime) -> str:
    """Write a time as ``2025-10-17T18:00:00Z`` (RFC 3339)."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def as_record(story: Story) -> dict[str, Any]:
    """Return a story as the JSON object that ``aggregate stories --json`` prints."""
    return {
        "id": story.id,
        "title": story.lead_article.title,
        "languages": list(story.languages),
        "publishers": list(story.publishers),
        "first": rfc3339(story.first),
        "last": rfc3339(story.last),
        "articles": [_member_record(member) for member in story.members],
    }


def _member_record(member: Member) -> dict[str, Any]:
    article, match = member.article, member.match
    return {
        "id": article.id,
        "guid": article.guid,
        "url": fetchable(article.url, article.link) if article.url and article.link else None,
        "title": article.title,
        "feed": article.feed,
        "publisher": article.publisher,
        "published": rfc3339(article.published),
        "published_source": article.published_source,
        "parts": [
            {"language": part.language, "title": part.title, "lead": part.lead}
            for part in article.parts
        ],
        "level": match.level if match else None,
        "probability": round(match.probability, 4) if match else None,
        "reason": "; ".join(match.reasons) if match else "founded the story",
    }


def feed_record(feed: Feed, state: FeedState) -> dict[str, Any]:
    """Return a feed as the JSON object that ``aggregate feeds --json`` prints."""
    return {
        "id": feed.id,
        "name": feed.name,
        "url": None if feed.private else feed.shown_url,
        "checked": state.checked and rfc3339(state.checked),
        "succeeded": state.succeeded and rfc3339(state.succeeded),
        "next": (moment := state.next_poll) and rfc3339(moment),
        "rule": state.rule,
        "failures": state.failures,
        "error": state.error,
    }
