"""PostgreSQL, through psycopg 3 (the extra ``postgres``)."""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, text

from aggregator.errors import StoreError, StoreLocked
from aggregator.storage.backend import WRITES, Backend, Space

# It warns of what follows from an error that it raises; where nobody logs, that stays unsaid.
logging.getLogger("psycopg").addHandler(logging.NullHandler())

_CONNECT_TIMEOUT = "10"
"""Seconds; libpq's own default is to wait for ever."""

_ADVICE = {
    "25006": "it is read-only: name the primary server",
    "28": "it refuses this user: correct `store`, or the server's pg_hba.conf",
    "3D": "there is no such database: make it with createdb, or correct `store`",
    "42501": "this user may not do that: let it create, read and write tables",
    "53": "the server is out of room, memory or connections; this batch was not stored",
    "57": "the server is starting or stopping: try again later",
}
"""By SQLSTATE or its class, the first two characters (PostgreSQL's manual, appendix A)."""

# Numbers of our own, and the schema's: two stores in one database do not exclude each other.
_SCHEMA = "(current_schema()::regnamespace::oid::bigint & 2147483647)::int"
_RUN = f"1095193421, {_SCHEMA}"
_WRITE = f"1095193422, {_SCHEMA}"
_NAME = text("SELECT set_config('application_name', :owner, false)")
_TRY = text(f"SELECT pg_try_advisory_lock({_RUN})")
_HOLDER = text(
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"  # noqa: S608  a constant
    " WHERE locktype = 'advisory' AND granted AND objsubid = 2"
    " AND datname = current_database()"
    f" AND (classid::bigint, objid::bigint) = ({_RUN})"
)

_NOTHING = text("SELECT")
_LOST = "the connection that kept other runs off was lost; the next run takes it up again"

_SIZE = text(
    "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
)
_COMPACT = text("VACUUM (FULL, ANALYZE)")


@dataclass(slots=True)
class _Lock:
    """The right to be the one run, which the server drops with the connection that holds it."""

    owner: str
    connection: Connection

    @property
    def is_lost(self) -> bool:
        """Whether the connection is known to have ended."""
        return self.connection.closed or self.connection.invalidated


class PostgresBackend(Backend):
    """A store in the current schema of a PostgreSQL database."""

    def __init__(self, engine: Engine, name: str) -> None:
        super().__init__(engine, name)
        self._lock: _Lock | None = None

    def lock(self, owner: str) -> AbstractContextManager[None]:
        """Take an advisory lock; what is written under it goes through its own connection."""
        return self._locked(owner)

    def regain(self) -> bool:
        """Look whether the server still knows of the lock."""
        if self._lock is None:
            return False
        if not self._lock.is_lost:
            with suppress(StoreError), self.write() as connection:
                connection.execute(_NOTHING)
        if not self._lock.is_lost:
            return False
        self._lock.connection.close()
        self._lock.connection = self._take(self._lock.owner)
        return True

    @contextmanager
    def _locked(self, owner: str) -> Iterator[None]:
        self._lock = _Lock(owner, self._take(owner))
        try:
            yield
        finally:
            self._lock.connection.close()
            self._lock = None

    def _take(self, owner: str) -> Connection:
        with self._translated(), ExitStack() as failed:
            connection = failed.enter_context(self.engine.connect())
            connection.detach()
            # Of this name the server shows 63 bytes to whoever asks who holds the lock.
            connection.execute(_NAME, {"owner": owner})
            if not connection.scalar(_TRY):
                holder = connection.scalar(_HOLDER) or "another run"
                raise StoreLocked(f"store {self.name}: {holder} holds it")
            connection.commit()
            failed.pop_all()
            return connection.execution_options(**{WRITES: True})

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        if not writes or self._lock is None:
            with super()._transaction(writes=writes) as connection:
                yield connection
            return
        if self._lock.is_lost:  # and another run may have begun
            raise StoreError(f"store {self.name}: {_LOST}")
        with self._lock.connection.begin():
            yield self._lock.connection

    def damage(self) -> list[str]:
        """Say nothing: the server watches over its pages, and never lets a key dangle."""
        return []

    def space(self) -> Space:
        """Ask the server; what is unused it knows, and takes care of, itself."""
        with self.read() as connection:
            return Space(used=connection.scalar(_SIZE) or 0, unused=0, folder=None)

    def optimize(self) -> None:
        """Leave it to the server's autovacuum."""

    def compact(self) -> None:
        """Rewrite the tables."""
        with self._translated(), self.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(_COMPACT)

    def back_up(self, path: Path) -> None:
        """Name the tool that does it well."""
        raise StoreError(
            f"store {self.name}: it is PostgreSQL's: pg_dump --format=custom --file={path}"
            " makes a backup, and pg_restore --clean brings it back"
        )

    def advice(self, error: BaseException) -> str | None:
        """Go by the SQLSTATE; where there is none, no connection came about."""
        state = getattr(error, "sqlstate", None)
        if state is not None:
            return _ADVICE.get(state, _ADVICE.get(state[:2]))
        if isinstance(error, psycopg.OperationalError):
            return f"no connection: check `store` and the server: {' '.join(str(error).split())}"
        return None


class DiscardingPostgresBackend(PostgresBackend):
    """The same inside one transaction, which is rolled back in the end.

    Until then a run that is to store the same rows has to wait for it.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        super().__init__(engine, name)
        with self._translated():
            self._connection = engine.connect()
            self._connection.begin()

    def lock(self, owner: str) -> AbstractContextManager[None]:  # noqa: ARG002  nobody is told
        """Exclude nobody: nothing of this is going to be kept."""
        return nullcontext()

    def close(self) -> None:
        """Undo everything."""
        self._connection.close()
        super().close()

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:  # noqa: ARG002  all the same
        with self._connection.begin_nested():
            yield self._connection


def open_postgres(url: URL, *, discard: bool) -> PostgresBackend:
    """Connect to a database; with ``discard`` nothing that is done to it is kept."""
    name = url.set(query={}).render_as_string(hide_password=True)
    query = {"connect_timeout": _CONNECT_TIMEOUT, **url.query}
    engine = create_engine(
        url.set(drivername="postgresql+psycopg", query=query), pool_pre_ping=True
    )
    if discard:
        return DiscardingPostgresBackend(engine, name)
    event.listen(engine, "begin", _begin)
    return PostgresBackend(engine, name)


def _begin(connection: Connection) -> None:
    """Let one transaction write at a time, as SQLite does: two at once could deadlock."""
    if connection.get_execution_options().get(WRITES, False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE})")
