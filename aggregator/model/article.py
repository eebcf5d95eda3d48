"""The normalized entry."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aggregator.model.entry import Enclosure


class PublishedSource(StrEnum):
    """Where an article's ``published`` comes from."""

    FEED = "feed"
    """The feed's own publication date."""
    UPDATED = "updated"
    """The feed's date of the last change, since it gives no other."""
    FIRST_SEEN = "first-seen"
    """Our first sight of it: the feed's date is missing, unreadable, or in the future."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A text in one language within an article; a bilingual article has two."""

    language: str | None
    """None where the text is too short or too strange to tell."""
    title: str
    """Plain text. Empty where this part has no headline of its own."""
    lead: str
    """Plain text: the first sentences, at most ``normalize.text.LEAD`` characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The normalized entry: the one shape that everything later works on."""

    id: str
    """16 hexadecimal digits, stable for life: drawn from the feed and the first identity key."""
    feed: str
    keys: tuple[str, ...] = ()
    """The names under which a later poll recognises it, strongest first (normalize.identity)."""
    guid: str | None = None
    url: str | None = None
    """Canonical: two spellings of one address are equal (normalize.url)."""
    link: str | None = None
    """Absolute, as published: what a reader is sent to."""
    title: str
    """Plain text; made from the text where the entry has none; may be empty."""
    language: str | None = None
    """That of the first part."""
    parts: tuple[Part, ...]
    """One at least, in order."""
    summary: str = ""
    content: str = ""
    """Sanitized HTML with absolute links."""
    length: int = 0
    """Characters of plain text in summary and content: how full it is, known without loading it."""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image: str | None = None
    publisher: str
    """The feed's, else the item's source, else the registrable domain of its link."""
    published: datetime
    published_source: PublishedSource
    updated: datetime | None = None
    first_seen: datetime
    content_hash: str
    """SHA-256 over what a reader would call the article; dates and tracking do not count."""
