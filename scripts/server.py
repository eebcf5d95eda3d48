"""A PostgreSQL server of our own: it listens on a socket in its folder, and goes with it."""

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

    def restart(self) -> None:
        """End it as a crash would, and start it again."""
        self._control("--mode=immediate", "restart")

    def start(self) -> None:
        """Make its files and start it; ordered as people do, unlike SQLite."""
        locale = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en")
        self._run("initdb", "--auth=trust", "--username=tester", "--no-sync", *locale)
        settings = f"-k {self.folder} -c listen_addresses='' -c fsync=off"
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
            env={k: v for k, v in os.environ.items() if k != "LD_PRELOAD"},
        )


_UNPRIVILEGED = "postgres" if any(e.pw_name == "postgres" for e in pwd.getpwall()) else "nobody"


@contextmanager
def serving() -> Iterator[Server]:
    """Run one while the block lasts, with the newest programs that Debian put there."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    folder = Path(tempfile.mkdtemp(prefix="aggregator-"))
    if os.geteuid() == 0:
        shutil.chown(folder, _UNPRIVILEGED)
    server = Server(found[-1], folder)
    try:
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder)
