"""Which stories a view shows, and how that changes with a few of them. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Self

from aggregator.model import Story


class Place(NamedTuple):
    """Where a story stands in a view: the latest reported first, then by id."""

    last: datetime
    story: str

    @classmethod
    def of(cls, story: Story) -> Self:
        """Return the place of a story, as others may see it."""
        return cls(story.last, story.id)


@dataclass(frozen=True, slots=True)
class Selection:
    """The first places of a view, at most as many as it shows."""

    places: tuple[Place, ...] = ()
    is_all: bool = True
    """Whether no other story stands behind them: otherwise there may be some, unknown here."""

    @property
    def stories(self) -> tuple[str, ...]:
        """The ids, in order."""
        return tuple(place.story for place in self.places)

    def with_others(self, others: Iterable[Place], limit: int) -> Self:
        """Return the first places of these and of others, which stand in no place yet."""
        places = sorted((*self.places, *others), key=lambda place: place.story)
        places.sort(key=lambda place: place.last, reverse=True)
        return type(self)(tuple(places[:limit]), self.is_all and len(places) <= limit)

    def renewed(
        self, changed: Collection[str], now: Iterable[Place], limit: int, oldest: datetime
    ) -> Self | None:
        """Return the selection after some stories changed; ``now`` are their places since.

        ``oldest`` is the time before which no story is shown, not earlier than it was before.
        None where a story that is not known here may have moved up.
        """
        kept = tuple(p for p in self.places if p.story not in changed and p.last >= oldest)
        if self.is_all or self.places[-1].last < oldest:  # as is all that stands behind the last
            return type(self)(kept).with_others(now, limit)
        end = self.places[-1]
        ahead = [p for p in now if p.last > end.last or (p.last == end.last and p <= end)]
        renewed = type(self)(kept, is_all=False).with_others(ahead, limit)
        return renewed if len(renewed.places) == limit else None
