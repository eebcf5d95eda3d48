import signal
import sys
import weakref
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pycurl
import pytest

from aggregator.interrupts import Interrupts

NEVER = Event()


def interrupted(*_: object) -> None:
    signal.raise_signal(signal.SIGINT)


class Thing:
    """Is there to go."""


def a_finalizer() -> None:
    thing = Thing()
    kept = weakref.ref(thing, interrupted)
    del thing
    assert kept() is None


def a_callback_of_libcurl() -> None:
    handle = pycurl.Curl()
    handle.setopt(pycurl.URL, Path(__file__).as_uri())
    handle.setopt(pycurl.WRITEFUNCTION, interrupted)
    with suppress(pycurl.error):
        handle.perform()


def go_on(lose: Callable[[], None]) -> None:
    lose()
    NEVER.wait(30)


@pytest.mark.parametrize("lose", [a_finalizer, a_callback_of_libcurl])
def test_an_interrupt_that_is_swallowed_is_raised_again_at_once(lose, capsys):
    interrupts = Interrupts(timedelta(hours=1))
    with interrupts.listening(), pytest.raises(KeyboardInterrupt):
        go_on(lose)
    assert interrupts.heard
    assert capsys.readouterr().err == ""


def test_who_goes_on_is_interrupted_again_and_again():
    interrupts = Interrupts(timedelta(hours=1))
    with interrupts.listening():
        with suppress(KeyboardInterrupt):
            interrupted()
        for _ in range(3):
            until, _ = signal.getitimer(signal.ITIMER_REAL)
            assert until > 0
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGALRM)


def test_what_was_lost_just_before_is_heard_by_who_listens_within():
    outer, inner = Interrupts(timedelta(0)), Interrupts(timedelta(hours=1))
    with outer.listening():
        with suppress(KeyboardInterrupt):
            interrupted()
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
        with inner.listening(), pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGALRM)
        assert inner.heard is outer.heard is not None


def test_what_is_taken_comes_no_more():
    interrupts = Interrupts(timedelta(milliseconds=10))
    with interrupts.listening():
        with pytest.raises(KeyboardInterrupt) as caught:
            interrupted()
        interrupts.take(caught.value)
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
        assert interrupts.heard is caught.value


def test_afterwards_all_is_as_it_was():
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
    before = [*map(signal.getsignal, numbers), sys.excepthook, sys.unraisablehook]
    with suppress(KeyboardInterrupt), Interrupts().listening():
        interrupted()
    assert [*map(signal.getsignal, numbers), sys.excepthook, sys.unraisablehook] == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_other_errors_are_told_of_as_ever(capsys):
    told: list[object] = []
    before, sys.unraisablehook = sys.unraisablehook, told.append
    try:
        with Interrupts().listening():
            kept = weakref.ref(thing := Thing(), lambda _: 1 // 0)
            del thing
            sys.excepthook(ValueError, ValueError("what"), None)
    finally:
        sys.unraisablehook = before
    assert kept() is None
    assert len(told) == 1
    assert "ValueError: what" in capsys.readouterr().err


def test_a_thread_that_hears_no_signals_leaves_them_alone():
    handlers = []

    def listen() -> None:
        with Interrupts().listening():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = Thread(target=listen)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(signal.SIGINT)]
