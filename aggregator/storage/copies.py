"""Copies of an SQLite database: made while it is used, and checked."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from aggregator.durable import flush
from aggregator.errors import StoreError

_SHOWN = 20
"""Complaints of one check: the first tell enough."""


def copy(source: sqlite3.Connection, path: Path) -> None:
    """Copy a database to a file that is not there yet, which is whole when it appears.

    It is for its owner alone, and one file, whatever is under way. Others may read and write
    meanwhile (https://www.sqlite.org/backup.html). Raises StoreError and sqlite3.Error.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        if path.exists():
            raise StoreError(f"{path}: there is such a file; name another, or move it away")
        new.touch(mode=0o600, exist_ok=False)
        try:
            with closing(sqlite3.connect(new)) as made:
                fill(made, source)
                made.execute("PRAGMA journal_mode = DELETE")
            with new.open("rb") as file:
                os.fsync(file.fileno())
            path.hardlink_to(new)  # unlike a renaming, it replaces nothing
        finally:
            new.unlink(missing_ok=True)
        flush(path.parent)
    except OSError as error:
        raise StoreError(f"{path}: it cannot be written: {error.strerror}") from error


def fill(target: sqlite3.Connection, source: sqlite3.Connection) -> None:
    """Copy all pages of a database, waiting no longer for who holds it than its connection does.

    ``backup`` would ask again without end. Raises StoreError and sqlite3.Error.
    """

    def look(status: int, _left: int, _all: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise StoreError("another program holds the database: try again when it has ended")

    source.backup(target, progress=look)


def damage(connection: sqlite3.Connection) -> list[str]:
    """Return what SQLite finds wrong with a database, in its words; nothing where it is sound."""
    rows = connection.execute(f"PRAGMA integrity_check({_SHOWN})")
    found = [line for row in rows for line in row[0].splitlines()][:_SHOWN]
    dangling = connection.execute("PRAGMA foreign_key_check").fetchmany(_SHOWN)
    return [
        *(line for line in found if line != "ok" and not line.startswith("***")),
        *(
            f"a row of {table} names one of {parent} that is not there"
            for table, _, parent, _ in dangling
        ),
    ]
