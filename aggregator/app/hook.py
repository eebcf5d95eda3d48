"""EDGE: command hooks: a message on the standard input of a program of the user's own.

No shell has a part in it, so that no headline is ever read as a command.
"""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from threading import Event, Thread
from time import monotonic
from typing import IO, cast

from aggregator.app.retries import ARRIVED, Receipt
from aggregator.config import Config

PATIENCE = timedelta(seconds=30)
"""Until the program has ended."""
_SUPERVISORS = frozenset({"NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC"})
"""Variables by which systemd would take the program for us."""
_KEPT = 500
"""Characters of what it said last that are told where it failed."""
_CHUNK = 64 << 10
"""Bytes that are read at once, and kept of the end."""
_GLANCE = 0.05
"""Seconds between two looks at whether it has ended."""
_LAST_WORDS = 1.0
"""Seconds for which its output is waited for where it ended, and left it to another program."""


def run(
    command: Sequence[str],
    text: str,
    *,
    environment: Mapping[str, str],
    ending: Event,
    patience: timedelta = PATIENCE,
) -> Receipt:
    """Run a command with a text on its standard input; exit status 0 says that it arrived.

    One that has not ended in time, or when ``ending`` is set, is killed with all that it started in
    its process group. Of its output, the end is told where it failed.
    """
    try:
        process = subprocess.Popen(  # noqa: S603  the user's own words, and no shell reads them
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            process_group=0,
        )
    except OSError as error:
        problem = f"{command[0]} cannot be started: {error.strerror}"
        return Receipt(error=problem, is_down=True)
    words = _Words(cast("IO[bytes]", process.stdout))
    # A thread, for a program may read as slowly as it likes, or never.
    Thread(target=_tell, args=(process.stdin, text.encode()), daemon=True).start()
    until = monotonic() + patience.total_seconds()
    try:
        while process.poll() is None:
            if monotonic() > until or ending.wait(_GLANCE):
                break
    finally:  # an interrupt leaves nothing behind
        if late := process.poll() is None:
            _kill(process)
    if late:
        return Receipt(
            error=f"it had not ended after {patience.total_seconds():g} s and was killed"
            f"{words.last()}",
            is_down=True,
        )
    if process.returncode:
        return Receipt(error=f"{_ending(process.returncode)}{words.last()}")
    return ARRIVED


def environment(config: Config, ours: Mapping[str, str]) -> dict[str, str]:
    """Return what a command may know of our environment: nothing that the configuration names.

    Nor what holds the value of such a variable under another name.
    """
    return {
        name: value
        for name, value in ours.items()
        if name not in config.variables
        and name not in _SUPERVISORS
        and config.redact(value) == value
    }


class _Words:
    """What a program says, read as it comes, of which the end is kept."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._end = b""
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()

    def last(self) -> str:
        """Return the end of what it said, as the end of a sentence; empty where it said nothing."""
        self._thread.join(_LAST_WORDS)
        said = " ".join(self._end.decode("utf-8", "replace").split())
        return f"; it said: {said[-_KEPT:]}" if said else ""

    def _read(self) -> None:
        with self._stream:
            while chunk := os.read(self._stream.fileno(), _CHUNK):
                self._end = (self._end + chunk)[-_CHUNK:]


def _tell(stream: IO[bytes], data: bytes) -> None:
    try:
        with stream:
            stream.write(data)
    except OSError:  # it ended, or wants to know no more
        return


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a program and all that it started in its group."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):  # it has just ended
            os.killpg(process.pid, signal.SIGKILL)
    else:  # Windows has no groups
        process.kill()
    process.wait()


def _ending(status: int) -> str:
    return f"it died of signal {-status}" if status < 0 else f"it ended with exit status {status}"
