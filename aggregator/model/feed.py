"""A subscription: what the user asked for, and what polling learned of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How a feed's server is reached, as the user says beside its url."""

    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Sent to the origin of the configured url and to no other: credentials are among them."""
    proxy: str | None = field(default=None, repr=False)
    """``http://``, ``https://``, ``socks4a://``, ``socks5://`` or ``socks5h://``."""
    verify: bool = True
    """Whether the server has to show a certificate that is trusted."""
    authorities: str | None = None
    """A file of the only certificates trusted (PEM); None for those that the system trusts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """When a permanent redirect is believed: seen so often, over so long."""

    sightings: int = 3
    span: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """Words whose articles nobody wants to see."""

    words: str
    """Case, accents, width, Traditional or Simplified make no difference."""
    title_only: bool = False
    """Looked for in titles alone; otherwise in texts and categories too."""

    @property
    def rule(self) -> str:
        """What it says, in a line: two mutes with one rule are one."""
        return f"title: {self.words}" if self.title_only else self.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A subscription: what the user asked for."""

    id: str
    url: str = field(repr=False)
    """Where it is fetched, secrets filled in. Never shown: that is ``shown_url``."""
    shown_url: str
    """The same without userinfo and with ``${NAME}`` in place of each secret."""
    name: str
    """What people are shown; the feed's id where the configuration gives no name."""
    category: str | None = None
    language: str | None = None
    """A hint, for texts too short to tell; what a text says of itself comes first."""
    priority: int = 0
    """Among articles alike in other respects the one of the higher priority represents a story."""
    publisher: str | None = None
    private: bool = False
    """Stored and matched, but never named, linked or quoted in what is published."""
    dedup: bool = True
    """Whether its items may share a story with others; else each is a story of its own."""
    mutes: tuple[Mute, ...] = ()
    """Those for every feed among them."""
    min_interval: timedelta = timedelta(hours=1)
    max_interval: timedelta = timedelta(hours=24)
    timeout: timedelta = timedelta(seconds=30)
    access: Access = Access()
    moves: Moves = Moves()

    @property
    def is_local(self) -> bool:
        """Whether it is a file that the configuration itself names."""
        return self.url.startswith("file:")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What polling learned about a feed. The policy makes it; the store keeps it."""

    feed: str
    url: str | None = None
    """The configured url (``Feed.shown_url``) that this was learned of; another voids it."""
    moved_to: str | None = None
    """Where a permanent redirect, seen often and long enough, says it lives now."""
    redirect_to: str | None = None
    redirect_sightings: int = 0
    redirect_since: datetime | None = None
    """A permanent redirect that has not yet been seen often and long enough."""
    etag: str | None = None
    last_modified: str | None = None
    """Validators exactly as the server sent them (RFC 9110 section 8.8), bytes as Latin-1."""
    body_hash: str | None = None
    """SHA-256 of the last body that parsed: an equal body is not parsed again."""
    lifetime: timedelta | None = None
    """The freshness lifetime that the server gave (RFC 9111 section 4.2.1): a 304 renews it."""
    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    """What the document said last (ParsedFeed): an unchanged one is not parsed to say it again."""
    rhythm: timedelta | None = None
    """The time between two polls that found something new, smoothed over the latest of them."""
    checked: datetime | None = None
    """When it was last asked, whatever came of it."""
    succeeded: datetime | None = None
    changed: datetime | None = None
    """When it last had something new."""
    due: datetime | None = None
    """When our own interval wants it polled next."""
    not_before: datetime | None = None
    """The server's word (max-age, Retry-After, …): not even ``--force`` asks earlier."""
    rule: str | None = None
    """The rule that set the next time, in words: ``max-age=600``, ``backoff after 3 failures``."""
    failures: int = 0
    """In a row."""
    error: str | None = None
    """The last failure in words, with what to do; None after a success."""
    gone: bool = False
    """410: not asked again until the user says so."""
    hubs: tuple[str, ...] = ()
    """The WebSub hubs that it names, absolute, in its order."""
    topic: str | None = None
    """What those hubs call it: its own ``self`` link."""

    @property
    def next_poll(self) -> datetime | None:
        """When it will be polled; None where it never was, or never will be again."""
        if self.gone or self.due is None:
            return None
        return max(self.due, self.not_before or self.due)
