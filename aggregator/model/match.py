"""Why two articles belong to one story."""

from dataclasses import dataclass
from enum import StrEnum


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
