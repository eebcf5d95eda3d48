"""The daemon, as a process."""

import signal
import subprocess


def test_it_polls_at_once_and_ends_on_sigterm(server, loopback, first_run):
    feed = (first_run.path / "feeds/formosa-daily.xml").read_bytes()
    server.says("/feed", feed)
    folder = loopback("/feed")
    with subprocess.Popen(
        folder.command(), cwd=folder.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as daemon:
        assert daemon.stdout
        told = [next(daemon.stdout)]
        while "Published" not in told[-1]:
            told.append(next(daemon.stdout))
        held = folder.run("--once")
        daemon.send_signal(signal.SIGTERM)
        _, errors = daemon.communicate(timeout=30)
    assert told[0] == "Polled 1 of 1 feed\n"
    assert (daemon.returncode, errors) == (0, "")
    assert held.returncode == 3
    assert str(daemon.pid) in held.stderr
    assert folder.run("health").returncode == 0


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
