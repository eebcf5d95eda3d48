from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from aggregator.cluster import Clusterer
from aggregator.model import Article, Level, Match, Part, PublishedSource, Story

NOON = datetime(2025, 10, 18, 12, tzinfo=UTC)
UNRELATED = -6.0
ONE_ITEM = 12.0
ONE_TEXT = 6.0
FADES = timedelta(hours=10)
"""Time in which a logit falls by 1."""


def _article(name: str, hours: float = 0, *, title: str = "", feed: str = "f") -> Article:
    published = NOON + timedelta(hours=hours)
    return Article(
        id=name,
        feed=feed,
        link=f"https://{feed}.example/{name}",
        title=title or name,
        language="en",
        parts=(Part(language="en", title=title or name, lead=""),),
        publisher=feed,
        published=published,
        published_source=PublishedSource.FEED,
        first_seen=published,
        content_hash=title or name,
    )


class TableScorer:
    """A scorer that reads logits from a table of pairs."""

    def __init__(self, table: Mapping[tuple[str, str], float]) -> None:
        self._table = {frozenset(pair): logit for pair, logit in table.items()}
        self._known: dict[str, Article] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def add(self, articles: Iterable[Article]) -> None:
        self._known |= {a.id: a for a in articles}

    def forget(self, before: datetime) -> None:
        self._known = {name: a for name, a in self._known.items() if a.published >= before}

    def candidates(self, articles: Sequence[str]) -> list[set[str]]:
        return [self._known.keys() - {name} for name in articles]

    def logits(self, name: str, others: Sequence[str]) -> list[float]:
        return [self._table.get(frozenset((name, other)), UNRELATED) for other in others]

    def fading(self, name: str, others: Sequence[str]) -> list[float]:
        one = self._known[name].published
        return [-abs(one - self._known[other].published) / FADES for other in others]

    def match(self, a: str, b: str) -> Match:
        (logit,) = self.logits(a, [b])
        levels = (Level.ITEM, ONE_ITEM), (Level.COPY, ONE_TEXT), (Level.EVENT, UNRELATED)
        level = next(level for level, least in levels if logit >= least)
        return Match(a=a, b=b, level=level, probability=0.9, reasons=(f"{a} and {b}",))


@pytest.fixture(scope="session")
def article() -> Callable[..., Article]:
    """Make an article of an id, published so many hours after noon."""
    return _article


@pytest.fixture(scope="session")
def clusterer() -> Callable[..., Clusterer]:
    """Make a clusterer of a table of logits; ids of stories count up."""

    def made(
        table: Mapping[tuple[str, str], float], stories: Iterable[Story] = (), **options: Any
    ) -> Clusterer:
        numbers = count()
        return Clusterer(
            TableScorer(table),
            draw_id=lambda: f"story-{next(numbers)}",
            priorities={},
            stories=stories,
            **options,
        )

    return made
