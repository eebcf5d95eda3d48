"""The command about rules, as a person types it."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from aggregator.cli import COMMANDS
from aggregator.cli.command import cli
from aggregator.config_file import read_config
from aggregator.model import Message
from aggregator.storage import open_store

FEED = b"""<rss version='2.0'><channel><title>t</title>
<item><guid isPermaLink='false'>1</guid><title>A bridge was opened in the harbour</title>
<link>https://news.example/1</link><pubDate>Fri, 17 Oct 2025 08:00:00 GMT</pubDate></item>
</channel></rss>"""


@pytest.fixture
def run(tmp_path: Path):
    """Return what runs a command, with one rule and what it tells of told into a file."""
    assert COMMANDS
    path, told = tmp_path / "feeds.yaml", tmp_path / "told"
    (tmp_path / "feed.xml").write_bytes(FEED)
    tell = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(sys.stdin.read())"
    command = json.dumps([sys.executable, "-c", tell, str(told)])
    path.write_text(
        "version: 1\nencoder: none\nfeeds: [{url: 'file:feed.xml', id: news}]\n"
        f"notify: [{{id: breaking, publishers: 5, command: {command}}}]\n"
    )

    def run(*words: str) -> Result:
        return CliRunner().invoke(cli, ["--config", str(path), *words])

    done = run("--once", "--quiet")
    assert done.exit_code == 0, done.stderr
    return run


@pytest.fixture
def failed(run, tmp_path):
    """Leave a message that was given up."""
    assert run
    with open_store(read_config(tmp_path / "feeds.yaml").store) as store:
        (newest,) = (story.last for story in store.stories())
        store.outbox.put(
            [
                Message(
                    id="msg_1",
                    kind="command",
                    target="breaking",
                    body="{}",
                    created=newest,
                    due=None,
                    attempts=10,
                    error="it ended with exit status 1",
                )
            ]
        )


def test_rules_are_listed(run):
    assert run("notify").output == "breaking  5 publishers within 1:00:00  0 stories told\n"
    rule = json.loads(run("notify", "--json").output)
    assert (rule["id"], rule["within"], rule["kinds"]) == ("breaking", 3600, ["command"])


@pytest.mark.usefixtures("failed")
def test_what_did_not_arrive_is_listed_and_sent_again(run, tmp_path):
    listed = run("notify").output.splitlines()
    assert listed[1] == (
        "  breaking (command): 0 waiting, 1 given up, since 2025-10-17 08:00 UTC: "
        "it ended with exit status 1"
    )
    assert "1 waiting, 0 given up" in run("notify", "--retry", "breaking").output
    assert run("--once").exit_code == 0
    assert (tmp_path / "told").read_text() == "{}"
    assert len(run("notify").output.splitlines()) == 1


def test_a_rule_is_tried(run, tmp_path):
    tried = run("notify", "--test", "breaking")
    assert (tried.exit_code, tried.output) == (0, "breaking (command): taken\n")
    assert json.loads((tmp_path / "told").read_text())["type"] == "story.test"


def test_a_trial_that_fails_exits_with_1(run, tmp_path):
    (tmp_path / "told").mkdir()
    tried = run("notify", "--test", "breaking", "--json")
    assert tried.exit_code == 1
    assert "it ended with exit status 1" in json.loads(tried.output)["error"]


def test_a_rule_that_is_not_there_is_said_so(run):
    unknown = run("notify", "--retry", "braking")
    assert unknown.exit_code == 2
    assert "did you mean breaking?" in unknown.output


@pytest.mark.usefixtures("failed")
def test_the_status_tells_what_became_of_messages(run):
    assert "notify   command: 0 delivered, 0 waiting, 1 given up\n" in run("status").output
    assert json.loads(run("status", "--json").output)["messages"] == [
        {"kind": "webhook", "delivered": 0, "waiting": 0, "given_up": 0},
        {"kind": "command", "delivered": 0, "waiting": 0, "given_up": 1},
    ]


def test_without_rules_it_says_where_they_go(run, tmp_path):
    path = tmp_path / "feeds.yaml"
    path.write_text(path.read_text().partition("notify:")[0])
    assert "write some under notify" in run("notify").output
    assert "write some under notify" in run("notify", "--test", "breaking").output
