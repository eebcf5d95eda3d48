"""Runs the command again and again in a small folder, as fast as it forks, struck as wished.

The process runs with strike.c preloaded, does everything once to have it loaded, and forks for each
run. Why so: SQLite's file system cannot be replaced from Python, RLIMIT_FSIZE and a small tmpfs can
make large files fail but no chosen write, and a seam of our own would not reach SQLite's writes.
"""

import ctypes
import gc
import io
import os
import shutil
import sys
import traceback
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from farm import Document, World, configuration

import aggregator.app.aggregator
from aggregator.cli import main
from aggregator.model import ParsedFeed, Response
from aggregator.parse import parse

START = datetime(2025, 10, 1, tzinfo=UTC)
LATER = START + timedelta(hours=8)
FEEDS = 3
FAILED = 2
"""What the command ends with where the store or a directory cannot be used."""
POLL = ("--once", "--quiet")
SCENES = {
    "first run": POLL,
    "later run": POLL,
    "edit": ("remove", "paper-2"),
    "back up": ("backup", "copy.db"),
    "restore": ("restore", "older.db"),
    "tidy": ("tidy", "--compact"),
}
"""What is struck at, by name."""
Scenes = Mapping[str, tuple[str, ...]]
STORE = "sqlite:///aggregator.db?timeout=0.1"
_SECTIONS = """\
encoder: none
store: "{}"
publish: {{limit: 5, archive: true}}
"""


@dataclass(frozen=True)
class Strike:
    """What becomes of a run's operations (strike.c)."""

    kind: str = ""
    at: int = 0
    how: str = ""
    lasting: bool = False


UNDISTURBED = Strike()


class Trials:
    """Runs the command in forks of this process, in a folder, at a time handed in."""

    def __init__(self, folder: Path, store: str = STORE) -> None:
        self._library = ctypes.CDLL(None)
        self.folder = folder
        self.store = store
        """As feeds.yaml names it."""
        self.now = START
        self.turn = 0
        """How many runs there were: ids are drawn from it, so that equal runs leave the same."""
        self._said = folder.with_name("said")
        self._count = folder.with_name("count")

    @property
    def said(self) -> str:
        """What the last run said on standard error."""
        return self._said.read_text(encoding="utf-8")

    def warm(self) -> None:
        """Do here what forks are going to do, in another folder, so that they find it loaded."""
        # A process that reads documents writes nothing, and its start takes half of a trial.
        aggregator.app.aggregator.SandboxedParser = _Parser  # type: ignore[attr-defined, assignment]
        elsewhere, here = Trials(self.folder.with_name("warm")), Path.cwd()
        elsewhere.prepare("first run")
        os.chdir(elsewhere.folder)
        for words in (POLL, ("backup", "older.db"), *SCENES.values()):
            with redirect_stdout(io.StringIO()):
                _run(words)
        os.chdir(here)
        shutil.rmtree(elsewhere.folder)
        gc.disable()  # a fork ends before there is much to collect

    def run(self, *words: str, strike: Strike = UNDISTURBED, journal: int = -1) -> tuple[int, int]:
        """Return the exit code, and how many operations it took."""
        process = self.start(*words, strike=strike, journal=journal)
        _, status = os.waitpid(process, 0)
        return os.waitstatus_to_exitcode(status), int(self._count.read_text())

    def start(self, *words: str, strike: Strike = UNDISTURBED, journal: int = -1) -> int:
        """Begin a run; return its process. Its ``journal`` goes to a descriptor."""
        self.turn += 1
        process = os.fork()
        if process:
            return process
        ids = Random(self.turn)  # noqa: S311  reproducible chance
        aggregator.app.aggregator.uuid4 = lambda: UUID(int=ids.getrandbits(128), version=4)  # type: ignore[attr-defined]
        self._library.set_clock(str(int(self.now.timestamp())).encode())
        self._library.keep(journal)
        self._library.strike(
            strike.at, strike.how.encode(), strike.kind.encode(), int(strike.lasting)
        )
        os.chdir(self.folder)
        with self._said.open("w") as said, Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), 1)
            os.dup2(said.fileno(), 2)
            code = _run(words)
            sys.stderr.flush()
        self._count.write_text(str(self._library.operations()))
        os._exit(code)

    def begin(self, like: Path) -> None:
        """Make the folder anew, like another."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(like, self.folder)
        self.turn = 1

    def prepare(self, scene: str) -> None:
        """Make the folder in which a scene begins."""
        self.folder.mkdir()
        self.now = START
        self.turn = 0
        written = configuration(FEEDS, 80, _SECTIONS.format(self.store))
        for feed in range(FEEDS):
            host = f"http://paper-{feed}.localhost:80/feed/{feed}"
            written = written.replace(host, f"file:paper-{feed}")
        (self.folder / "feeds.yaml").write_text(written, encoding="utf-8")
        self.tell(START)
        if scene == "first run":
            return
        self.expect(*POLL)
        if scene == "restore":
            self.expect("backup", "older.db")
        self.tell(LATER)

    def tell(self, now: datetime) -> list[Document]:
        """Let it be then: write the feeds' documents as they are at that time, and return them."""
        world = World(3, FEEDS, START - timedelta(hours=24), timedelta(hours=2), timedelta(hours=1))
        documents = [world.document(feed, now) for feed in range(FEEDS)]
        for feed, document in enumerate(documents):
            (self.folder / f"paper-{feed}").write_bytes(document.body)
        self.now = now
        return documents

    def expect(self, *words: str, journal: int = -1) -> None:
        """Run it, which has to succeed."""
        code, _ = self.run(*words, journal=journal)
        if code:
            sys.exit(f"{words}, undisturbed, ended with {code}: {self.said}")


class _Parser:
    """Reads documents in this process."""

    def __init__(self, **_: object) -> None:
        """Set no limits: our own documents are harmless."""

    def __call__(self, response: Response, seen: frozenset[str] = frozenset()) -> ParsedFeed:
        return parse(response, seen)

    def close(self) -> None:
        """Do nothing."""


def _run(words: tuple[str, ...]) -> int:
    sys.argv = ["aggregate", *words]
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    except BaseException:  # noqa: BLE001  that is what is looked for
        traceback.print_exc()
    return 1
