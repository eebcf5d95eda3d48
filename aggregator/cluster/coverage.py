"""Which times' stories are at hand, and which are still to be loaded."""

from collections.abc import Iterable
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]
"""From, to."""


class Coverage:
    """Times within which every story is at hand, as spans that neither meet nor overlap."""

    def __init__(self, reach: timedelta) -> None:
        """Take how far from an article the stories that it may join are told."""
        self._reach = reach
        self._spans: list[Span] = []

    def extend(self, moments: Iterable[datetime]) -> list[Span]:
        """Cover the surroundings of these moments too; return what of them was not covered."""
        wanted = _merged((moment - self._reach, moment + self._reach) for moment in moments)
        missing = [gap for span in wanted for gap in self._gaps(*span)]
        self._spans = _merged([*self._spans, *wanted])
        return missing

    def forget(self, before: datetime) -> None:
        """Cover nothing earlier any more."""
        self._spans = [
            (max(since, before), until) for since, until in self._spans if until > before
        ]

    def _gaps(self, since: datetime, until: datetime) -> Iterable[Span]:
        for start, end in self._spans:
            if end <= since or start >= until:
                continue
            if since < start:
                yield since, start
            since = end
        if since < until:
            yield since, until


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that meet as one."""
    merged: list[Span] = []
    for since, until in sorted(spans):
        if merged and since <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(until, merged[-1][1])
        else:
            merged.append((since, until))
    return merged
