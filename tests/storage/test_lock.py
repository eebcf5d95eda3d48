"""One run at a time, and a dead one holds nothing."""

import subprocess
import sys

import pytest

from aggregator.errors import StoreLocked
from aggregator.storage import open_store

HOLDS_UNTIL_KILLED = """
import sys
from aggregator.storage import open_store
with open_store(sys.argv[1]) as store, store.lock("pid 4711 on 台北"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_run_is_told_who_was_first(store, url):
    with store.lock("pid 4711 on nas"):
        with (
            open_store(url) as other,
            pytest.raises(StoreLocked, match="pid 4711 on nas holds it"),
            other.lock("pid 4712 on nas"),
        ):
            pass
        assert store.states() == {}


def test_it_is_free_when_the_run_is_over(store, url):
    with pytest.raises(ZeroDivisionError), store.lock("pid 4711 on nas"):
        _ = 1 / 0

    with open_store(url) as other, other.lock("pid 4712 on nas"):
        pass


def test_reading_and_writing_do_not_need_it(store, url, samples):
    with store.lock("pid 4711 on nas"), open_store(url) as other:
        other.subscribe([samples.feed()], samples.noon)
        assert other.stories() == []


def test_a_run_that_was_killed_holds_nothing(url):
    command = [sys.executable, "-c", HOLDS_UNTIL_KILLED, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        process.kill()

    with open_store(url) as store, store.lock("pid 4712 on nas"):
        pass
