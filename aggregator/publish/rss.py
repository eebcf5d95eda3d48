"""RSS 2.0, with the RSS Advisory Board's Best Practices Profile."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from xml.etree.ElementTree import Element

from aggregator import __version__
from aggregator.publish.edition import FRONT_PAGE, Edition
from aggregator.publish.item import Item
from aggregator.publish.markup import (
    ATOM,
    MEDIA,
    child,
    document,
    polling,
    restriction,
    rfc3339_exact,
)
from aggregator.publish.privacy import feed_address

NAME = "feed.rss"
TYPE = "application/rss+xml"


def render(edition: Edition, items: Sequence[Item], contents: Sequence[str]) -> bytes:
    """Write an edition as an RSS feed; ``contents`` are the items' HTML."""
    rss = Element(
        "rss",
        {
            "version": "2.0",
            "xmlns:atom": ATOM,
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
            "xmlns:media": MEDIA,
        },
    )
    restriction(rss, edition.settings)
    channel = child(rss, "channel")
    child(channel, "title", edition.title)
    child(channel, "link", edition.href(FRONT_PAGE))
    child(channel, "description", escape(edition.description, quote=False))
    child(channel, "language", edition.language)
    child(channel, "lastBuildDate", _rfc822(edition.updated))
    child(channel, "generator", f"aggregator {__version__}")
    child(channel, "docs", "https://www.rssboard.org/rss-specification")
    _about(channel, edition)
    for item, content in zip(items, contents, strict=True):
        _item(channel, item, content)
    # The profile's spelling of these two, which the most readers get right in a title.
    return document(rss).replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")


def _about(channel: Element, edition: Edition) -> None:
    """Write what the settings say of the feed as a whole."""
    settings = edition.settings
    if settings.base_url:
        child(channel, "atom:link", rel="self", type=TYPE, href=edition.href(NAME))
    for hub in settings.hubs:
        child(channel, "atom:link", rel="hub", href=hub)
    if settings.rights:
        child(channel, "copyright", settings.rights)
    if settings.license:
        channel.set("xmlns:creativeCommons", "http://backend.userland.com/creativeCommonsRssModule")
        child(channel, "creativeCommons:license", settings.license)
    if settings.ttl:
        child(channel, "ttl", str(max(1, settings.ttl // timedelta(minutes=1))))
    if picture := settings.logo or settings.icon:
        image = child(channel, "image")
        child(image, "url", picture)
        child(image, "title", edition.title)
        child(image, "link", edition.href(FRONT_PAGE))
    polling(channel, settings)


def _item(channel: Element, item: Item, content: str) -> None:
    element = child(channel, "item")
    lead = item.lead
    child(element, "title", lead.title)
    if lead.link:
        child(element, "link", lead.link)
    child(element, "description", escape(item.excerpt, quote=False) or content)
    child(element, "content:encoded", content)
    for author in item.authors:
        child(element, "dc:creator", author)
    if lead.language:
        child(element, "dc:language", lead.language)
    for category in item.categories:
        child(element, "category", category)
    for enclosure in item.enclosures[:1]:
        child(
            element,
            "enclosure",
            url=enclosure.url,
            length=str(enclosure.length or 0),
            type=enclosure.type or "application/octet-stream",
        )
    child(element, "guid", item.id, isPermaLink="false")
    child(element, "pubDate", _rfc822(item.published))
    child(element, "atom:updated", rfc3339_exact(item.updated))
    if item.image:
        child(element, "media:thumbnail", url=item.image)
    if url := feed_address(item.feed):
        child(element, "source", item.feed.name, url=url)


def _rfc822(time: datetime) -> str:
    return format_datetime(time.astimezone(UTC), usegmt=True)
