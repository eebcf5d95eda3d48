"""The subscriptions as OPML 2.0."""

import re
from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element

from aggregator.model import Feed
from aggregator.publish.edition import Edition
from aggregator.publish.markup import child, document
from aggregator.publish.privacy import feed_address
from aggregator.publish.text import line

NAME = "feeds.opml"
TYPE = "text/x-opml"
FOLDER = "opml/"

_UNSAFE = re.compile(r"[\W_]+")
_LONGEST = 40


def render(edition: Edition) -> bytes:
    """Write the feeds that an edition may tell of, a folder a category.

    Without those that nobody else can subscribe to: local files, and addresses with credentials.
    """
    return _document(edition.title, edition.subscriptions)


def by_category(edition: Edition) -> Mapping[str, bytes]:
    """Write each category's feeds by themselves; return the documents by file name."""
    feeds: dict[str, list[Feed]] = {}
    for feed in edition.subscriptions:
        if feed.category and feed_address(feed):
            feeds.setdefault(file_name(feed.category), []).append(feed)
    return {
        name: _document(f"{edition.title}: {line(found[0].category or '')}", found)
        for name, found in feeds.items()
    }


def file_name(category: str) -> str:
    """Name a category's file, safe anywhere; two spellings of one category share it."""
    slug = _UNSAFE.sub("-", category.casefold())[:_LONGEST].strip("-")
    return f"{FOLDER}{slug or 'other'}.opml"


def _document(title: str, feeds: Iterable[Feed]) -> bytes:
    opml = Element("opml", {"version": "2.0"})
    child(child(opml, "head"), "title", title)
    body = child(opml, "body")
    folders: dict[str | None, Element] = {None: body}
    for feed in feeds:
        url = feed_address(feed)
        if url is None:
            continue
        if feed.category not in folders:
            folders[feed.category] = child(body, "outline", text=feed.category)
        child(
            folders[feed.category],
            "outline",
            type="rss",
            text=feed.name,
            title=feed.name,
            xmlUrl=url,
            language=feed.language,
        )
    if len(body) == 0:  # which the specification does not allow
        child(body, "outline", text="None of these feeds can be subscribed to by others")
    return document(opml)
