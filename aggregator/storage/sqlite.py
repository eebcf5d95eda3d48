"""SQLite: one file in WAL mode, or memory."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, cast

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event

from aggregator.errors import StoreError, StoreLocked
from aggregator.storage.backend import WRITES, Backend, Space
from aggregator.storage.copies import copy, damage, fill

_BUSY_TIMEOUT = 30
"""Seconds, longer than any batch takes to write; ``?timeout=`` in the url says otherwise."""

_PAGES = 5000
"""Given back at once, 20 MB: a fraction of a second."""

_LOG = 16 << 20
"""Bytes that the log keeps when it begins anew: while a program reads, it can but grow."""

_CACHE = 16 << 10
"""KiB of pages in memory at most."""

_PRIMARY_CODE = 0xFF
_ADVICE = {
    sqlite3.SQLITE_BUSY: "another program is writing to it: end that program, or try again later",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check that its folder exists and is writable",
    sqlite3.SQLITE_CORRUPT: (
        "it is damaged: restore a backup (aggregate restore FILE), or move it away to start anew"
    ),
    sqlite3.SQLITE_FULL: "the disk is full: make room and run again; this batch was not stored",
    sqlite3.SQLITE_IOERR: "the disk is full or fails: check it; this batch was not stored",
    sqlite3.SQLITE_NOTADB: (
        "it is no SQLite database, or no longer: restore a backup (aggregate restore FILE), "
        "move it away, or name another file"
    ),
    sqlite3.SQLITE_READONLY: "it is read-only: let this user write to it and to its folder",
}


class SqliteBackend(Backend):
    """A store in a file, or in memory where ``path`` is None."""

    def __init__(self, engine: Engine, path: Path | None) -> None:
        super().__init__(engine, str(engine.url.database or "in memory"))
        self._path = path

    def lock(self, owner: str) -> AbstractContextManager[None]:
        """Lock a file beside the database; what lies in memory nobody else can reach."""
        return nullcontext() if self._path is None else lock_beside(self._path, owner)

    def damage(self) -> list[str]:
        """Go by SQLite's own checks of its pages, indexes and foreign keys."""
        with self._plain() as connection:
            return damage(connection)

    def space(self) -> Space:
        """Count the pages."""
        with self._plain() as connection:
            size, pages, unused = (
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_size", "page_count", "freelist_count")
            )
        folder = self._path and self._path.parent
        return Space(used=size * pages, unused=size * unused, folder=folder)

    def optimize(self) -> None:
        """Do what SQLite itself thinks is due, and shorten the file by some pages."""
        with self._plain() as connection:
            # BEGIN waits for another writer, as neither pragma would. Of the steps of the vacuum,
            # a page each, execute() and fetchall() take but one, since no step gives a row.
            connection.executescript(
                "BEGIN IMMEDIATE; PRAGMA optimize = 0x10002;"
                f" PRAGMA incremental_vacuum({_PAGES}); COMMIT"
            )

    def compact(self) -> None:
        """Write the file anew; from then on it can be shortened by and by."""
        with self._plain() as connection:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("VACUUM")

    def back_up(self, path: Path) -> None:
        """Copy it as it is at one moment."""
        with self._plain() as connection:
            copy(connection, path)

    @contextmanager
    def _plain(self) -> Iterator[sqlite3.Connection]:
        """Hand out the driver's own connection, in no transaction."""
        try:
            with closing(self.engine.raw_connection()) as connection:
                yield cast("sqlite3.Connection", connection.driver_connection)
        except sqlite3.Error as error:
            raise StoreError(f"store {self.name}: {self.advice(error) or error}") from error

    def advice(self, error: BaseException) -> str | None:
        """Go by SQLite's primary result code (https://www.sqlite.org/rescode.html)."""
        return advice(error)


def advice(error: BaseException) -> str | None:
    """Return what happened and what to do, by SQLite's primary result code."""
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_ERROR and str(error).startswith("no such "):
        return f"{error}: something else changed its tables: restore a backup"
    return None if code is None else _ADVICE.get(code & _PRIMARY_CODE)


def open_sqlite(url: URL, *, discard: bool) -> SqliteBackend:
    """Open a database file, made where it is missing; with ``discard`` a copy that goes."""
    if url.database in {None, "", ":memory:"}:
        return SqliteBackend(_private_engine(url, None), None)
    path = Path(str(url.database))
    if discard:
        return SqliteBackend(_private_engine(url, path), None)
    _make(path)
    engine = create_engine(url.set(query={"timeout": str(_BUSY_TIMEOUT), **url.query}))
    event.listen(engine, "connect", _make_durable)
    return SqliteBackend(_with_transactions(engine), path.resolve())


def _make(path: Path) -> None:
    """Create the file for its owner alone: the addresses of private feeds can hold secrets.

    A missing folder is an error, lest an unmounted disk pass for a new, empty store.
    """
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError as error:
        if path.is_dir():
            raise StoreError(
                f"store {path}: it is a folder: name a file in it, such as {path}/aggregator.db"
            ) from error
    except FileNotFoundError as error:
        raise StoreError(
            f"store {path}: its folder does not exist: create {path.parent}, or correct `store`"
        ) from error
    except OSError as error:
        raise StoreError(
            f"store {path}: it cannot be created: {error.strerror}: let this user write to "
            f"{path.parent}, or correct `store`"
        ) from error


def _private_engine(url: URL, source: Path | None) -> Engine:
    """Return an engine over a database of its own that ends with it, filled from a file.

    SQLite keeps the database named "" in memory and, where that gets tight, in an unlinked file.
    """

    def connect() -> sqlite3.Connection:
        private = sqlite3.connect("", check_same_thread=False)
        if source is not None and source.exists():
            uri = f"{source.resolve().as_uri()}?mode=rw"
            with closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_TIMEOUT)) as stored:
                fill(private, stored)
        return private

    return _with_transactions(create_engine(url, creator=connect, poolclass=StaticPool))


def _make_durable(connection: sqlite3.Connection, _record: Any) -> None:
    """Let readers and a writer work side by side, and a commit outlive a power cut.

    A new file is also made such that it can be shortened; and there is room for what one batch
    changes, or pages are written and read again within it.
    """
    if connection.execute("PRAGMA page_count").fetchone() == (0,):
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA journal_size_limit = {_LOG}")
    connection.execute(f"PRAGMA cache_size = -{_CACHE}")


def _with_transactions(engine: Engine) -> Engine:
    """Take the transactions out of the driver's hands: it opens none for reads and for DDL."""
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    """Ask for the right to write at the start: a reader that becomes a writer can fail."""
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def lock_beside(path: Path, owner: str) -> Iterator[None]:
    """Hold ``<database>.lock``, and tell in ``<database>.owner`` who does.

    The operating system drops the lock when its holder dies, however it dies; what the second
    file says then is stale, and counts for nothing while nobody holds the first.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415  40 ms that readers need not spend

    note = path.with_name(f"{path.name}.owner")
    lock = FileLock(path.with_name(f"{path.name}.lock"))
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise StoreLocked(f"store {path}: {_holder(note)} holds it") from error
    except OSError as error:
        raise StoreError(
            f"store {path}: it cannot be locked: {error.strerror}: let this user write to it and "
            "to what stands beside it"
        ) from error
    try:
        note.write_text(owner, encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            note.unlink(missing_ok=True)
        lock.release()


def _holder(note: Path) -> str:
    try:
        return note.read_text(encoding="utf-8") or "another run"
    except OSError:
        return "another run"
