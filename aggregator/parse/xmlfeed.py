"""RSS, RDF and Atom: the only place that knows feedparser.

What feedparser is handed is well-formed UTF-8 within limits, as a stream: never an address or a
string, which it might open. Its own sanitizer and link resolver are off (they take five sixths of
its time, and normalize does both). Texts, dates and links come out as written.
"""

import io
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from aggregator.errors import ParseError
from aggregator.model import Entry, ParsedFeed
from aggregator.parse import refusal, schedule
from aggregator.parse.document import DECLARATION, Document, isolate
from aggregator.parse.entries import Raw, entry, names, related, text
from aggregator.parse.items import Selection, select, shell
from aggregator.parse.outline import MalformedError, Outline, outline
from aggregator.parse.repair import repair

_FORMATS = {"rss091n": "rss091", "rss091u": "rss091"}
_ATOM_KINDS = frozenset({"feed", "entry"})
_RSS_KINDS = frozenset({"rss", "channel"})


def read(data: bytes, url: str, seen: AbstractSet[str] = frozenset()) -> ParsedFeed:
    """Read an XML feed in UTF-8 text; items of the digests in ``seen`` are left out.

    ``url`` is where the document came from. Raises ParseError where it is no feed, or exceeds a
    limit.
    """
    document, where = _sound(data)
    if where.kind is None or (where.kind == "rdf" and b"channel" not in document.data):
        raise refusal.other_xml(where.root)
    selection = select(document.data, where, seen)
    raw = _feedparser(selection.data, url)
    about: Raw = raw["feed"]
    atom = where.kind in _ATOM_KINDS
    hours, days = schedule.skips(shell(document.data, where))
    link = _page(url, text(about, "link"))
    return ParsedFeed(
        format=_format(where.kind, raw["version"] or ""),
        entries=tuple(_entries(raw["entries"], selection, about, where.kind)),
        title=text(about, "title"),
        link=link,
        base=url if atom else link or url,
        language=text(about, "language"),
        ttl=schedule.ttl(
            text(about, "ttl"), text(about, "sy_updateperiod"), text(about, "sy_updatefrequency")
        ),
        skip_hours=hours,
        skip_days=days,
        hubs=tuple(related(about, "hub")),
        self_url=next(related(about, "self"), None),
        digests=selection.digests,
        problems=document.problems,
    )


def _sound(data: bytes) -> tuple[Document, Outline]:
    """Return the document well-formed, repaired where need be, and its outline."""
    document = isolate(data)
    try:
        return document, outline(document.data)
    except MalformedError as error:
        problem = str(error)
    repaired = repair(document.data.removeprefix(DECLARATION).decode("utf-8", "replace"))
    if not repaired.text:
        raise refusal.neither(data)
    mended = DECLARATION + repaired.text.encode()
    try:
        where = outline(mended)
    except MalformedError as error:
        raise ParseError(
            f"it is XML too broken to read ({problem}); its publisher has to mend it"
        ) from error
    if repaired.truncated:
        problem = f"cut off after {len(where.items)} items"
    return Document(mended, (*document.problems, f"not well-formed: {problem}")), where


def _feedparser(data: bytes, url: str) -> Any:
    """Call it; the document's address only where xml:base makes it matter, since it is slow."""
    headers = {"content-location": url} if b"xml:base" in data else {}
    try:
        return feedparser.parse(
            io.BytesIO(data),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:
        raise ParseError(
            f"feedparser cannot read it ({type(error).__name__}: {error}); please report the feed"
        ) from error


def _format(kind: str, version: str) -> str:
    """Return the format; feedparser takes RSS 1.0 for Atom where that namespace comes first."""
    if kind == "rdf" and not version.startswith("rss"):
        return "rss10"
    return _FORMATS.get(version, version)


def _entries(raws: list[Raw], selection: Selection, about: Raw, kind: str) -> Iterator[Entry]:
    atom = kind in _ATOM_KINDS
    permalinks = [item.permalink for item in selection.items]
    if len(permalinks) != len(raws):  # items within items, or under a prefix of their own
        permalinks = [bool(raw.get("guidislink")) for raw in raws]
    feed_authors = names(about) if atom else ()
    for raw, permalink in zip(raws, permalinks, strict=True):
        yield entry(raw, feed_authors, permalink=permalink and kind in _RSS_KINDS, atom=atom)


def _page(url: str, link: str | None) -> str | None:
    """Return the site's page, absolute, if it can be one."""
    if link is None:
        return None
    try:
        absolute = urljoin(url, link)
        return absolute if urlsplit(absolute).scheme in {"http", "https"} else None
    except ValueError:
        return None
