"""Stories as JSON objects: what scripts build on."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from aggregator.model import Member, Story
from aggregator.normalize.url import fetchable
from aggregator.phrase import Phrase


def rfc3339(moment: datetime) -> str:
    """Write a time as ``2025-10-17T18:00:00Z`` (RFC 3339)."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def as_record(story: Story, languages: Sequence[str] = ()) -> dict[str, Any]:
    """Return a story as the JSON object that ``aggregate stories --json`` prints.

    ``languages`` are the reader's, best first, whom its title is to serve.
    """
    return {
        "id": story.id,
        "title": story.title(languages),
        "titles": story.titles,
        "representative": story.representative,
        "languages": list(story.languages),
        "publishers": list(story.publishers),
        "first": rfc3339(story.first),
        "last": rfc3339(story.last),
        "related": [
            {
                "id": related.story,
                "probability": round(related.match.probability, 4),
                "reason": "; ".join(related.match.reasons),
                "reasons": list(map(phrase_record, related.match.reasons)),
            }
            for related in story.related
        ],
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
        "reasons": list(map(phrase_record, match.reasons)) if match else [],
    }


def phrase_record(text: str) -> dict[str, Any]:
    """Return what is said to people as JSON: in English, and what it is translated from.

    The template is a msgid (gettext) with named fields (str.format); a value may be a phrase too.
    """
    phrase = Phrase.of(text)
    values = {
        name: phrase_record(value) if isinstance(value, Phrase) else value
        for name, value in phrase.values.items()
    }
    return {"text": str(phrase), "template": phrase.template, "values": values}
