"""What a published feed told its readers."""

from dataclasses import dataclass
from datetime import datetime


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
class Issued:
    """What was published of a view, and of what: while that stays, so do its files."""

    view: str
    """Its folder."""
    settings: str
    """A digest of what the configuration says of all that is published."""
    oldest: datetime
    """Before which no story was shown."""
    stories: tuple[str, ...]
    """Those shown, in order."""
    lasts: tuple[datetime, ...]
    """When each of them was last reported."""
    is_all: bool
    """Whether no other stood behind them."""
    names: tuple[str, ...]
    """Of its files."""
    stamp: str
    """What changes when a file does that another program writes."""
