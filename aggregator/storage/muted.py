"""Muted articles: kept, known from poll to poll, and in no story until their mute is lifted."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from sqlalchemy import func, select

from aggregator.model import Article
from aggregator.storage.backend import Backend
from aggregator.storage.schema import articles, muted

_CHUNK = 500
"""Names a query: far from any database's limit of parameters."""


class Muted:
    """The articles that stand in no story for words that they hold (``pipeline.Muted``)."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Return how many articles of each feed each rule mutes."""
        query = (
            select(articles.c.feed, muted.c.rule, func.count())
            .outerjoin_from(muted, articles)  # or SQLite would go through all articles there are
            .group_by(articles.c.feed, muted.c.rule)
        )
        with self._backend.read() as connection:
            return {(feed, rule): number for feed, rule, number in connection.execute(query)}

    def articles(self, feed: str, rule: str) -> Sequence[Article]:
        """Return the articles of a feed that a rule mutes, the oldest first."""
        query = (
            select(articles)
            .join_from(muted, articles)
            .where(articles.c.feed == feed, muted.c.rule == rule)
            .order_by(articles.c.published, articles.c.id)
        )
        with self._backend.read() as connection:
            return [Article(**row) for row in connection.execute(query).mappings()]

    def among(self, ids: Iterable[str]) -> AbstractSet[str]:
        """Return which of these articles are muted."""
        asked = list(ids)
        query = select(muted.c.article)
        with self._backend.read() as connection:
            return {
                article
                for start in range(0, len(asked), _CHUNK)
                for article in connection.scalars(
                    query.where(muted.c.article.in_(asked[start : start + _CHUNK]))
                )
            }
