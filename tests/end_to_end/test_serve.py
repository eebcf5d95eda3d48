"""The web server, as a process."""

import signal
import subprocess
from contextlib import contextmanager
from urllib.request import urlopen

import pytest


@contextmanager
def serving(folder, *words: str):
    """Run the server; yield its process and its address."""
    with subprocess.Popen(
        folder.command("serve", "--port", "0", *words),
        cwd=folder.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        yield process, next(process.stdout).removeprefix("Serving ").strip()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_beside_a_run_and_ends_in_peace(examples, number):
    with serving(examples) as (process, url):
        assert b"Louvre" in urlopen(url).read()
        assert urlopen(f"{url}feed.atom").headers["ETag"]
        assert examples.run("--once", "--quiet").returncode == 0
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)

    assert (process.returncode, errors) == (0, "")


def test_with_poll_it_is_the_daemon_too(server, loopback, first_run):
    server.says("/feed", (first_run.path / "feeds/formosa-daily.xml").read_bytes())
    with serving(loopback("/feed"), "--poll") as (process, url):
        assert process.stderr
        assert '"event": "polled"' in next(process.stderr)
        assert urlopen(f"{url}readyz").status == 200
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)

    assert (process.returncode, errors) == (0, "")


def test_a_port_that_is_taken_is_said_in_words(examples, server):
    done = examples.run("serve", "--port", str(server.port))

    assert done.returncode == 2
    assert "choose another" in done.stderr


def test_stories_are_found_on_the_command_line(examples):
    assert "Tomahawk" in examples.run("search", "戰斧").stdout
    assert "No story has these words" in examples.run("search", "xyzzy").stdout
    assert examples.run("search", "louvre", "--json").stdout.startswith('{"id"')
