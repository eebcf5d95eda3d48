"""What came of asking a feed, as its history keeps it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Outcome(StrEnum):
    """What a poll was good for."""

    NEWS = "news"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A feed was asked, and this came of it."""

    feed: str
    at: datetime
    """When the answer was complete."""
    status: int
    """The HTTP status; 0 where no answer came."""
    new: int = 0
    """Articles."""
    changed: int = 0
    elapsed: timedelta = timedelta()
    """From the question to the end of the answer."""
    waited: timedelta = timedelta()
    """How long the feed had been due."""
    error: str | None = None
    """What failed, in words, with what to do."""

    @property
    def outcome(self) -> Outcome:
        """What it was good for."""
        if self.error is not None:
            return Outcome.FAILED
        return Outcome.NEWS if self.new or self.changed else Outcome.UNCHANGED
