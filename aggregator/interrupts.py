"""EDGE: interrupts that are not lost, for a program that runs until it is told to end.

What a signal's handler raises comes out anywhere. A finalizer, or a callback of a library in C,
lets nothing through, and Python goes on; and who stores what has come may have much of it.
"""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from threading import current_thread, main_thread
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

Handler = Callable[[int, FrameType | None], Any]
"""Of a signal."""

PATIENCE = timedelta(seconds=6)
"""For who stores what has come."""
_AT_ONCE = 0.001


class Interrupts:
    """Raises what the handlers of SIGINT and SIGTERM raise again and again, until it is taken.

    At once where it was lost, else after a while, if any: that ends whoever goes on too long. One
    may listen within another's block. On Windows, which has no timers, it is only remembered.
    """

    def __init__(self, patience: timedelta = PATIENCE) -> None:
        self.heard: KeyboardInterrupt | None = None
        """What was raised last, taken or not."""
        self._patience = patience.total_seconds()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear signals while the block lasts; in a thread that hears none, do nothing."""
        with ExitStack() as held:
            if current_thread() is main_thread():
                self._listen(held)
            yield

    def take(self, interrupt: KeyboardInterrupt) -> None:
        """Hear an interrupt that came through, and raise it no more."""
        self.heard = interrupt
        _alarm(0)

    def _listen(self, held: ExitStack) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            if callable(handler := signal.getsignal(number)):
                _handle(held, number, self._hearing(handler))
        if hasattr(signal, "SIGALRM"):
            _handle(held, signal.SIGALRM, self._again(signal.getsignal(signal.SIGALRM)))
            held.callback(_alarm, 0)
        held.callback(setattr, sys, "unraisablehook", sys.unraisablehook)
        sys.unraisablehook = self._losing(sys.unraisablehook)
        held.callback(setattr, sys, "excepthook", sys.excepthook)
        sys.excepthook = self._printing(sys.excepthook)

    def _hearing(self, handler: Handler) -> Handler:
        """Return a handler that keeps what another raises."""

        def heard(number: int, frame: FrameType | None) -> None:
            try:
                handler(number, frame)
            except KeyboardInterrupt as interrupt:
                self.heard = interrupt
                _alarm(self._patience)
                raise

        return heard

    def _again(self, outer: Handler | int | None) -> Handler:
        """Return a handler that raises anew what was heard, here or by who listened before."""

        def again(number: int, frame: FrameType | None) -> None:
            if self.heard is not None:
                _alarm(self._patience)
                raise self.heard.with_traceback(None)
            if callable(outer):
                self._hearing(outer)(number, frame)

        return again

    def _losing(self, hook: Callable[["UnraisableHookArgs"], Any]) -> Callable[..., None]:
        """Return a hook that has an interrupt raised anew which a finalizer did not let through."""

        def lost(unraisable: "UnraisableHookArgs") -> None:
            if isinstance(unraisable.exc_value, KeyboardInterrupt):
                _alarm(_AT_ONCE)
            else:
                hook(unraisable)

        return lost

    def _printing(self, hook: Callable[..., Any]) -> Callable[..., None]:
        """Return a hook that does so where a library in C would have it printed, as pycurl does."""

        def printed(kind: type[BaseException], error: BaseException, *more: Any) -> None:
            if isinstance(error, KeyboardInterrupt):
                _alarm(_AT_ONCE)
            else:
                hook(kind, error, *more)

        return printed


def _handle(held: ExitStack, number: int, handler: Handler) -> None:
    """Have a signal handled until the end."""
    held.callback(signal.signal, number, signal.signal(number, handler))


def _alarm(seconds: float) -> None:
    """Have SIGALRM come then; 0: not at all."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
