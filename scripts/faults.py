"""Lets each write of the command fail in turn: a full disk, a broken one, a locked database.

The process runs with strike.c preloaded and forks, so that a trial costs no start of Python. Why
so: SQLite's file system cannot be replaced from Python, RLIMIT_FSIZE and a small tmpfs can make
large files fail but no chosen write, and a seam of our own would not reach SQLite's writes.
"""

import ctypes
import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, product
from pathlib import Path

from account import differences
from farm import World, configuration
from strike import environment, library
from subscriber import Subscriber

from aggregator.cli import main

START = datetime(2025, 10, 1, tzinfo=UTC)
LATER = START + timedelta(hours=8)
FEEDS = 3
FAULTS = {"a full disk": errno.ENOSPC, "a broken disk": errno.EIO}
SECTIONS = """\
encoder: none
store: "sqlite:///aggregator.db?timeout=0.1"
publish: {limit: 5, archive: true}
"""
FAILED = 2
"""What the command ends with where the store or a directory cannot be used."""


KINDS = ("write", "sync", "name")


class Trials:
    """Runs the command in forks of this process, in a folder, struck as wished."""

    def __init__(self, folder: Path) -> None:
        self._library = ctypes.CDLL(None)
        self.folder = folder
        self.now = START
        self.said = folder.with_name("said")
        self._count = folder.with_name("count")

    def run(
        self, *words: str, at: int = 0, fault: int = 0, kind: str = "", lasting: bool = False
    ) -> tuple[int, int]:
        """Return the exit code, and how many operations it took."""
        process = os.fork()
        if process == 0:
            self._library.set_clock(str(int(self.now.timestamp())).encode())
            self._library.strike(at, str(fault).encode(), kind.encode(), lasting)
            code = self._child(words)
            self._count.write_text(str(self._library.operations()))
            os._exit(code)
        _, status = os.waitpid(process, 0)
        return os.waitstatus_to_exitcode(status), int(self._count.read_text())

    def _child(self, words: tuple[str, ...]) -> int:
        os.chdir(self.folder)
        with self.said.open("w") as said, Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), 1)
            os.dup2(said.fileno(), 2)
            sys.argv = ["aggregate", *words]
            try:
                main()
            except SystemExit as end:
                return int(end.code or 0)
            except BaseException:  # noqa: BLE001  that is what is looked for
                traceback.print_exc()
            finally:
                sys.stderr.flush()
        return 1


def tell(folder: Path, now: datetime) -> None:
    """Write the feeds' documents as they are at a time."""
    world = World(3, FEEDS, START - timedelta(hours=24), timedelta(hours=2), timedelta(hours=1))
    for feed in range(FEEDS):
        (folder / f"paper-{feed}").write_bytes(world.document(feed, now).body)


def prepare(folder: Path, scene: str, trials: Trials) -> None:
    """Make the folder in which a scene begins."""
    folder.mkdir()
    trials.now = START
    written = configuration(FEEDS, 80, SECTIONS)
    for feed in range(FEEDS):
        host = f"http://paper-{feed}.localhost:80/feed/{feed}"
        written = written.replace(host, f"file:paper-{feed}")
    (folder / "feeds.yaml").write_text(written, encoding="utf-8")
    tell(folder, START)
    if scene == "first run":
        return
    for words in (POLL, ("backup", "older.db")):
        code, _ = trials.run(*words)
        if code:
            sys.exit(trials.said.read_text())
    tell(folder, LATER)
    trials.now = LATER


POLL = ("--once", "--quiet")
SCENES = {
    "first run": POLL,
    "later run": POLL,
    "edit": ("remove", "paper-2"),
    "back up": ("backup", "copy.db"),
    "restore": ("restore", "older.db"),
    "tidy": ("tidy", "--compact"),
}


@dataclass
class Judge:
    """Looks at what a trial left, and has the next run carry on."""

    trials: Trials
    scene: str
    quiet: Path
    """A folder where the same went without a fault, and the next run too."""

    def complaints(self, code: int) -> Iterator[str]:
        """Say what is wrong after a command ended with this code."""
        folder, said = self.trials.folder, self.trials.said.read_text()
        if code not in {0, FAILED}:
            yield f"it ended with {code}: {said[-400:]}"
        elif code and not said.strip():
            yield "it failed and said nothing"
        reader = Subscriber()
        reader.read(folder / "public/feed.atom")
        if (copy := folder / "copy.db").exists() and (wrong := _unsound(copy)):
            yield f"the backup is there and {wrong}"
        again, _ = self.trials.run(*POLL)
        if again:
            yield f"the next run ended with {again}: {self.trials.said.read_text()[-400:]}"
            return
        reader.read(folder / "public/feed.atom")
        yield from reader.complaints
        written, old, new = (
            path.read_bytes()
            for path in (folder / "feeds.yaml", self.quiet / "old", self.quiet / "feeds.yaml")
        )
        if written == new:
            yield from differences(self.quiet / "aggregator.db", folder / "aggregator.db")
        elif written != old:
            yield "feeds.yaml is neither the old nor the new one"


def _unsound(path: Path) -> str:
    with closing(sqlite3.connect(path)) as database:
        said = str(database.execute("PRAGMA integrity_check").fetchone()[0])
    return "" if said == "ok" else said


def inject(folder: Path, every: int) -> bool:
    """Try one in so many ways to fail; print what was seen, and whether all is well.

    In a program of its own, for which strike.c is preloaded.
    """
    command = [sys.executable, __file__, folder, str(every)]
    under = environment(library(folder), START, folder / "trial")
    return subprocess.run(command, env=under, check=False).returncode == 0


def _try_all(folder: Path, every: int) -> bool:
    seen: Counter[str] = Counter()
    found: list[str] = []
    trials, turn = Trials(folder / "trial"), count()
    for scene, words in SCENES.items():
        begin, quiet = folder / f"begin {scene}", folder / f"quiet {scene}"
        trials.folder = begin
        prepare(begin, scene, trials)
        shutil.copytree(begin, quiet)
        trials.folder = quiet
        shutil.copy(quiet / "feeds.yaml", quiet / "old")
        for command in (words, POLL):
            code, _ = trials.run(*command)
            if code:
                sys.exit(f"{scene}, undisturbed: {trials.said.read_text()}")
        trials.folder = folder / "trial"
        for kind in KINDS:
            shutil.copytree(begin, trials.folder)
            _, operations = trials.run(*words, kind=kind)
            shutil.rmtree(trials.folder)
            print(f"{scene}: {operations} operations of kind {kind}", flush=True)
            every_way = product(range(1, operations + 1), FAULTS.items(), (False, True))
            for at, (what, fault), lasting in every_way:
                if next(turn) % every:
                    continue
                shutil.copytree(begin, trials.folder)
                code, _ = trials.run(*words, at=at, fault=fault, kind=kind, lasting=lasting)
                seen[f"{scene}: ended with {code}"] += 1
                for complaint in Judge(trials, scene, quiet).complaints(code):
                    means = "from there on" if lasting else "once"
                    found.append(f"{scene}, {what} at {kind} {at} {means}: {complaint}")
                    print(f"COMPLAINT {found[-1]}", flush=True)
                shutil.rmtree(trials.folder)
    for what, times in seen.items():
        print(f"{what}: {times} trials")
    print(f"trials: {seen.total()}; complaints: {len(found)}")
    return not found


if __name__ == "__main__":
    sys.exit(not _try_all(Path(sys.argv[1]), int(sys.argv[2])))
