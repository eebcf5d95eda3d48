"""One frozen type a stage: what flows through the house.

::

    Feed → Request → Response → ParsedFeed(Entry…) → Article → Match → Story
     └ FeedState: what polling learned about it

All times are aware datetimes in UTC. All languages are BCP 47 tags in their canonical spelling,
and Chinese always carries its script: ``zh-Hant`` or ``zh-Hans``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations

from aggregator.negotiation import negotiate


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
    hub: str | None = None
    """The WebSub hub that it names, absolute."""
    topic: str | None = None
    """What that hub calls it: its own ``self`` link."""

    @property
    def next_poll(self) -> datetime | None:
        """When it will be polled; None where it never was, or never will be again."""
        if self.gone or self.due is None:
            return None
        return max(self.due, self.not_before or self.due)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One conditional GET to make, or a form to post."""

    feed: str
    url: str
    etag: str | None = None
    last_modified: str | None = None
    timeout: timedelta = timedelta(seconds=30)
    access: Access = Access()
    form: bytes | None = None
    """Posted as application/x-www-form-urlencoded; None for a GET."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect on the way: the status, and the absolute url that it led to."""

    status: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came of a request: an answer, or the failure to get one."""

    feed: str
    url: str
    """As asked."""
    final_url: str
    """After redirects: the base of relative links (RFC 3986 section 5.1.3)."""
    status: int
    """The HTTP status; 200 for a file; 0 where no answer came (then ``failure`` says why)."""
    at: datetime
    """When it was complete."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case; bytes as Latin-1; repeated fields joined with ", "."""
    body: bytes = b""
    """Decoded from its content coding."""
    hops: tuple[Hop, ...] = ()
    elapsed: timedelta = timedelta()
    phases: Mapping[str, timedelta] = field(default_factory=dict)
    """What of that went into what: ``name``, ``connection``, ``TLS``, ``first byte``."""
    failure: str | None = None
    """In words, with what to do."""
    unheard: bool = False
    """No server heard of the request, since its host's name has no address: for us, or at all."""
    spared: bool = False
    """Postponed, since its host refused another request of ours (429): no failure of the feed."""
    pushed: bool = False
    """Delivered by the feed's hub: nobody asked its server, and it may be a part of the feed."""


class HubState(StrEnum):
    """How a subscription at a hub stands."""

    ASKED = "asked"
    """Asked for, and not yet verified."""
    ACTIVE = "active"
    """Verified; what is new is pushed until its lease ends."""
    REFUSED = "refused"
    """Denied by the hub."""
    LEAVING = "leaving"
    """To be ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSubscription:
    """What was agreed on with a feed's hub (WebSub)."""

    token: str
    """The end of the callback's path, which nobody can guess."""
    callback: str
    """Where the hub reaches us, absolute."""
    feed: str
    hub: str
    topic: str
    secret: str = field(repr=False)
    """Signs what the hub delivers."""
    state: HubState
    pending: bool = True
    """Whether a request of ours has yet to be verified."""
    due: datetime
    """When the hub is asked next: again, to renew the lease, or to end it."""
    attempts: int = 0
    """Requests since the hub last verified one."""
    expires: datetime | None = None
    """When the lease ends; None before the first verification."""
    delivered: datetime | None = None
    """When it last brought something that was signed as agreed."""
    missed: bool = False
    """A poll found what it never brought: not relied on until it delivers again."""
    error: str | None = None
    """In words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A document that a hub brought, as it waits to be read."""

    number: int
    """In order of arrival; 0 before it is stored."""
    feed: str
    topic: str
    received: datetime
    type: str
    """Its Content-Type."""
    body: bytes


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


class Level(StrEnum):
    """In which sense two articles are the same."""

    ITEM = "item"
    """One item: the same guid within a feed, or the same canonical url."""
    COPY = "copy"
    """One text: syndicated or lightly edited."""
    EVENT = "event"
    """One event, told in other words or another language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Why two articles belong to one story."""

    a: str
    b: str
    """Article ids."""
    level: Level
    probability: float
    """That both report one event, 0 to 1."""
    reasons: tuple[str, ...]
    """In words, strongest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article's place in a story."""

    article: Article
    match: Match | None
    """What brought it in; None for the article that founded the story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """An earlier story that a story follows up, without being the same event."""

    story: str
    """Its id."""
    match: Match
    """Of an article here (``a``) with one there (``b``): what speaks for a relation, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A set of articles about one event."""

    id: str
    """``urn:uuid:…``, drawn once and kept for life."""
    members: tuple[Member, ...]
    """In the order in which they came in; never empty."""
    representative: str
    """The id of the article whose words stand for the story."""
    created: datetime
    """When the story came to be here: what feed readers are told as ``published``."""
    updated: datetime
    """When what readers see of it last changed."""
    fingerprint: str
    """Of what readers see of it: ``updated`` moves only when this does."""
    related: tuple[Related, ...] = ()
    """Earlier stories that this one follows up, the surest first."""

    @property
    def articles(self) -> tuple[Article, ...]:
        """Its members' articles."""
        return tuple(member.article for member in self.members)

    @property
    def lead_article(self) -> Article:
        """The representative itself."""
        return next(a for a in self.articles if a.id == self.representative)

    @property
    def first(self) -> datetime:
        """When the event was first reported."""
        return min(article.published for article in self.articles)

    @property
    def last(self) -> datetime:
        """When it was last reported."""
        return max(article.published for article in self.articles)

    @property
    def publishers(self) -> tuple[str, ...]:
        """The distinct publishers, in order of arrival."""
        return tuple(dict.fromkeys(article.publisher for article in self.articles))

    @property
    def languages(self) -> tuple[str, ...]:
        """The distinct languages told, in order of arrival."""
        return tuple(
            dict.fromkeys(
                part.language
                for article in self.articles
                for part in article.parts
                if part.language is not None
            )
        )

    @property
    def titles(self) -> dict[str, str]:
        """Its title by language: the representative's own, else the fullest article's.

        Of articles about as full the earliest gives it. A part without a headline, or in a
        language that nobody could tell, gives none.
        """
        return {language: part.title for language, (_, part) in self._told().items()}

    def title(self, languages: Sequence[str] = ()) -> str:
        """Return the title that serves a reader of these languages (BCP 47, best first) best.

        The representative's where there is none in any of them; empty where that has none either.
        """
        titles = self.titles
        language = negotiate(languages, titles)
        return self.lead_article.title if language is None else titles[language]

    def lead(self, languages: Sequence[str] = ()) -> tuple[Member, Part]:
        """Return the member whose words serve a reader of these languages best, and the words.

        Those of ``title``, so that a story is told alike wherever it is told.
        """
        told = self._told()
        language = negotiate(languages, told)
        if language is not None:
            return told[language]
        member = next(m for m in self.members if m.article.id == self.representative)
        return member, member.article.parts[0]

    def _told(self) -> dict[str, tuple[Member, Part]]:
        """Return who tells it best in each of its languages."""
        ranked = sorted(
            self.members,
            key=lambda m: (
                m.article.id != self.representative,
                -m.article.length.bit_length(),
                m.article.published,
                m.article.id,
            ),
        )
        found: dict[str, tuple[Member, Part]] = {}
        for member in ranked:
            for part in member.article.parts:
                if part.language is not None and part.title:
                    found.setdefault(part.language, (member, part))
        return found


class Criterion(StrEnum):
    """What makes an article stand for its story rather than another."""

    LANGUAGES = "languages"
    """It is in the language that the reader prefers."""
    FULLEST = "fullest"
    """Its text is the fullest; texts within a factor of two count as equal."""
    PRIORITY = "priority"
    """Its feed has the highest priority."""
    EARLIEST = "earliest"
    """It was published first."""


class Verdict(StrEnum):
    """What a person, or a rule, says of articles."""

    MERGE = "merge"
    """They are one story."""
    SPLIT = "split"
    """They are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person said of some articles. Of two about one pair the newer holds."""

    number: int
    """Counts up in the order in which they were made."""
    verdict: Verdict
    articles: tuple[str, ...]
    others: tuple[str, ...]
    """Article ids. Merged: all of both are one story. Split: none of the first is with any of
    the second, of whose stories nothing else is said."""
    at: datetime
    undone: datetime | None = None
    """When it was taken back; it binds nothing from then on."""
    settled: bool = False
    """Whether the stories have been changed accordingly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What the configuration says of the items of some feeds, whichever come."""

    feeds: tuple[str, ...]
    """Ids."""
    always: bool
    """One story where they have an address or a title in common; else never one."""

    @property
    def pairs(self) -> frozenset[frozenset[str]]:
        """The pairs of feeds that it is about: every two; one feed is a pair with itself."""
        if len(self.feeds) == 1:
            return frozenset((frozenset(self.feeds),))
        return frozenset(map(frozenset, combinations(self.feeds, 2)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A story that turned out to be part of another: its id never returns."""

    story: str
    survivor: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How a published feed told a story last."""

    story: str
    digest: str
    """Of what its readers saw."""
    seen: datetime
    """``Story.updated`` as it was then."""
    updated: datetime
    """What readers were told as ``updated``: no two entries of a feed share it."""
    archived: datetime | None = None
    """The ``updated`` of the version that stands in an archive; None where none does."""

    @property
    def is_archived(self) -> bool:
        """Whether an archive has it as it was told last."""
        return self.archived == self.updated


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """A story that a published feed told, and that was withdrawn (RFC 6721)."""

    story: str
    survivor: str
    """Where it lives on, however often that was merged since."""
    at: datetime
    is_archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePage:
    """A part of a published feed's past (RFC 5005 section 4)."""

    view: str
    number: int
    """From 1, the oldest first."""
    updated: datetime
    """When what it tells last changed."""
    entries: bytes
    """As they were written then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What somebody is still to be told."""

    id: str
    """What it is about: a second one under the same id takes the place of the first."""
    kind: str
    target: str
    """The address that it goes to."""
    body: str
    created: datetime
    due: datetime
    attempts: int = 0
    """Failed ones."""
    error: str | None = None
    """What came of the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store remembers of an article when a later poll brings it again."""

    id: str
    content_hash: str
    first_seen: datetime
    published: datetime
    published_source: PublishedSource
    title: str = ""
    url: str | None = None
    """Its words and address, so that a guid given to several items is not believed."""
    versions: tuple[str, ...] = ()
    """The content hashes that it had and has, oldest first; empty where it never changed."""
    forgotten: bool = False
    """Whether it was let go for its age: what a feed still says of it is no news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What happened, to be stored in one transaction."""

    states: tuple[FeedState, ...] = ()
    articles: tuple[Article, ...] = ()
    """New, or changed in place."""
    keys: tuple[tuple[str, str, str], ...] = ()
    """(feed, key, article): names newly learned of articles already known."""
    versions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(article, ``Known.versions``) of those that changed."""
    muted: tuple[tuple[str, str | None], ...] = ()
    """(article, ``Mute.rule``) of those kept out of stories; None: it no longer is."""
    digests: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(feed, ``ParsedFeed.digests``) of the documents read: their items need no second reading."""
    stories: tuple[Story, ...] = ()
    """New or changed, whole."""
    withdrawals: tuple[Withdrawal, ...] = ()
    settled: tuple[Decision, ...] = ()
    """Decisions that these stories are the outcome of."""
