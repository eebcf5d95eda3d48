"""What feedparser's dictionaries say of an item, in the terms of our model.

feedparser's dictionaries answer to old names too (``updated`` for ``published``), with a warning;
they are read as plain dictionaries here, so that a thing not said stays not said.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from aggregator.model import Content, Enclosure, Entry

Raw = Mapping[str, Any]
"""A dictionary of feedparser's."""

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_ADDRESS = r"(?P<address>[^\s@<>()]+@[^\s@<>()]+)"
_COMMENTED = re.compile(_ADDRESS + r"\s*\((?P<name>[^@]*)\)")
"""``bob@example.org (Bob Smith)``"""
_BRACKETED = re.compile(r"(?P<name>[^@]*)[<(]" + _ADDRESS + r"[>)]")
"""``Bob Smith <bob@example.org>``"""
_PICTURE = re.compile(r"\.(?:avif|gif|jpe?g|png|webp)(?:[?#]|$)", re.IGNORECASE)
_ICON = 48
"""Pixels of width up to which a picture is somebody's face or a mark, not the item's."""
_LONGEST_NUMBER = 18
"""Digits: more bytes than any file has."""
_LONGEST_TAG = 35
"""Characters of a language tag (RFC 5646 section 4.4.1)."""
MAX_NAMES = 100
LONGEST_NAME = 1_000
"""Authors of a feed are those of each of its items: without a limit it grows by their number."""


def entry(raw: Raw, feed_authors: tuple[str, ...], *, permalink: bool, atom: bool) -> Entry:
    """Return an item as the feed has it.

    ``feed_authors`` stand in where the item and its source name none (RFC 4287 section 4.2.1).
    """
    guid = text(raw, "id")
    source: Raw = _get(raw, "source") or {}
    enclosures = tuple(_enclosures(raw))
    summary, content = _said(raw, "summary", atom=atom), tuple(_contents(raw, atom=atom))
    if summary is None and not content:  # then a caption is all there is, as with films
        summary = _said(raw, "media_description", atom=atom)
    published, updated = _dates(raw, atom=atom)
    return Entry(
        guid=guid,
        guid_is_link=permalink and guid is not None,
        link=text(raw, "feedburner_origlink") or _link(raw),
        title=_said(raw, "title", atom=atom),
        summary=summary,
        content=content,
        authors=names(raw) or names(source) or feed_authors,
        categories=tuple(_categories(raw)),
        enclosures=enclosures,
        image=_image(raw, enclosures),
        published=published,
        updated=updated,
        source_title=text(source, "title"),
        source_url=text(source, "link") or text(source, "href"),
    )


def text(raw: Raw, key: str) -> str | None:
    """Return a text of a dictionary without blanks around it, None where there is none."""
    value = _get(raw, key)
    return value.strip() or None if isinstance(value, str) else None


def language(tag: str | None) -> str | None:
    """Return a language tag, which many items may have from one place; none is longer than that."""
    return tag if tag and len(tag) <= _LONGEST_TAG else None


def names(raw: Raw) -> tuple[str, ...]:
    """Return the names of the authors, the address of one who gives no name."""
    people = (_get(raw, "authors") or ())[:MAX_NAMES]
    found = [text(person, "name") or text(person, "email") for person in people]
    return tuple(dict.fromkeys(_person(name[:LONGEST_NAME]) for name in found if name))


def related(raw: Raw, relation: str) -> Iterator[str]:
    """Yield the addresses that links of this relation name."""
    for link in _get(raw, "links") or ():
        if relation in (text(link, "rel") or "").split() and (address := text(link, "href")):
            yield address


def _person(author: str) -> str:
    """Return the name in a mailbox, as RSS 2.0 writes it or RFC 5322 (section 3.4) does.

    Where that has no name its address, and anything else as it is.
    """
    match = _COMMENTED.fullmatch(author) or _BRACKETED.fullmatch(author)
    return match["name"].strip(' "') or match["address"] if match else author


def _get(raw: Raw, key: str) -> Any:
    return dict.get(raw, key) if isinstance(raw, dict) else None


def _link(raw: Raw) -> str | None:
    """Return the item's own link; where there is none, feedparser puts the guid in its place."""
    links = list(related(raw, "alternate"))
    link = text(raw, "link")
    return link if link in links else next(iter(links), None)


def _said(raw: Raw, key: str, *, atom: bool) -> Content | None:
    """Return a text that the item has itself: feedparser copies contents to summaries."""
    detail, value = _get(raw, f"{key}_detail"), text(raw, key)
    return _content(raw, detail, value, atom=atom) if detail and value else None


def _contents(raw: Raw, *, atom: bool) -> Iterator[Content]:
    for detail in _get(raw, "content") or ():
        if detail["value"] and _is_text(detail):
            yield _content(raw, detail, detail["value"], atom=atom)


def _is_text(detail: Raw) -> bool:
    """Whether a content is for reading: Atom's may be a film elsewhere, or a picture in base64."""
    kind = text(detail, "type") or ""
    return kind.startswith("text/") or kind in _HTML_TYPES


def _content(raw: Raw, detail: Raw, value: str, *, atom: bool) -> Content:
    """Return a text with its kind: RSS texts are markup by custom, Atom's say what they are."""
    if text(detail, "type") == "application/xhtml+xml":
        value = value.replace("></br>", ">")  # feedparser's <br/>, two breaks to a browser
    return Content(
        value=value,
        html=not atom or text(detail, "type") in _HTML_TYPES,
        language=language(text(detail, "language")) or language(text(raw, "language")),
        base=text(detail, "base"),
    )


def _dates(raw: Raw, *, atom: bool) -> tuple[str | None, str | None]:
    """Return when it was published and updated, as written.

    RSS has no date of update: what feedparser calls so is Dublin Core's date, which 1.0 feeds
    publish under.
    """
    published = text(raw, "published") or text(raw, "created")
    updated = text(raw, "updated")
    if published is None and not atom:
        return updated, None
    return published, updated


def _categories(raw: Raw) -> Iterator[str]:
    tags = [text(tag, "label") or text(tag, "term") for tag in _get(raw, "tags") or ()]
    yield from dict.fromkeys(tag for tag in tags if tag)


def _enclosures(raw: Raw) -> Iterator[Enclosure]:
    for link in _get(raw, "links") or ():
        if text(link, "rel") == "enclosure" and (url := text(link, "href")):
            yield Enclosure(url=url, type=text(link, "type"), length=_number(text(link, "length")))


def _image(raw: Raw, enclosures: tuple[Enclosure, ...]) -> str | None:
    """Return the picture that the item is shown with: the widest that Media RSS names, if any."""
    media = [item for item in _get(raw, "media_content") or () if _is_picture(item)]
    named = [
        (width or 0, url)
        for item in media or _get(raw, "media_thumbnail") or ()
        if (url := text(item, "url"))
        and ((width := _number(text(item, "width"))) is None or width > _ICON)
    ]
    if named:
        return max(named, key=lambda picture: picture[0])[1]
    pictures = (item.url for item in enclosures if (item.type or "").startswith("image/"))
    return text(_get(raw, "image") or {}, "href") or next(pictures, None)


def _is_picture(media: Raw) -> bool:
    """Whether a file is a picture, by its name where nothing else is said of it."""
    medium, kind = text(media, "medium"), text(media, "type")
    if medium or kind:
        return medium == "image" or (kind or "").startswith("image/")
    return _PICTURE.search(text(media, "url") or "") is not None


def _number(written: str | None) -> int | None:
    """Return a whole number that is none of the absurd ones."""
    if written and written.isascii() and written.isdigit() and len(written) <= _LONGEST_NUMBER:
        return int(written)
    return None
