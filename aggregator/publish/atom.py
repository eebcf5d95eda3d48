"""Atom 1.0 (RFC 4287), with its tombstones (RFC 6721) and archives (RFC 5005)."""

from collections.abc import Mapping, Sequence
from html import escape
from uuid import uuid5
from xml.etree.ElementTree import Element

from aggregator import __version__
from aggregator.model import ArchivePage, Tombstone
from aggregator.publish.edition import FRONT_PAGE, Edition
from aggregator.publish.item import Item
from aggregator.publish.markup import (
    ATOM,
    MEDIA,
    child,
    document,
    polling,
    restriction,
    rfc3339,
    rfc3339_exact,
)
from aggregator.publish.privacy import feed_address

NAME = "feed.atom"
TYPE = "application/atom+xml"
_ARCHIVE = "archive/"

_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_HISTORY = "http://purl.org/syndication/history/1.0"


def archive_name(number: int) -> str:
    """Return the name of an archive document within its view's folder."""
    return f"{_ARCHIVE}{number}.atom"


def render(edition: Edition, items: Sequence[Item], contents: Sequence[str]) -> bytes:
    """Write an edition as an Atom feed; ``contents`` are the items' HTML."""
    feed = _feed(edition)
    _head(feed, edition, NAME)
    child(feed, "updated", rfc3339_exact(edition.updated))
    if edition.archives:
        _archive_link(feed, edition, "prev-archive", edition.archives)
    _entries(feed, edition, items, contents, edition.withdrawn)
    return document(feed)


def entries(
    edition: Edition,
    items: Sequence[Item],
    contents: Sequence[str],
    withdrawn: Sequence[Tombstone],
) -> bytes:
    """Write what an archive keeps for good: entries and tombstones, without the feed around."""
    feed = _feed(edition)
    _entries(feed, edition, items, contents, withdrawn)
    return document(feed).split(b">\n", 2)[2].removesuffix(b"</feed>\n")


def archive(edition: Edition, page: ArchivePage) -> bytes:
    """Write an archive document: its entries never change, and links lead both ways."""
    name = archive_name(page.number)
    feed = _feed(edition)
    _head(feed, edition, name, _ARCHIVE)
    child(feed, "updated", rfc3339_exact(page.updated))
    feed.set("xmlns:fh", _HISTORY)
    child(feed, "fh:archive")
    child(feed, "link", rel="current", type=TYPE, href=edition.href(NAME, _ARCHIVE))
    if page.number > 1:
        _archive_link(feed, edition, "prev-archive", page.number - 1, _ARCHIVE)
    if page.number < edition.archives:
        _archive_link(feed, edition, "next-archive", page.number + 1, _ARCHIVE)
    return document(feed).removesuffix(b"</feed>\n") + page.entries + b"</feed>\n"


def _feed(edition: Edition) -> Element:
    return Element("feed", {"xmlns": ATOM, "xmlns:media": MEDIA, "xml:lang": edition.language})


def _head(feed: Element, edition: Edition, name: str, within: str = "") -> None:
    """Write what a feed says of itself; ``within`` is the folder that the document lies in."""
    settings = edition.settings
    child(feed, "id", edition.uuid.urn)
    _text(feed, "title", edition.title)
    _text(feed, "subtitle", edition.description)
    child(child(feed, "author"), "name", edition.title)
    child(feed, "generator", "aggregator", version=__version__)
    child(feed, "link", rel="alternate", type="text/html", href=edition.href(FRONT_PAGE, within))
    if settings.base_url:
        child(feed, "link", rel="self", type=TYPE, href=edition.href(name))
    for hub in settings.hubs:
        child(feed, "link", rel="hub", href=hub)
    if settings.license:  # RFC 4946
        child(feed, "link", rel="license", href=settings.license)
    if settings.rights:
        _text(feed, "rights", settings.rights)
    if settings.icon:
        child(feed, "icon", settings.icon)
    if settings.logo:
        child(feed, "logo", settings.logo)
    polling(feed, settings)
    restriction(feed, settings)


def _text(parent: Element, tag: str, text: str, lang: str | None = None) -> None:
    """Write a text (section 3.1): as HTML where readers that do not ask could take it for that."""
    if "<" in text or "&" in text:
        child(parent, tag, escape(text, quote=False), lang=lang, type="html")
    else:
        child(parent, tag, text, lang=lang)


def _archive_link(feed: Element, edition: Edition, rel: str, number: int, within: str = "") -> None:
    child(feed, "link", rel=rel, type=TYPE, href=edition.href(archive_name(number), within))


def _entries(
    feed: Element,
    edition: Edition,
    items: Sequence[Item],
    contents: Sequence[str],
    withdrawn: Sequence[Tombstone],
) -> None:
    titles = {item.id: item for item in items}
    for tombstone in withdrawn:
        _tombstone(feed, edition, tombstone, titles)
    for item, content in zip(items, contents, strict=True):
        _entry(feed, edition, item, content)


def _tombstone(
    feed: Element, edition: Edition, tombstone: Tombstone, told: Mapping[str, Item]
) -> None:
    """Say that a story is withdrawn, by whom, and which one it turned out to be."""
    gone = child(feed, "at:deleted-entry", ref=tombstone.story, when=rfc3339(tombstone.at))
    gone.set("xmlns:at", _TOMBSTONES)  # here: most feeds need none, and validators know it not
    child(child(gone, "at:by"), "name", edition.title)
    survivor = told.get(tombstone.survivor)
    if survivor is None:
        child(gone, "at:comment", "It turned out to be another story.")
        return
    child(gone, "at:comment", f"It turned out to be one story with: {survivor.lead.title}")
    child(gone, "link", rel="related", href=survivor.id, title=survivor.lead.title)


def _entry(feed: Element, edition: Edition, item: Item, content: str) -> None:
    entry = child(feed, "entry")
    lead = item.lead
    child(entry, "id", item.id)
    _text(entry, "title", lead.title, lead.language or "und")
    child(entry, "updated", rfc3339_exact(item.updated))
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
    for earlier in item.earlier:
        child(
            entry,
            "link",
            rel="related",
            href=earlier.link,
            hreflang=earlier.language,
            title=f"Earlier: {earlier.title}",
        )
    for enclosure in item.enclosures:
        length = None if enclosure.length is None else str(enclosure.length)
        child(
            entry, "link", rel="enclosure", href=enclosure.url, type=enclosure.type, length=length
        )
    for category in item.categories:
        child(entry, "category", term=category)
    if item.excerpt:
        _text(entry, "summary", item.excerpt, lead.language or "und")
    child(entry, "content", content, type="html")
    if item.image:
        child(entry, "media:thumbnail", url=item.image)
    _source(entry, edition, item)


def _source(entry: Element, edition: Edition, item: Item) -> None:
    """Name the lead's feed (section 4.2.11); by an id of ours where its address is not for all."""
    url = feed_address(item.feed)
    source = child(entry, "source")
    child(source, "id", url or uuid5(edition.uuid, item.feed.id).urn)
    _text(source, "title", item.feed.name)
    child(source, "updated", rfc3339(item.lead.published))
    if url:
        child(source, "link", rel="self", href=url)
