"""EDGE: the process in which sandbox.py has documents read.

It is asked and answers in pickles, one after the other, on standard input and output::

    ← None                      it is ready
    → (response, seen)          what ``parse`` takes
    ← ParsedFeed | str          what it returned, or the message of its ParseError

It ends when its input does, and so with the process that asks.
"""

import gc
import os
import pickle
import signal
import sys
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from aggregator.errors import ParseError
from aggregator.model import ParsedFeed, Response

OUT_OF_MEMORY = 3
"""The exit status that says so."""
_UNCHECKED = 20_000
"""Objects made between two looks for garbage in cycles: a document makes thousands."""
_GRACE = 5.0
"""Seconds beyond the limit: by then there is nobody else to end a reading, or it would have."""


def serve(seconds: float, memory: int) -> None:
    """Answer until the input ends; reading takes at most so long and so many bytes of memory."""
    from aggregator.parse import parse  # noqa: PLC0415  who asks imports this module, and not that

    gc.set_threshold(_UNCHECKED)
    for stop in (signal.SIGINT, signal.SIGTERM):  # meant for whoever asks, who ends this process
        signal.signal(stop, signal.SIG_IGN)
    requests = sys.stdin.buffer
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what anybody prints is no answer
        _cap(memory)
        _send(None, answers)
        with suppress(EOFError, BrokenPipeError):
            while True:
                try:
                    response, seen = pickle.load(requests)  # noqa: S301  our own parent wrote it
                    _end_after(seconds + _GRACE)
                    _send(_answer(parse, response, seen), answers)
                    _end_after(0)
                except MemoryError:
                    os._exit(OUT_OF_MEMORY)


def _answer(
    parse: Callable[[Response, AbstractSet[str]], ParsedFeed],
    response: Response,
    seen: AbstractSet[str],
) -> ParsedFeed | str:
    try:
        return parse(response, seen)
    except ParseError as error:
        return str(error)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  one feed's error, whatever it is
        return f"our parser fails on it ({type(error).__name__}: {error}); please report the feed"


def _send(answer: ParsedFeed | str | None, answers: BinaryIO) -> None:
    pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
    answers.flush()


def _end_after(seconds: float) -> None:
    """Let the system end this process then, whatever it does; never, where it is 0."""
    with suppress(AttributeError):  # Windows has no such timers
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _cap(memory: int) -> None:
    """Cap this process's memory where the system can; where it cannot, let it go first."""
    with suppress(OSError):  # Linux: whom the kernel ends when memory is short
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")
    with suppress(ImportError, OSError, ValueError):  # Windows has no caps, macOS refuses some
        import resource  # noqa: PLC0415  absent on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


if __name__ == "__main__":
    serve(float(sys.argv[1]), int(sys.argv[2]))
