"""What somebody is still to be told."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What somebody is still to be told."""

    id: str
    """What it is about: a second one under the same id takes the place of the first."""
    kind: str
    target: str
    """The address that it goes to, or the id of the rule that says where."""
    body: str
    created: datetime
    due: datetime | None
    """When it is sent; None where it was given up."""
    attempts: int = 0
    """Failed ones."""
    error: str | None = None
    """What came of the last one."""
