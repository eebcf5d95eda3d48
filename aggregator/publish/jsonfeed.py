"""JSON Feed 1.1."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aggregator import __version__
from aggregator.config import Publish
from aggregator.publish.edition import FRONT_PAGE, Edition
from aggregator.publish.item import Item, Report
from aggregator.publish.markup import rfc3339, rfc3339_exact

NAME = "feed.json"
TYPE = "application/feed+json"


def render(edition: Edition, items: Sequence[Item], contents: Sequence[str]) -> bytes:
    """Write an edition as a JSON feed; ``contents`` are the items' HTML."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": edition.title,
        "description": edition.description,
        "home_page_url": edition.settings.base_url and edition.href(FRONT_PAGE),
        "language": edition.language,
        "feed_url": edition.settings.base_url and edition.href(NAME),
        "icon": edition.settings.logo or edition.settings.icon,
        "favicon": edition.settings.icon,
        "hubs": [{"type": "WebSub", "url": hub} for hub in edition.settings.hubs] or None,
        "_aggregator": _about(edition.settings),
        "items": [_item(item, content) for item, content in zip(items, contents, strict=True)],
    }
    return json.dumps(_present(feed), ensure_ascii=False).encode() + b"\n"


def _about(settings: Publish) -> Mapping[str, Any]:
    """Return what JSON Feed has no members for."""
    return _present(
        {
            "generator": f"aggregator {__version__}",
            "rights": settings.rights,
            "license": settings.license,
            "robots": settings.robots if settings.robots != "index" else None,
        }
    )


def _item(item: Item, content: str) -> Mapping[str, Any]:
    lead = item.lead
    return _present(
        {
            "id": item.id,
            "url": lead.link,
            "title": lead.title,
            "language": lead.language,
            "summary": item.excerpt or None,
            "content_html": content,
            "image": item.image,
            "date_published": rfc3339(item.published),
            "date_modified": rfc3339_exact(item.updated),
            "authors": [{"name": author} for author in item.authors],
            "tags": list(item.categories) or None,
            "attachments": [
                _present(
                    {
                        "url": enclosure.url,
                        "mime_type": enclosure.type or "application/octet-stream",
                        "size_in_bytes": enclosure.length,
                    }
                )
                for enclosure in item.enclosures
            ]
            or None,
            "_aggregator": {
                "publishers": list(item.publishers),
                "languages": list(item.languages),
                "lead": _report(lead),
                "also": [_report(report) for report in item.reports],
                "unlisted": item.unlisted,
                "earlier": [
                    _present(
                        {"id": e.story, "title": e.title, "language": e.language, "url": e.link}
                    )
                    for e in item.earlier
                ],
            },
        }
    )


def _report(report: Report) -> Mapping[str, Any]:
    return _present(
        {
            "publisher": report.publisher,
            "title": report.title,
            "language": report.language,
            "url": report.link,
            "date_published": rfc3339(report.published),
            "published_source": report.published_source,
            "level": report.level,
            "reasons": list(report.reasons) or None,
        }
    )


def _present(members: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out what is None: JSON Feed wants a member absent, not null."""
    return {name: value for name, value in members.items() if value is not None}
