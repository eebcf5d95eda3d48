"""What a person, or the configuration, says of stories."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations


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
