"""Runs against a real server: conditional, exclusive, interruptible, and one feed is one feed."""

import json
import signal
import subprocess
from pathlib import Path

import feedparser
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples/feeds"
FEED = (EXAMPLES / "formosa-daily.xml").read_bytes()


def test_the_examples_over_http_give_the_same_stories(server, loopback, first_run):
    paths = []
    for path in sorted(EXAMPLES.iterdir()):
        if path.is_file():
            server.says(f"/{path.name}", path.read_bytes(), headers={"ETag": f'"{path.name}"'})
            paths.append(f"/{path.name}")
    folder = loopback(*paths)
    summary = folder.once()
    assert all(polled["error"] is None for polled in summary["polled"])
    feed = feedparser.parse((folder.path / "public/feed.atom").read_bytes())
    assert not feed.bozo
    expected = {
        frozenset(article["title"] for article in story["articles"])
        for story in first_run.stories()
        if len(story["articles"]) > 3
    }
    found = {
        frozenset(article["title"] for article in story["articles"])
        for story in folder.stories()
        if len(story["articles"]) > 3
    }
    assert found == expected


def test_a_second_poll_is_conditional_and_a_304_changes_nothing(server, loopback):
    server.says("/feed", FEED, headers={"ETag": '"one"', "Last-Modified": "yesterday"})
    folder = loopback("/feed")
    folder.once()
    before = folder.published()
    server.says("/feed", status=304)
    summary = folder.once("--force")
    assert server.headers()["if-none-match"] == '"one"'
    assert server.headers()["if-modified-since"] == "yesterday"
    (polled,) = summary["polled"]
    assert (polled["new"], polled["changed"], polled["error"]) == (0, 0, None)
    assert folder.published() == before


def test_what_is_not_due_is_not_polled_unless_forced(server, loopback):
    server.says("/feed", FEED)
    server.says("/patient", FEED, headers={"Cache-Control": "max-age=7200"})
    folder = loopback("/feed", "/patient")
    assert len(folder.once()["polled"]) == 2
    assert folder.once()["polled"] == []
    (forced,) = folder.once("--force")["polled"]
    assert forced["feed"] == "feed"
    assert server.paths().count("/patient") == 1


def test_one_bad_feed_disturbs_no_other(server, loopback):
    server.says("/good", FEED)
    server.says("/page", b"<!doctype html><title>Parked</title><p>Buy this domain")
    server.says("/empty", b"")
    server.says("/broken", b"<rss><channel><item><title>cut")
    folder = loopback("/good", "/page", "/empty", "/missing", "/broken")
    done = folder.run("--once")
    assert done.returncode == 0
    for name in ("page", "empty", "missing"):
        assert f"failed: {name}: " in done.stderr
    assert "failed: good" not in done.stderr
    assert len(folder.stories()) > 0


def test_exit_codes(server, loopback, folder):
    server.says("/good", FEED)
    loopback("/good", "/missing")
    assert folder.run("--once", "--strict").returncode == 1
    loopback("/good", "/missing")
    assert folder.run("--once", "--force").returncode == 0
    loopback("/nowhere")
    assert folder.run("--once", "--force", "--quiet").returncode == 1
    folder.configure("version: 1\nfeeds: {}")
    done = folder.run("--once")
    assert done.returncode == 2
    assert done.stderr.startswith("feeds.yaml:2: feeds: ")
    assert folder.run("--once", "--config", "nowhere.yaml").returncode == 2
    assert folder.run("--bogus").returncode == 2
    assert folder.run("--force").returncode == 2


def test_a_dry_run_shows_and_keeps_nothing(server, loopback):
    server.says("/feed", FEED)
    folder = loopback("/feed")
    summary = folder.once("--dry-run")
    assert summary["polled"][0]["new"] > 0
    assert summary["published"] is None
    assert sorted(path.name for path in folder.path.iterdir()) == ["feeds.yaml"]
    folder.once()
    stories, files = folder.stories(), folder.published()
    server.says("/feed", FEED.replace("川普".encode(), "特朗普".encode()))
    assert folder.once("--dry-run", "--force")["polled"][0]["changed"] > 0
    assert folder.stories() == stories
    assert folder.published() == files


def test_quiet_prints_failures_only(server, loopback):
    server.says("/feed", FEED)
    done = loopback("/feed").run("--once", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_what_had_come(server, loopback, number: signal.Signals):
    server.says("/quick", FEED)
    with server.stalls("/slow"):
        folder = loopback("/quick", "/slow")
        running = subprocess.Popen(
            folder.command("--once"), cwd=folder.path, stderr=subprocess.PIPE, text=True
        )
        assert server.wait_until_asked(2)
        other = folder.run("--once")
        running.send_signal(number)
        _, told = running.communicate(timeout=30)
    assert running.returncode == 128 + number
    assert "interrupted" in told
    assert other.returncode == 3
    assert str(running.pid) in other.stderr
    assert len(folder.stories()) > 0
    server.says("/slow", FEED.replace(b"fd-", b"slow-"))
    polled = {polled["feed"]: polled for polled in folder.once()["polled"]}
    assert set(polled) == {"slow"}


def test_credentials_are_sent_and_never_shown(server, folder):
    server.says("/feed", FEED)
    folder.configure(
        "version: 1\n"
        f"network: {{allow: ['{server.authority}']}}\n"
        "defaults: {host_delay: 0s}\n"
        "publish: {base_url: https://news.example.org/}\n"
        "feeds:\n"
        f"  - url: http://subscriber-7:${{WORD}}@{server.authority}/feed\n"
        "    id: paid\n"
        f"  - url: http://subscriber-7:${{WORD}}@{server.authority}/missing\n"
        "    id: lost\n"
        f"  - url: http://{server.authority}/feed?x\n"
        "    id: secret-club\n"
        "    private: true\n"
    )
    done = folder.run("--once", WORD="open-sesame")
    assert done.returncode == 0
    assert server.headers(0)["authorization"].startswith("Basic ")
    told = done.stdout + done.stderr + json.dumps(folder.stories(WORD="open-sesame"))
    files = b"".join(folder.published().values())
    for secret in ("open-sesame", "subscriber-7"):
        assert secret not in told
        assert secret.encode() not in files
    assert b"secret-club" not in files
    assert server.authority.encode() not in files


def test_what_was_put_off_is_said_with_the_reason_and_the_time(server, loopback):
    server.says("/busy", status=429, headers={"Retry-After": "3600"})
    folder = loopback("/busy", "/other")
    told = folder.run("--once").stdout
    assert "Polled 1 of 2 feeds, 1 failed, 1 postponed" in told
    assert "other  postponed: its host asks us to slow down, until " in told
    other = json.loads(folder.run("feeds", "--json").stdout.splitlines()[1])
    assert (other["failures"], other["rule"]) == (0, "its host asked us to slow down")
