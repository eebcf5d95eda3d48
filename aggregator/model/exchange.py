"""A request to a feed's server, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.model.feed import Access


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
    """Posted, as application/x-www-form-urlencoded unless a header says otherwise; None: a GET."""
    follows: bool = True
    """Whether it goes where a redirect leads; else that is its answer."""
    found: bool = False
    """Whether a server named its url (a hub, a link): nobody is told to trust where it leads."""
    patience: timedelta | None = None
    """How long it may wait for its turn at its host, and then is put off; None: for ever."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect on the way: the status, and the absolute url that it led to."""

    status: int
    url: str


class Respite(StrEnum):
    """Why a request is put off and its host left alone, which is no failure of the feed."""

    REFUSED = "refused"
    """It refused another request of ours (429)."""
    SILENT = "silent"
    """It did not answer others of them."""
    LATE = "late"
    """It was not its turn before the round was over."""


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
    spared: Respite | None = None
    """Why nobody was asked after all; ``retry-after`` is for how long, where that is known."""
    pushed: bool = False
    """Delivered by the feed's hub: nobody asked its server, and it may be a part of the feed."""
