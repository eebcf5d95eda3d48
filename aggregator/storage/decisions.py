"""What people said of which articles are one story: kept for good, undone or not."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from aggregator.model import Decision, Verdict
from aggregator.storage.backend import Backend
from aggregator.storage.schema import decisions

_OF_THE_PERSON = ("verdict", "articles", "others", "at", "undone", "settled")


class Decisions:
    """The decisions of a store; any program may add to them, whoever holds the store's lock."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def all(self) -> tuple[Decision, ...]:
        """Return every decision, the oldest first."""
        with self._backend.read() as connection:
            rows = connection.execute(select(decisions).order_by(decisions.c.number)).mappings()
            return tuple(Decision(**row) for row in rows)

    def add(
        self, verdict: Verdict, articles: Sequence[str], others: Sequence[str], at: datetime
    ) -> Decision:
        """Keep a new decision, still to be settled; return it with its number."""
        said = Decision(
            number=0, verdict=verdict, articles=tuple(articles), others=tuple(others), at=at
        )
        values = {name: getattr(said, name) for name in _OF_THE_PERSON}
        query = insert(decisions).values(values).returning(decisions)
        with self._backend.write() as connection:
            return Decision(**connection.execute(query).mappings().one())

    def undo(self, number: int, at: datetime) -> Decision | None:
        """Take a decision back, which is still to be settled; None where none stands under it."""
        query = (
            update(decisions)
            .where(decisions.c.number == number, decisions.c.undone.is_(None))
            .values(undone=at, settled=False)
            .returning(decisions)
        )
        with self._backend.write() as connection:
            row = connection.execute(query).mappings().one_or_none()
            return Decision(**row) if row else None


def settle(connection: Connection, settled: Sequence[Decision]) -> None:
    """Note that decisions were carried out; one that was undone meanwhile still has to be."""
    for decision in settled:
        connection.execute(
            update(decisions)
            .where(
                decisions.c.number == decision.number,
                decisions.c.undone.is_not_distinct_from(decision.undone),
            )
            .values(settled=True)
        )
