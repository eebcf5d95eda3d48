"""Looks at what a trial left behind, and has the next run carry on."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

from account import differences
from subscriber import Subscriber
from trials import FAILED, POLL, Trials

from aggregator.publish.files import stamp
from aggregator.storage.copies import damage

FEED = "public/feed.atom"
_STORE = "aggregator.db"


class Judge:
    """Says what is wrong after a command was struck at, and after the next run.

    Where the same state was left before, the next run is as well: a state is all that the store
    holds, recovered in a copy by SQLite as the next run would, and all other files.
    """

    def __init__(self, trials: Trials, quiet: Path) -> None:
        """Take a folder where all went undisturbed, ``quiet``, with the first feeds.yaml as old."""
        self._trials = trials
        self._quiet = quiet
        self._known: set[bytes] = set()

    @property
    def states(self) -> int:
        """How many different states there were."""
        return len(self._known)

    def complaints(self, code: int) -> Iterator[str]:
        """Say what is wrong after a command ended with a code."""
        folder, said, reader = self._trials.folder, self._trials.said, Subscriber()
        if code not in {0, FAILED}:
            yield f"it ended with {code}: {said[-400:]}"
        elif code and not said.strip():
            yield "it failed and said nothing"
        reader.read(folder / FEED)
        if (copy := folder / "copy.db").exists() and (wrong := unsound(copy)):
            yield f"the backup is there and {wrong}"
        yield from self.carries_on(reader)

    def carries_on(self, reader: Subscriber) -> Iterator[str]:
        """Have the next run carry on, and say what is wrong then.

        ``reader`` knows what it was told until now.
        """
        folder = self._trials.folder
        wrong, state = _state(folder, reader)
        if wrong:
            yield f"the store is damaged: {wrong}"
        if state in self._known:
            return
        self._known.add(state)
        code, _ = self._trials.run(*POLL)
        if code:
            yield f"the next run ended with {code}: {self._trials.said[-400:]}"
            return
        reader.read(folder / FEED)
        yield from reader.complaints
        if wrong := unsound(folder / _STORE):
            yield f"after the next run the store is damaged: {wrong}"
        written, old, new = (
            path.read_bytes()
            for path in (
                folder / "feeds.yaml",
                self._quiet / "old",
                self._quiet / "feeds.yaml",
            )
        )
        if written == new:
            yield from differences(self._quiet / _STORE, folder / _STORE)
        elif written != old:
            yield "feeds.yaml is neither the old nor the new one"


def unsound(path: Path) -> str:
    """Return what is wrong with a database; nothing where it is sound."""
    try:
        with closing(sqlite3.connect(path)) as database:
            return "; ".join(damage(database))
    except sqlite3.DatabaseError as error:
        return str(error)


def _state(folder: Path, reader: Subscriber) -> tuple[str, bytes]:
    """Return what is wrong with the store, and a digest of all that matters to the next run."""
    digest = blake2b(repr((reader.complaints, sorted(reader.entries))).encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith(_STORE):
            digest.update(repr((str(path), path.read_bytes())).encode())
    aside = folder.with_name("aside")
    aside.mkdir()
    for path in folder.glob(f"{_STORE}*"):
        shutil.copy(path, aside)
    wrong = unsound(aside / _STORE)
    if not wrong:
        with closing(sqlite3.connect(aside / _STORE)) as database:
            digest.update("\n".join(_rows(database, folder)).encode())
    shutil.rmtree(aside)
    return wrong, digest.digest()


def _rows(database: sqlite3.Connection, folder: Path) -> Iterator[str]:
    """Return what a store says, but for how long polls took; of files, whether they stand."""
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    for (table,) in tables.fetchall():
        if table.startswith(("poll", "searched")):
            continue
        found = database.execute(f"SELECT * FROM {table}")  # noqa: S608  its own names
        names = [name for name, *_ in found.description]
        for values in sorted(found, key=repr):
            row = dict(zip(names, values, strict=True))
            if table == "editions":
                row["stamp"] = row["stamp"] == stamp(folder / "public", json.loads(row["names"]))
            yield f"{table} {row}"
