"""The daemon, as a process."""

import json
import os
import signal
import subprocess
from contextlib import contextmanager
from socket import AF_UNIX, SOCK_DGRAM, socket

import pytest


@contextmanager
def daemon(folder, *words: str, **environment: str):
    """Run the daemon; yield its process, and what it logs as it comes."""
    with subprocess.Popen(
        folder.command(*words),
        cwd=folder.path,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        try:
            yield process, map(json.loads, process.stderr)
        finally:
            process.kill()


def until(log, event: str):
    return next(record for record in log if record["event"] == event)


def test_it_polls_at_once_and_ends_on_sigterm(server, loopback, first_run):
    feed = (first_run.path / "feeds/formosa-daily.xml").read_bytes()
    server.says("/feed", feed)
    folder = loopback("/feed")
    with daemon(folder) as (process, log):
        polled = until(log, "polled")
        held = folder.run("--once")
        process.send_signal(signal.SIGTERM)
        assert list(log) == []
        assert process.wait() == 0
    assert (polled["level"], polled["feeds"], polled["failed"]) == ("info", 1, 0)
    assert "feed.atom" in polled["published"]
    assert held.returncode == 3
    assert str(process.pid) in held.stderr
    assert folder.run("health").returncode == 0


def test_it_ends_in_the_middle_of_a_poll_and_keeps_what_came(server, loopback, first_run):
    server.says("/feed", (first_run.path / "feeds/formosa-daily.xml").read_bytes())
    answering = [f"/empty-{n}" for n in range(8)]
    for path in answering:
        server.says(path, b"<rss version='2.0'><channel><title>Quiet</title></channel></rss>")
    # One after the other, so that the first answer is in hand when the last feed is asked.
    folder = loopback("/feed", *answering, "/stalled")
    with server.stalls("/stalled"), daemon(folder, "--verbose") as (process, log):
        assert any(server.wait_until_asked(10) for _ in range(6))  # a busy machine starts slowly
        process.send_signal(signal.SIGTERM)
        assert list(log) == []
        assert process.wait() == 0  # or the server would have stalled it for 30 seconds
    assert folder.stories()


@pytest.mark.parametrize("words", [(), ("serve",)])
def test_it_ends_in_peace_also_before_it_has_begun(folder, words):
    os.mkfifo(folder.path / "feeds.yaml")
    with daemon(folder, *words) as (process, log):
        with (folder.path / "feeds.yaml").open("w"):  # it waits for what is written
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        assert list(log) == []


def test_it_takes_a_changed_file_over_and_refuses_a_broken_one(server, loopback, first_run):
    server.says("/one", (first_run.path / "feeds/formosa-daily.xml").read_bytes())
    server.says("/two", (first_run.path / "feeds/xinlu.xml").read_bytes())
    folder = loopback("/one")
    with daemon(folder, "--verbose") as (process, log):
        until(log, "polled")
        folder.configure("version: 1\nfeeds: [{uri: nowhere}]\n")
        refused = until(log, "configuration refused, the old one holds on")
        loopback("/two")
        reloaded = until(log, "configuration reloaded")
        process.send_signal(signal.SIGHUP)
        again = until(log, "configuration reloaded")
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0
    assert "feeds.yaml:2: feeds[0].uri: unknown key" in refused["error"]
    assert (reloaded["feeds"], again["feeds"]) == (1, 1)
    assert folder.stories()  # of the feed that was removed


def test_its_supervisor_hears_of_it(loopback, tmp_path):
    with socket(AF_UNIX, SOCK_DGRAM) as manager:
        manager.bind(address := str(tmp_path / "notify"))
        manager.settimeout(30)
        with daemon(loopback("/missing"), NOTIFY_SOCKET=address) as (process, log):
            failing = until(log, "feed fails")
            process.send_signal(signal.SIGHUP)
            until(log, "configuration reloaded")
            process.send_signal(signal.SIGTERM)
            assert process.wait() == 0
        told = [manager.recv(4096).decode()]
        while told[-1] != "STOPPING=1":
            told.append(manager.recv(4096).decode())
    assert "404" in failing["error"]
    assert told[:2] == ["READY=1", "WATCHDOG=1"]
    reloading = next(number for number, said in enumerate(told) if said.startswith("RELOADING=1\n"))
    assert "MONOTONIC_USEC=" in told[reloading]
    assert told[reloading + 1] == "READY=1"


def test_silence_is_unhealthy(loopback):
    assert loopback("/missing").run("health").returncode == 1


def test_the_feeds_are_listed_with_their_rules(server, loopback, first_run):
    server.says("/feed", (first_run.path / "feeds/formosa-daily.xml").read_bytes())
    folder = loopback("/feed", "/missing")
    assert "next run" in folder.run("feeds").stdout
    folder.once()
    listed = folder.run("feeds").stdout
    assert "min_interval" in listed
    assert "404" in listed
