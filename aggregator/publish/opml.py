"""The subscriptions as OPML 2.0."""

import re
from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element

from aggregator.model import Feed
from aggregator.publish.category import all_of, path
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
    """Write the feeds that an edition may tell of, a folder a category, in one another.

    Without those that nobody else can subscribe to: local files, and addresses with credentials.
    """
    return _document(edition.title, edition.subscriptions)


def by_category(edition: Edition) -> Mapping[str, bytes]:
    """Write each category's feeds by themselves; return the documents by file name.

    A category has the feeds of those that lie in it too.
    """
    titles: dict[str, str] = {}
    feeds: dict[str, list[Feed]] = {}
    for feed in filter(feed_address, edition.subscriptions):
        names = {file_name(category): category for category in all_of(feed.category)}
        titles = names | titles
        for name in names:
            feeds.setdefault(name, []).append(feed)
    return {
        name: _document(f"{edition.title}: {line(titles[name])}", found)
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
    folders: dict[tuple[str, ...], Element] = {(): body}
    for feed in feeds:
        url = feed_address(feed)
        if url is None:
            continue
        names = path(feed.category)
        for depth in range(1, len(names) + 1):
            if names[:depth] not in folders:
                above = folders[names[: depth - 1]]
                folders[names[:depth]] = child(above, "outline", text=names[depth - 1])
        child(
            folders[names],
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
