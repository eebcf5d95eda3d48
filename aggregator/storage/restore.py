"""Puts a backup in the place of a store."""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from aggregator.durable import flush
from aggregator.errors import StoreError
from aggregator.storage.copies import copy, damage
from aggregator.storage.sqlite import lock_beside
from aggregator.storage.upgrade import HEAD


def restore(url: str, backup: Path, *, owner: str, now: datetime) -> Path | None:
    """Check a backup and put it in a store's place; return where the old file is kept, if any was.

    The store may be missing or damaged. It changes in one step: whenever this ends, either the old
    or the new one is there. Raises StoreLocked and StoreError.
    """
    place = make_url(url)
    if place.get_backend_name() != "sqlite" or place.database in {None, "", ":memory:"}:
        raise StoreError("only a store in an SQLite file is restored so; PostgreSQL has pg_restore")
    path = Path(str(place.database)).resolve()
    if not backup.is_file():
        raise StoreError(f"{backup}: there is no such file")
    if path.exists() and backup.samefile(path):
        raise StoreError(f"{backup}: this is the store itself")
    with lock_beside(path, owner):
        new = path.with_name(f".{path.name}.restored")
        new.unlink(missing_ok=True)
        try:
            _copy_checked(backup, new)
            kept = _set_aside(path, now)
            flush(path.parent)  # the log is gone for good: it must not meet the new file
            new.replace(path)
            flush(path.parent)
        except OSError as error:
            raise StoreError(f"store {path}: it cannot be written: {error.strerror}") from error
        finally:
            new.unlink(missing_ok=True)
    return kept


def _copy_checked(backup: Path, new: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro", uri=True)) as given:
            found = damage(given)
            revision = _revision(given)
            if not found and revision and revision <= HEAD:
                copy(given, new)
    except sqlite3.Error as error:
        raise StoreError(f"{backup}: it is no sound SQLite database: {error}") from error
    if found:
        raise StoreError(f"{backup}: it is damaged, take another backup: {'; '.join(found)}")
    if revision is None:
        raise StoreError(f"{backup}: it is a database of another program")
    if revision > HEAD:
        raise StoreError(
            f"{backup}: its schema {revision} is newer than this program, which knows {HEAD}: "
            "install the newest aggregator"
        )


def _revision(connection: sqlite3.Connection) -> str | None:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if not {"alembic_version", "articles"} <= tables:
        return None
    return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def _set_aside(path: Path, now: datetime) -> Path | None:
    """Keep the file that is there under another name as well; return that."""
    if not path.exists():
        return None
    log = path.with_name(f"{path.name}-wal")
    is_sound = False
    # What was written last goes into the file itself, and the last to close takes the log away.
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path)) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_sound = old.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    if is_sound and log.exists():
        raise StoreError(
            f"store {path}: another program has it open: end it (aggregate serve?) first"
        )
    kept = path.with_name(f"{path.name}.{now:%Y%m%dT%H%M%SZ}.old")
    if log.exists():  # of a damaged store: it belongs to that one and to no other
        log.rename(kept.with_name(f"{kept.name}-wal"))
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    try:
        kept.hardlink_to(path)
    except OSError:  # a file system without links
        shutil.copy2(path, kept)
    with kept.open("rb") as file:
        os.fsync(file.fileno())
    return kept
