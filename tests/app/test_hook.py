"""Programs of the user's own: what they are handed, and what becomes of those that misbehave."""

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from select import select
from threading import Event

import pytest

from aggregator.app.hook import environment, run
from aggregator.config import load


def python(code: str, text: str = "{}", seconds: float = 30, ending: Event | None = None):
    return run(
        [sys.executable, "-c", code],
        text,
        environment={"PATH": os.defpath},
        ending=ending or Event(),
        patience=timedelta(seconds=seconds),
    )


def test_it_reads_the_message_and_says_that_it_took_it(tmp_path):
    kept = tmp_path / "kept"
    code = f"import pathlib, sys; pathlib.Path({str(kept)!r}).write_bytes(sys.stdin.buffer.read())"
    text = json.dumps({"title": "戰斧 $(touch x); `touch y`"}, ensure_ascii=False)
    assert python(code, text).error is None
    assert kept.read_text("utf-8") == text


def test_its_words_are_no_shells():
    words = ["$(touch x)", "; touch y", "*", "a  b"]
    code = "import sys; sys.exit(' '.join(sys.argv[1:]))"
    receipt = run([sys.executable, "-c", code, *words], "", environment={}, ending=Event())
    assert receipt.error == "it ended with exit status 1; it said: $(touch x) ; touch y * a b"


def test_what_it_said_last_is_told_where_it_fails():
    receipt = python("import sys; print('x' * 9_000_000); print('the end'); sys.exit(3)")
    assert receipt.error is not None
    assert receipt.error.startswith("it ended with exit status 3; it said: xxx")
    assert receipt.error.endswith("the end")
    assert len(receipt.error) < 600
    assert not receipt.is_down


def test_one_that_never_reads_is_not_waited_for():
    assert python("pass", "x" * 1_000_000).error is None


def test_one_that_hangs_is_killed_with_what_it_started(tmp_path):
    held = tmp_path / "held"
    os.mkfifo(held)
    child = f"file = open({str(held)!r}, 'wb'); import time; time.sleep(600)"
    code = (
        "import subprocess, sys, time; print('begun', flush=True);"
        f"subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(600)"
    )
    reader = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    receipt = python(code, seconds=1)
    assert receipt.error is not None
    assert receipt.error.startswith("it had not ended after 1 s and was killed")
    assert receipt.is_down
    assert select([reader], [], [], 10) == ([reader], [], [])
    assert os.read(reader, 1) == b""  # the end: nobody holds it
    os.close(reader)


def test_at_the_end_it_is_killed_at_once():
    ending = Event()
    ending.set()
    assert python("import time; time.sleep(600)", ending=ending).error is not None


def test_one_that_dies_says_of_what():
    assert python("import os; os.kill(os.getpid(), 11)").error == "it died of signal 11"


def test_one_that_leaves_its_output_to_another_is_not_waited_for():
    code = (
        "import subprocess, sys;"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3)']); sys.exit(2)"
    )
    assert python(code).error == "it ended with exit status 2"


@pytest.mark.parametrize("program", ["/nowhere/tell", "no-such-program"])
def test_one_that_is_not_there_is_named(program):
    receipt = run([program], "", environment={}, ending=Event())
    assert receipt.error == f"{program} cannot be started: No such file or directory"
    assert receipt.is_down


def test_it_knows_nothing_that_the_configuration_takes_from_the_environment():
    config = load(
        "version: 1\nstore: 'postgresql://me:${PASSWORD}@db.example/news'\n"
        "serve: {token: '${OWNER}'}\nfeeds: [{url: 'https://a.example/${KEY}'}]\n",
        directory=Path("/nowhere"),
        environment={"PASSWORD": "swordfish", "OWNER": "0123456789abcdef", "KEY": "abc"},
    )
    ours = {
        "PATH": "/bin",
        "NTFY_TOPIC": "mine",
        "PASSWORD": "swordfish",
        "KEY": "abc",
        "DATABASE_URL": "postgresql://me:swordfish@db.example/news",
        "OWNER": "0123456789abcdef",
        "NOTIFY_SOCKET": "/run/systemd/notify",
    }
    assert environment(config, ours) == {"PATH": "/bin", "NTFY_TOPIC": "mine"}
