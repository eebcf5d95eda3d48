"""The subscriptions as OPML 2.0."""

from xml.etree.ElementTree import Element

from aggregator.publish.edition import Edition
from aggregator.publish.markup import child, document
from aggregator.publish.privacy import feed_address

NAME = "feeds.opml"
TYPE = "text/x-opml"


def render(edition: Edition) -> bytes:
    """Write an edition's feeds, a folder a category.

    Without those that nobody else can subscribe to: local files, and addresses with credentials.
    """
    opml = Element("opml", {"version": "2.0"})
    child(child(opml, "head"), "title", edition.title)
    body = child(opml, "body")
    folders: dict[str | None, Element] = {None: body}
    for feed in edition.feeds:
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
