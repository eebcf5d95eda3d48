"""Atom 1.0 (RFC 4287)."""

from collections.abc import Sequence
from uuid import uuid5
from xml.etree.ElementTree import Element

from aggregator import __version__
from aggregator.publish.edition import FRONT_PAGE, Edition
from aggregator.publish.item import Item
from aggregator.publish.markup import ATOM, MEDIA, child, document, rfc3339
from aggregator.publish.privacy import feed_address

NAME = "feed.atom"
TYPE = "application/atom+xml"


def render(edition: Edition, items: Sequence[Item], contents: Sequence[str]) -> bytes:
    """Write an edition as an Atom feed; ``contents`` are the items' HTML."""
    feed = Element("feed", {"xmlns": ATOM, "xmlns:media": MEDIA, "xml:lang": edition.language})
    child(feed, "id", edition.uuid.urn)
    child(feed, "title", edition.title)
    child(feed, "subtitle", edition.description)
    child(feed, "updated", rfc3339(edition.updated))
    child(child(feed, "author"), "name", edition.title)
    child(feed, "generator", "aggregator", version=__version__)
    child(feed, "link", rel="alternate", type="text/html", href=edition.href(FRONT_PAGE))
    if edition.base_url:
        child(feed, "link", rel="self", type=TYPE, href=edition.href(NAME))
    for item, content in zip(items, contents, strict=True):
        _entry(feed, edition, item, content)
    return document(feed)


def _entry(feed: Element, edition: Edition, item: Item, content: str) -> None:
    entry = child(feed, "entry")
    lead = item.lead
    child(entry, "id", item.id)
    child(entry, "title", lead.title, lang=lead.language or "und")
    child(entry, "updated", rfc3339(item.updated))
    child(entry, "published", rfc3339(item.published))
    for author in item.authors:
        child(child(entry, "author"), "name", author)
    if lead.link:
        child(entry, "link", rel="alternate", href=lead.link, hreflang=lead.language)
    for report in item.reports:
        if report.link is None:
            continue
        child(
            entry,
            "link",
            rel="related",
            href=report.link,
            hreflang=report.language,
            title=f"{report.publisher}: {report.title}",
        )
    for enclosure in item.enclosures:
        length = None if enclosure.length is None else str(enclosure.length)
        child(
            entry, "link", rel="enclosure", href=enclosure.url, type=enclosure.type, length=length
        )
    for category in item.categories:
        child(entry, "category", term=category)
    if item.excerpt:
        child(entry, "summary", item.excerpt, lang=lead.language or "und")
    child(entry, "content", content, type="html")
    if item.image:
        child(entry, "media:thumbnail", url=item.image)
    _source(entry, edition, item)


def _source(entry: Element, edition: Edition, item: Item) -> None:
    """Name the lead's feed (section 4.2.11); by an id of ours where its address is not for all."""
    url = feed_address(item.feed)
    source = child(entry, "source")
    child(source, "id", url or uuid5(edition.uuid, item.feed.id).urn)
    child(source, "title", item.feed.name)
    child(source, "updated", rfc3339(item.lead.published))
    if url:
        child(source, "link", rel="self", href=url)
