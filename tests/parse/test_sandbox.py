import io
import os
import pickle
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.errors import AggregatorError, ParseError
from aggregator.model import Response
from aggregator.parse import parse
from aggregator.parse.sandbox import SandboxedParser, _Unpickler

RSS = b"<rss version='2.0'><channel><title>t</title>%s</channel></rss>"
SOUND = Response(
    feed="f",
    url="https://example.org/feed",
    final_url="https://example.org/feed",
    status=200,
    at=datetime(2025, 10, 17, tzinfo=UTC),
    body=RSS % b"<item><title>One</title><guid>1</guid><enclosure url='a'/></item>",
)


@dataclass(frozen=True)
class Hostile:
    """Does something where it is unpickled: stands for a document that makes the parser do it."""

    act: Callable[..., Any]
    arguments: tuple[Any, ...]

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.act, self.arguments


def making_it(act: Callable[..., Any], *arguments: Any) -> Response:
    headers: dict[str, Any] = {"content-type": Hostile(act, arguments)}
    return replace(SOUND, headers=headers)


@pytest.fixture
def sandboxed() -> Iterator[SandboxedParser]:
    with SandboxedParser(time=timedelta(minutes=1), memory=1 << 30) as parser:
        yield parser


@pytest.fixture
def hurried() -> Iterator[SandboxedParser]:
    with SandboxedParser(time=timedelta(seconds=1), memory=1 << 30) as parser:
        yield parser


def test_it_reads_what_parse_reads(sandboxed):
    assert sandboxed(SOUND) == parse(SOUND)
    seen = frozenset(parse(SOUND).digests)
    assert sandboxed(SOUND, seen) == parse(SOUND, seen)
    assert sandboxed(SOUND, seen).entries == ()


def test_it_raises_what_parse_raises(sandboxed):
    empty = replace(SOUND, body=b"")
    with pytest.raises(ParseError) as ours:
        parse(empty)
    with pytest.raises(ParseError) as theirs:
        sandboxed(empty)
    assert str(theirs.value) == str(ours.value)


def test_one_process_reads_all_and_none_is_started_before_the_first(sandboxed):
    assert sandboxed._process is None
    sandboxed(SOUND)
    process = sandboxed._process
    sandboxed(SOUND)
    assert sandboxed._process is process


def test_a_document_that_takes_too_long_is_an_error_that_names_the_limit(hurried):
    with pytest.raises(ParseError, match=r"longer than 1 s \(limits\.parse_time\)"):
        hurried(making_it(signal.pause))
    assert hurried(SOUND) == parse(SOUND)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no caps on memory")
def test_a_document_that_takes_too_much_memory_is_an_error_that_names_the_limit(sandboxed):
    with pytest.raises(ParseError, match=r"more than 1024 MiB of memory \(limits\.parse_memory\)"):
        sandboxed(making_it(bytearray, 2 << 30))
    assert sandboxed(SOUND) == parse(SOUND)


@pytest.mark.parametrize(
    ("act", "arguments", "told"),
    [
        (os.abort, (), "SIGABRT"),
        (os._exit, (9,), "exit status 9"),
        (pickle.loads, (b"no pickle",), "exit status 1"),
    ],
)
def test_a_document_that_the_parser_dies_of_is_an_error_of_one_feed(
    sandboxed, act, arguments, told
):
    with pytest.raises(ParseError, match=told):
        sandboxed(making_it(act, *arguments))
    assert sandboxed(SOUND) == parse(SOUND)


def test_what_our_own_parser_fails_on_is_an_error_of_one_feed(sandboxed):
    with pytest.raises(ParseError, match=r"our parser fails on it \(TypeError: .* please report"):
        sandboxed(making_it(list, (1,)))


def test_what_a_document_makes_it_print_is_no_answer_and_shown_to_nobody(sandboxed, capfd):
    assert sandboxed(making_it(print, "noise")) == parse(SOUND)
    assert sandboxed(making_it(os.system, "echo noise; echo noise >&2")).entries
    assert capfd.readouterr() == ("", "")


def test_a_process_that_died_while_it_had_nothing_to_do_is_replaced(sandboxed):
    sandboxed(SOUND)
    os.kill(sandboxed._process._popen.pid, signal.SIGKILL)
    sandboxed._process._popen.wait()
    assert sandboxed(SOUND) == parse(SOUND)


def test_what_stops_us_does_not_stop_the_process_that_reads(sandboxed):
    sandboxed(SOUND)
    process = sandboxed._process
    for stop in (signal.SIGINT, signal.SIGTERM):
        os.kill(process._popen.pid, stop)
    assert sandboxed(SOUND) == parse(SOUND)
    assert sandboxed._process is process


def test_an_interrupt_ends_it_at_once_and_its_answer_is_nobody_elses(sandboxed):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    sandboxed(SOUND)
    pid = sandboxed._process._popen.pid
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(KeyboardInterrupt):
            sandboxed(making_it(signal.pause))
    finally:
        signal.signal(signal.SIGALRM, before)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert sandboxed(SOUND) == parse(SOUND)


def test_closing_leaves_no_process_and_no_zombie(sandboxed):
    sandboxed(SOUND)
    pid = sandboxed._process._popen.pid
    sandboxed.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    sandboxed.close()


ORPHANED = """
import os, pickle, signal, sys
from datetime import timedelta
from aggregator.parse.sandbox import SandboxedParser
parser = SandboxedParser(time=timedelta(minutes=1), memory=1 << 30)
parser(pickle.load(sys.stdin.buffer))
print(parser._process._popen.pid, flush=True)
sys.stdin.buffer.read()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="no way to wait for another's child")
def test_it_ends_with_the_process_that_asks_however_that_ends():
    with subprocess.Popen(
        [sys.executable, "-c", ORPHANED], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as asks:
        assert asks.stdin
        assert asks.stdout
        pickle.dump(SOUND, asks.stdin)
        asks.stdin.flush()
        reads = os.pidfd_open(int(asks.stdout.readline()))
        asks.stdin.close()
    assert asks.returncode == -signal.SIGKILL
    try:
        ended, _, _ = select.select([reads], [], [], 30)
    finally:
        os.close(reads)
    assert ended


@pytest.mark.parametrize(
    ("interpreter", "told"),
    [("false", "does not start; this shows why: .*worker 60"), ("no-such-file", "No such file")],
)
def test_where_no_process_can_be_had_it_says_so(monkeypatch, interpreter, told, sandboxed):
    monkeypatch.setattr(sys, "executable", shutil.which(interpreter) or interpreter)
    with pytest.raises(AggregatorError, match=told):
        sandboxed(SOUND)


def test_an_answer_holds_nothing_but_what_documents_are_made_of():
    with pytest.raises(pickle.UnpicklingError, match=r"system is no part of an answer"):
        _Unpickler(io.BytesIO(pickle.dumps(Hostile(os.system, ("true",))))).load()
