"""EDGE: ``parse`` in a process of its own, which a document may hang, fill or crash.

One process reads all documents, from the first one on. It is ended when a document exceeds a limit
or an interrupt comes between question and answer; the next document gets a new one.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import timedelta
from signal import Signals
from threading import Timer
from typing import IO, Any, Final, Self, cast

from aggregator.errors import AggregatorError, ParseError
from aggregator.model import ParsedFeed, Response
from aggregator.parse.worker import OUT_OF_MEMORY

_START: Final = timedelta(minutes=1)
"""How long a process may take to be ready; a tenth of a second is usual."""
_LAST_BREATH: Final = 5.0
"""Seconds in which a process that answers no more may end by itself."""
_ANSWERS: Final = {
    "aggregator.model.entry": {"Content", "Enclosure", "Entry", "ParsedFeed"},
    "builtins": {"frozenset"},
    "datetime": {"timedelta"},
}
"""The types that an answer is made of, by module."""


class SandboxedParser:
    """Reads documents as ``parse`` does, within limits, and not in this process.

    ``time`` is the longest that reading one may take, ``memory`` how many bytes the process that
    reads may have, where the system has such caps (Windows has none). One thread at a time may
    call it. Use it as a context manager, or close it.
    """

    def __init__(self, *, time: timedelta, memory: int) -> None:
        self._time = time
        self._memory = memory
        self._process: _Process | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __call__(self, response: Response, seen: AbstractSet[str] = frozenset()) -> ParsedFeed:
        """Read the feed that a response brought; see ``parse``.

        Raises ParseError also where it exceeds a limit or its process dies of it, AggregatorError
        where no process can be started.
        """
        if self._process is None or self._process.has_ended:
            self.close()
            self._process = _Process(self._time, self._memory)
        try:
            answer = self._process.ask(response, seen)
        except BaseException:  # an interrupt too: its answer must not be taken for the next one's
            self.close()
            raise
        if isinstance(answer, str):
            raise ParseError(answer)
        return answer

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.end()
            self._process = None


class _DiedError(Exception):
    """The process ended instead of answering."""


class _Process:
    """One process that reads documents, until it dies or is ended."""

    def __init__(self, time: timedelta, memory: int) -> None:
        """Start it, and wait until it is ready."""
        self._time = time
        self._memory = memory
        self._late = False
        command = [sys.executable, "-P", "-m", "aggregator.parse.worker"]
        command += [str(time.total_seconds()), str(memory)]
        try:
            self._popen = subprocess.Popen(  # noqa: S603  our own interpreter and module
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                process_group=0,  # a terminal's Ctrl-C goes to a whole group
            )
        except OSError as error:
            raise AggregatorError(f"the parser's process cannot be started: {error}") from error
        self._questions = cast("IO[bytes]", self._popen.stdin)
        self._answers = cast("IO[bytes]", self._popen.stdout)
        try:
            self._exchange(_START)
        except BaseException as error:
            self.end()
            if isinstance(error, _DiedError):
                raise AggregatorError(
                    f"the parser's process does not start; this shows why: {' '.join(command)}"
                ) from error
            raise

    @property
    def has_ended(self) -> bool:
        return self._late or self._popen.poll() is not None

    def ask(self, response: Response, seen: AbstractSet[str]) -> ParsedFeed | str:
        """Have a document read: return what it holds, or why it cannot be read, in words."""
        try:
            return cast("ParsedFeed | str", self._exchange(self._time, (response, frozenset(seen))))
        except _DiedError:
            with suppress(subprocess.TimeoutExpired):  # or its own exit status would be lost
                self._popen.wait(_LAST_BREATH)
            self.end()
            return self._death()

    def end(self) -> None:
        """End it at once, whatever it does, and leave nothing of it behind."""
        self._popen.kill()
        self._answers.close()
        with suppress(OSError):  # what was not yet sent cannot be
            self._questions.close()
        self._popen.wait()

    def _exchange(self, time: timedelta, *questions: object) -> Any:
        """Ask and return the answer; raise _DiedError where none comes within this time."""
        alarm = Timer(time.total_seconds(), self._overrun)
        alarm.start()
        try:
            for question in questions:
                pickle.dump(question, self._questions, pickle.HIGHEST_PROTOCOL)
                self._questions.flush()
            return _Unpickler(self._answers).load()
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise _DiedError from error
        finally:
            alarm.cancel()
            alarm.join()  # or it might yet go off

    def _overrun(self) -> None:
        self._late = True
        self._popen.kill()

    def _death(self) -> str:
        """Say what it died of."""
        if self._late:
            return (
                f"reading it took longer than {self._time.total_seconds():g} s (limits.parse_time);"
                " allow more if it is a real feed, and please report it"
            )
        status = self._popen.returncode
        if status == OUT_OF_MEMORY:
            return (
                f"reading it takes more than {self._memory / 2**20:.4g} MiB of memory"
                " (limits.parse_memory); allow more if it is a real feed, and please report it"
            )
        how = Signals(-status).name if status < 0 else f"exit status {status}"
        return f"our parser dies of it ({how}); please report the feed"


class _Unpickler(pickle.Unpickler):
    """Makes nothing but answers: what has read a hostile document is not trusted blindly."""

    def find_class(self, module: str, name: str) -> Any:
        if name in _ANSWERS.get(module, ()):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no part of an answer")
