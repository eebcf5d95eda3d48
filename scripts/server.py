"""A PostgreSQL server of our own: it listens on a socket in its folder, and goes with it.

Its programs are those that Debian's package ``postgresql`` puts there.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Server:
    """One that runs; whoever comes is its superuser ``tester``."""

    binaries: Path
    folder: Path

    def url(self, database: str) -> str:
        """Return where a database of it is."""
        return f"postgresql://tester@/{database}?host={self.folder}"

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's own clients on it."""
        command = [str(self.binaries / program), f"--host={self.folder}", "--username=tester"]
        subprocess.run([*command, *arguments], check=True, capture_output=True)

    def restart(self) -> None:
        """End it as a crash would, and start it again."""
        self._control("--mode=immediate", "restart")

    def start(self) -> None:
        """Make its files and start it."""
        # Sorted as people do, unlike SQLite: what is to be sorted alike has to say so itself.
        locale = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en")
        self._run(
            "initdb", "--auth=trust", "--username=tester", "--encoding=UTF8", "--no-sync", *locale
        )
        quick = "-c fsync=off -c full_page_writes=off -c jit=off"
        settings = f"-k {self.folder} -c listen_addresses='' {quick}"
        self._control(f"--options={settings}", "start")

    def stop(self) -> None:
        """End it."""
        self._control("--mode=immediate", "stop")

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "--wait", f"--log={self.folder / 'log'}", *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.binaries / program), "-D", str(self.folder / "data"), *arguments]
        # It refuses to run as root, and is to live by the true time.
        is_root = os.geteuid() == 0
        subprocess.run(
            command,
            check=True,
            user=_UNPRIVILEGED if is_root else None,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            timeout=60,
            env={k: v for k, v in os.environ.items() if k != "LD_PRELOAD"},
        )


MISSING = "PostgreSQL is not installed: apt-get install postgresql"
_UNPRIVILEGED = "postgres" if any(e.pw_name == "postgres" for e in pwd.getpwall()) else "nobody"


def programs() -> Path | None:
    """Return the folder of the newest server that is installed, if any is."""
    found = Path("/usr/lib/postgresql").glob("*/bin")
    return max(found, key=lambda path: int(path.parent.name), default=None)


@contextmanager
def serving() -> Iterator[Server]:
    """Run one while the block lasts; raise FileNotFoundError where PostgreSQL is not installed."""
    binaries = programs()
    if binaries is None:
        raise FileNotFoundError(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="aggregator-"))  # pytest's own is closed to other users
    if os.geteuid() == 0:
        shutil.chown(folder, _UNPRIVILEGED)
    server = Server(binaries, folder)
    try:
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
