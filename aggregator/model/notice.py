"""Who is told at once of which story."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Where a rule's webhook goes."""

    url: str = field(repr=False)
    """Secrets filled in; its host alone is shown."""
    keys: tuple[bytes, ...] = field(repr=False)
    """Each signs what is sent there, the newest first."""
    proxy: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A rule of who is told of what, as it stands in the store."""

    rule: str
    since: datetime
    """When it came to be: what was reported before is no news to it."""
    seen: datetime
    """Stories that changed before have been looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Somebody was told of a story, or is about to be: once a rule for the story's life."""

    rule: str
    story: str
    at: datetime
