"""What a rule tells of a story, as a message: JSON, in the form that Standard Webhooks advises."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from aggregator.app.record import rfc3339
from aggregator.config import Config, NotifyRule
from aggregator.model import Message, Story
from aggregator.publish.link import address
from aggregator.publish.text import line

WEBHOOK, COMMAND = "webhook", "command"
"""The kinds of messages: how a rule tells."""
PASSED, TEST = "story.passed", "story.test"
"""What is told: that a story passed the rule; or nothing, to try the rule."""
_REPORTS = 20
"""Articles that are named, the earliest."""
_MESSAGES = UUID("0f6c4e86-6a34-5d0e-9c37-5a9fbd4b7b1e")
"""Whose names are what messages tell."""


def kinds(rule: NotifyRule) -> tuple[str, ...]:
    """Return how a rule tells."""
    return (WEBHOOK,) * (rule.webhook is not None) + (COMMAND,) * bool(rule.command)


def message(
    config: Config,
    rule: NotifyRule,
    kind: str,
    story: Story,
    *,
    at: datetime,
    now: datetime,
    event: str = PASSED,
    salt: str = "",
) -> Message:
    """Return the message that tells, to be sent from now on, what a story did ``at`` a time.

    The story is as others may see it. The id is drawn from what is told, and a ``salt``, so that
    not even a store that was restored sends it under another one.
    """
    name = f"msg_{uuid5(_MESSAGES, f'{event} {kind} {rule.id} {story.id} {salt}').hex}"
    body = {
        "type": event,
        "timestamp": rfc3339(at),
        "id": name,
        "data": {
            "rule": {
                "id": rule.id,
                "publishers": rule.publishers,
                "within": int(rule.within.total_seconds()),
            },
            "story": _told(config, story),
        },
    }
    return Message(
        id=name,
        kind=kind,
        target=rule.id,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        created=now,
        due=now,
    )


def _told(config: Config, story: Story) -> dict[str, Any]:
    """Return what is told of a story."""
    base = config.serve.public_url
    reports = sorted(story.articles, key=lambda article: (article.published, article.id))
    return {
        "id": story.id,
        "title": line(story.title(config.languages)),
        "titles": {language: line(title) for language, title in story.titles.items()},
        "link": address(story.lead_article.link),
        "page": base and f"{base.rstrip('/')}/stories/{story.id.removeprefix('urn:uuid:')}",
        "languages": list(story.languages),
        "publishers": [line(publisher) for publisher in story.publishers],
        "articles": len(story.articles),
        "first": rfc3339(story.first),
        "last": rfc3339(story.last),
        "reports": [
            {
                "publisher": line(article.publisher),
                "title": line(article.title),
                "language": article.language,
                "link": address(article.link),
                "published": rfc3339(article.published),
            }
            for article in reports[:_REPORTS]
        ],
    }
