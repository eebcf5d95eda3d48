"""A feed document as it was read: nothing cleaned, nothing believed."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A text of an entry, as the feed has it."""

    value: str
    html: bool
    """Whether it is markup; plain text otherwise."""
    language: str | None = None
    base: str | None = None
    """The xml:base in force, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that comes with an entry (RSS enclosure, Atom link rel=enclosure, attachment)."""

    url: str
    type: str | None = None
    length: int | None = None
    """In bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the feed said of one item, untouched: no text cleaned, no date believed."""

    guid: str | None = None
    guid_is_link: bool = False
    link: str | None = None
    title: Content | None = None
    summary: Content | None = None
    content: tuple[Content, ...] = ()
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image: str | None = None
    published: str | None = None
    updated: str | None = None
    """Dates as written."""
    source_title: str | None = None
    source_url: str | None = None
    """RSS ``<source>`` or ``atom:source``: where an aggregator's item comes from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed document, read."""

    format: str
    """``rss091``, ``rss20``, ``rss10``, ``atom03``, ``atom10``, ``json11``, … or ``""``."""
    entries: tuple[Entry, ...]
    title: str | None = None
    link: str | None = None
    """The site's page, absolute."""
    base: str | None = None
    """What relative links of entries resolve against where no xml:base says otherwise."""
    language: str | None = None
    ttl: timedelta | None = None
    """RSS ``<ttl>`` or the syndication module's period over frequency, whichever is longer."""
    skip_hours: frozenset[int] = frozenset()
    """Hours (UTC, 0-23) in which the publisher asks not to be polled."""
    skip_days: frozenset[int] = frozenset()
    """Days (Monday is 0, UTC) of the same kind."""
    hubs: tuple[str, ...] = ()
    self_url: str | None = None
    digests: tuple[str, ...] = ()
    """Of every item in it, read or left out as seen; empty where they cannot be told apart."""
    truncated: bool = False
    """Whether its end is missing, and with it perhaps items that the server takes for delivered."""
    problems: tuple[str, ...] = ()
    """What was wrong with it though it could be read, in words: a partial parse says so."""
