"""What was agreed on with hubs, and what they brought until it is read (WebSub)."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from operator import attrgetter

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from aggregator.model import Delivery, HubState, HubSubscription
from aggregator.storage.backend import Backend
from aggregator.storage.schema import deliveries, hub_subscriptions
from aggregator.storage.upsert import execute, upsert

_NAMES = tuple(field.name for field in fields(HubSubscription))
_values = attrgetter(*_NAMES)
_AT_ONCE = 16
"""Deliveries that are held in memory together."""


class Pushes:
    """Subscriptions at hubs, and the inbox; the daemon and the web server change them in turns."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def subscription(self, token: str) -> HubSubscription | None:
        """Return the subscription of a callback."""
        query = select(hub_subscriptions).where(hub_subscriptions.c.token == token)
        with self._backend.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
            return HubSubscription(**row) if row else None

    @contextmanager
    def edit(self) -> Iterator[dict[str, HubSubscription]]:
        """Yield the subscriptions by token; what the block makes of them is kept, or nothing is.

        One at a time, whichever process asks.
        """
        with self._backend.write() as connection:
            before = _subscriptions(connection)
            after = dict(before)
            yield after
            changed = [s for token, s in after.items() if s != before.get(token)]
            rows = [dict(zip(_NAMES, _values(s), strict=True)) for s in changed]
            upsert(connection, hub_subscriptions, rows)
            gone = [{"gone": token} for token in before.keys() - after.keys()]
            query = delete(hub_subscriptions).where(hub_subscriptions.c.token == bindparam("gone"))
            execute(connection, query, gone)

    def relied_on(self, now: datetime) -> frozenset[str]:
        """Return the feeds whose hub brings what is new, as far as anybody knows."""
        query = select(hub_subscriptions.c.feed).where(
            hub_subscriptions.c.state == HubState.ACTIVE,
            hub_subscriptions.c.expires > now,
            hub_subscriptions.c.missed.is_(False),
        )
        with self._backend.read() as connection:
            return frozenset(connection.scalars(query))

    def problems(self) -> dict[str, str]:
        """Return what is wrong with hubs, in words, by feed."""
        table = hub_subscriptions.c
        query = select(table.feed, table.error).where(table.error.is_not(None))
        with self._backend.read() as connection:
            return {row.feed: row.error for row in connection.execute(query)}

    def missed(self, feeds: Iterable[str]) -> None:
        """Note that polls found of these feeds what their hubs never brought."""
        query = (
            update(hub_subscriptions)
            .where(hub_subscriptions.c.feed == bindparam("polled"))
            .values(missed=True)
        )
        if rows := [{"polled": feed} for feed in feeds]:
            with self._backend.write() as connection:
                execute(connection, query, rows)

    def receive(self, delivery: Delivery, token: str, most: int) -> bool:
        """Put a delivery into the inbox; False where ``most`` of its feed wait there already.

        The subscription of that token is relied on from now on.
        """
        waiting = select(func.count()).where(deliveries.c.feed == delivery.feed)
        row = {name: getattr(delivery, name) for name in _DELIVERED}
        relied_on = (
            update(hub_subscriptions)
            .where(hub_subscriptions.c.token == token)
            .values(delivered=delivery.received, missed=False, error=None)
        )
        with self._backend.write() as connection:
            if connection.execute(waiting).scalar_one() >= most:
                return False
            connection.execute(insert(deliveries).values(row))
            connection.execute(relied_on)
            return True

    def is_waiting(self) -> bool:
        """Whether a delivery waits in the inbox."""
        with self._backend.read() as connection:
            return connection.execute(select(deliveries.c.number).limit(1)).first() is not None

    def inbox(self) -> Sequence[Delivery]:
        """Return the first delivery that waits of each feed, of some feeds where many wait."""
        first = select(func.min(deliveries.c.number)).group_by(deliveries.c.feed)
        query = (
            select(deliveries)
            .where(deliveries.c.number.in_(first))
            .order_by(deliveries.c.number)
            .limit(_AT_ONCE)
        )
        with self._backend.read() as connection:
            rows = connection.execute(query).mappings()
            return [Delivery(**row) for row in rows]

    def read(self, numbers: Iterable[int]) -> None:
        """Take deliveries out of the inbox."""
        query = delete(deliveries).where(deliveries.c.number == bindparam("done"))
        with self._backend.write() as connection:
            execute(connection, query, [{"done": number} for number in numbers])


_DELIVERED = ("feed", "topic", "received", "type", "body")


def _subscriptions(connection: Connection) -> dict[str, HubSubscription]:
    rows = connection.execute(select(hub_subscriptions)).mappings()
    return {row["token"]: HubSubscription(**row) for row in rows}
