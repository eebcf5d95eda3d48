"""What clustering needs of matching."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from aggregator.model import Article, Match


class Scorer(Protocol):
    """Knows the articles of the last days and scores pairs of them. All calls take article ids."""

    def __contains__(self, article: str) -> bool:
        """Whether it still knows an article."""
        ...

    def add(self, articles: Iterable[Article]) -> None:
        """Take articles in; a changed one replaces its older version."""
        ...

    def forget(self, before: datetime) -> None:
        """Drop the articles that were published earlier."""
        ...

    def candidates(self, articles: Sequence[str]) -> Sequence[Iterable[str]]:
        """Return, for each article, those that may match it."""
        ...

    def logits(self, article: str, others: Sequence[str]) -> Sequence[float]:
        """Return the log odds that an article and each of the others report one event."""
        ...

    def fading(self, article: str, others: Sequence[str]) -> Sequence[float]:
        """Return what the time between them adds to those log odds: 0 or less."""
        ...

    def match(self, a: str, b: str) -> Match:
        """Return why two articles belong together."""
        ...
