"""RSS, RDF and Atom."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from urllib.parse import urljoin, urlsplit

from aggregator.errors import ParseError
from aggregator.model import Entry, ParsedFeed
from aggregator.parse import refusal, schedule
from aggregator.parse.entries import entry, language, names, related, text
from aggregator.parse.items import digests, keep, unseen
from aggregator.parse.reader import Reading, read_items
from aggregator.parse.sound import make_sound

_FORMATS = {"rss091n": "rss091", "rss091u": "rss091"}
_ATOM_KINDS = frozenset({"feed", "entry"})
_RSS_KINDS = frozenset({"rss", "channel"})


def read(data: bytes, url: str, seen: AbstractSet[str] = frozenset()) -> ParsedFeed:
    """Read an XML feed in UTF-8 text; items of the digests in ``seen`` are left out.

    ``url`` is where the document came from. Raises ParseError where it is no feed, breaks off
    before its first item, or exceeds a limit.
    """
    sound = make_sound(data)
    where = sound.outline
    kind = where.kind
    if kind is None or (kind == "rdf" and not where.items and b"channel" not in sound.data):
        raise refusal.other_xml(where.root)
    if sound.truncated and not where.items:
        raise ParseError("it is cut off before its first item")
    marks = digests(sound.data, where)
    reading = read_items(sound, unseen(where.items, marks, seen), url)
    about = reading.about
    link = _page(url, text(about, "link"))
    hours, days = schedule.skips(keep(sound.data, where.items, ()))
    return ParsedFeed(
        format=_format(kind, reading.version),
        entries=tuple(_entries(reading, kind)),
        title=text(about, "title"),
        link=link,
        base=url if kind in _ATOM_KINDS else link or url,
        language=language(text(about, "language")),
        ttl=schedule.ttl(
            text(about, "ttl"), text(about, "sy_updateperiod"), text(about, "sy_updatefrequency")
        ),
        skip_hours=hours,
        skip_days=days,
        hubs=tuple(dict.fromkeys(related(about, "hub"))),
        self_url=next(related(about, "self"), None),
        digests=() if reading.lost else marks,
        truncated=sound.truncated,
        problems=sound.problems + _losses(reading),
    )


def _losses(reading: Reading) -> tuple[str, ...]:
    return (f"items that could not be read: {reading.lost}",) if reading.lost else ()


def _format(kind: str, version: str) -> str:
    """Return the format; feedparser takes RSS 1.0 for Atom where that namespace comes first."""
    if kind == "rdf" and not version.startswith("rss"):
        return "rss10"
    return _FORMATS.get(version, version)


def _entries(reading: Reading, kind: str) -> Iterator[Entry]:
    atom = kind in _ATOM_KINDS
    feed_authors = names(reading.about) if atom else ()
    for raw, permalink in reading.entries:
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
