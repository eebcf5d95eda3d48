"""The geometry of the pictures; the templates draw them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from aggregator.app.reading import Reading, Report

_STEPS = tuple(
    timedelta(minutes=minutes)
    for minutes in (1, 5, 15, 30, 60, 180, 360, 720, 1440, 2880, 10080, 43200, 129600, 525600)
)
_TICKS = 4
"""As many as a phone has room for."""
_LABEL = 13.0
"""Per cent of the width that a publisher's name takes."""
_MARGIN = 3.0
"""Per cent of the width left free on both sides."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A report on its lane; ``x`` in per cent of the width."""

    report: Report
    x: float
    label: str | None
    """Where its publisher's name is anchored (``text-anchor``); None where there is no room."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The reports in one language, the earliest first."""

    language: str | None
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A time on the axis."""

    at: datetime
    x: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """Who reported when, in which language."""

    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A day of a chart; height and base are parts of the whole, 0 to 1."""

    x: float
    width: float
    height: float
    base: float = 0.0


def timeline(story: Reading) -> Timeline:
    """Lay out a story's coverage."""
    first, last = story.first, story.last
    if last - first < timedelta(minutes=2):
        first, last = first - timedelta(minutes=1), last + timedelta(minutes=1)
    span = last - first

    def x(moment: datetime) -> float:
        return round(_MARGIN + (100 - 2 * _MARGIN) * ((moment - first) / span), 2)

    lanes = tuple(
        Lane(language, _marks(reports, [x(report.published) for report in reports]))
        for language, reports in story.by_language()
    )
    return Timeline(lanes, tuple(Tick(at, x(at)) for at in _round_times(first, last)))


def bars(counts: Sequence[int], *, most: int | None = None) -> tuple[Bar, ...]:
    """Lay out a bar a day, 100 wide all together; ``most`` is what fills the whole height."""
    top = max(most or max(counts, default=0), 1)
    width = 100 / max(len(counts), 1)
    return tuple(
        Bar(round(number * width, 2), round(width * 0.72, 2), round(count / top, 3))
        for number, count in enumerate(counts)
    )


def line(shares: Sequence[float | None]) -> tuple[tuple[float, float], ...]:
    """Lay out a line over the bars of as many days: where, and how high; None is left out."""
    days = bars([1] * len(shares))
    return tuple(
        (round(day.x + day.width / 2, 2), round(share, 3))
        for day, share in zip(days, shares, strict=True)
        if share is not None
    )


def stacked(*layers: Sequence[int]) -> tuple[tuple[Bar, ...], ...]:
    """Lay out a bar a day for each layer, one upon the other; ``base`` is where each begins."""
    totals = [sum(day) for day in zip(*layers, strict=True)]
    top = max(totals, default=0) or 1
    below = [0] * len(totals)
    laid: list[tuple[Bar, ...]] = []
    for layer in layers:
        plain = bars(layer, most=top)
        laid.append(
            tuple(
                replace(bar, base=round(base / top, 3))
                for bar, base in zip(plain, below, strict=True)
            )
        )
        below = [base + count for base, count in zip(below, layer, strict=True)]
    return tuple(laid)


def _marks(reports: Sequence[Report], places: Sequence[float]) -> tuple[Mark, ...]:
    """Put reports on a lane, each with its publisher's name where that has room."""
    marks: list[Mark] = []
    taken = 0.0
    for report, x in zip(reports, places, strict=True):
        to_left = x > 100 - _LABEL
        start = x - _LABEL if to_left else x
        has_room = start >= taken
        marks.append(Mark(report, x, ("end" if to_left else "start") if has_room else None))
        taken = max(taken, start + _LABEL) if has_room else taken
    return tuple(marks)


def _round_times(first: datetime, last: datetime) -> list[datetime]:
    """Return a few times that are round, of those between two."""
    step = next((step for step in _STEPS if (last - first) / step <= _TICKS), _STEPS[-1])
    origin = datetime(1970, 1, 1, tzinfo=UTC)
    at = origin + -((origin - first) // step) * step
    found = []
    while at <= last:
        found.append(at)
        at += step
    return found[: _TICKS + 1]
