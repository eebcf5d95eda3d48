"""What is agreed on with the hubs that feeds name (WebSub), and what they bring."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


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
