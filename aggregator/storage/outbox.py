"""What others are still to be told, kept until they were: each hears of it at least once."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from aggregator.model import Message
from aggregator.storage.backend import Backend
from aggregator.storage.schema import outbox
from aggregator.storage.upsert import execute, upsert

_CHUNK = 500


class Outbox:
    """The messages that wait to be sent. One program sends those of a kind."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def put(self, messages: Iterable[Message]) -> None:
        """Add messages, as ``put`` below does, in a transaction of their own."""
        with self._backend.write() as connection:
            put(connection, messages)

    def due(self, kind: str, now: datetime, *, limit: int = 1000) -> Sequence[Message]:
        """Return the messages of a kind that may be sent now, the longest due first."""
        query = (
            select(outbox)
            .where(outbox.c.kind == kind, outbox.c.due <= now)
            .order_by(outbox.c.due, outbox.c.id)
            .limit(limit)
        )
        with self._backend.read() as connection:
            return [Message(**row) for row in connection.execute(query).mappings()]

    def is_due(self, kinds: Iterable[str], now: datetime) -> bool:
        """Whether a message of these kinds may be sent now."""
        query = select(outbox.c.id).where(outbox.c.kind.in_(list(kinds)), outbox.c.due <= now)
        with self._backend.read() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def of(self, kind: str) -> Sequence[Message]:
        """Return every message of a kind, those that were given up too, the oldest first."""
        query = select(outbox).where(outbox.c.kind == kind).order_by(outbox.c.created, outbox.c.id)
        with self._backend.read() as connection:
            return [Message(**row) for row in connection.execute(query).mappings()]

    def sent(self, messages: Iterable[Message]) -> None:
        """Forget messages that arrived, unless there was reason to send them once more since."""
        arrived = [{"gone": m.id, "then": m.created} for m in messages]
        query = delete(outbox).where(
            outbox.c.id == bindparam("gone"), outbox.c.created == bindparam("then")
        )
        with self._backend.write() as connection:
            execute(connection, query, arrived)

    def postpone(self, messages: Iterable[Message]) -> None:
        """Keep what did not arrive: ``due``, ``attempts`` and ``error`` are the new."""
        query = (
            update(outbox)
            .where(outbox.c.id == bindparam("kept"))
            .values(due=bindparam("later"), attempts=bindparam("tried"), error=bindparam("why"))
        )
        rows = [
            {"kept": m.id, "later": m.due, "tried": m.attempts, "why": m.error} for m in messages
        ]
        with self._backend.write() as connection:
            execute(connection, query, rows)

    def drop(self, messages: Iterable[Message]) -> None:
        """Give messages up."""
        with self._backend.write() as connection:
            query = delete(outbox).where(outbox.c.id == bindparam("gone"))
            execute(connection, query, [{"gone": m.id} for m in messages])


def put(connection: Connection, messages: Iterable[Message]) -> None:
    """Add messages, within a transaction that they belong to.

    One that waits already under the same id is not sent twice: it takes the new body, and keeps
    the time that its recipient's failures earned it. One that was given up begins anew.
    """
    new = {message.id: message for message in messages}
    names = list(new)
    for start in range(0, len(names), _CHUNK):
        waiting = select(outbox).where(outbox.c.id.in_(names[start : start + _CHUNK]))
        kept = {row["id"]: row for row in connection.execute(waiting).mappings()}
        rows = []
        for name in names[start : start + _CHUNK]:
            message, old = new[name], kept.get(name)
            if old and old["due"] is not None:
                message = replace(
                    message, due=old["due"], attempts=old["attempts"], error=old["error"]
                )
            rows.append(asdict(message))
        upsert(connection, outbox, rows)
