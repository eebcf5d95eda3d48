"""Where what is printed goes: a terminal, a file, a pipe that nobody reads on, or nowhere."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper

from aggregator.cli.command import Exit

_STDOUT, _STDERR = 1, 2


@contextmanager
def printing() -> Iterator[None]:
    """Have all be printed that can be; exit in words where it cannot.

    Whoever read it and left (head, less) has seen enough: that is no failure.
    """
    _open_closed()
    for stream in (sys.stdout, sys.stderr):
        # A title may be in any script; a terminal that cannot show it must not end the run.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # Typer and Rich end so
            sys.exit(Exit.DONE)
        raise
    except OSError as error:  # the edges translate theirs, so it is our own output
        # What cannot be written is not to be tried again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            sys.exit(Exit.DONE)
        print(f"cannot print the result: {error.strerror}", file=sys.stderr)
        sys.exit(Exit.WRONG_USE)


def _open_closed() -> None:
    """Print to nowhere what has no place: a program may be started with its output closed.

    Else the next file that is opened, the store say, would be taken for it.
    """
    while (place := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        pass
    os.close(place)
    for name, number in (("stdout", _STDOUT), ("stderr", _STDERR)):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w"))
