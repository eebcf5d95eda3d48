"""The commands about the store and the whole, as a person types them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from aggregator.cli import COMMANDS
from aggregator.cli.command import cli
from aggregator.config_file import read_config
from aggregator.storage import open_store

FEED = b"""<rss version='2.0'><channel><title>t</title>
<item><guid isPermaLink='false'>1</guid><title>A bridge was opened in the harbour</title>
<link>https://news.example/1</link><pubDate>Fri, 17 Oct 2025 08:00:00 GMT</pubDate></item>
<item><guid isPermaLink='false'>2</guid><title>Sponsored: a better mattress</title>
<link>https://news.example/2</link><pubDate>Fri, 17 Oct 2025 08:00:00 GMT</pubDate></item>
</channel></rss>"""


@pytest.fixture
def run(tmp_path: Path):
    """Return what runs a command, with a configuration of one feed that was polled."""
    assert COMMANDS
    path = tmp_path / "feeds.yaml"
    (tmp_path / "feed.xml").write_bytes(FEED)
    path.write_text(
        "version: 1\nencoder: none\nmutes: [sponsored]\nfeeds: [{url: 'file:feed.xml', id: news}]\n"
    )

    def run(*words: str) -> Result:
        return CliRunner().invoke(cli, ["--config", str(path), *words])

    done = run("--once", "--quiet")
    assert done.exit_code == 0, done.stderr
    return run


def test_a_backup_is_made_and_brought_back(run, tmp_path):
    backup = tmp_path / "backup.db"
    made = run("backup", str(backup))
    assert made.output == f"wrote {backup}, {backup.stat().st_size} bytes\n"
    assert run("backup", str(backup)).exit_code == 2
    brought = run("restore", str(backup))
    assert brought.exit_code == 0
    assert "the old store is kept as" in brought.output
    assert "A bridge was opened" in run("stories").output


def test_nothing_is_restored_while_a_run_holds_the_store(run, tmp_path):
    run("backup", str(tmp_path / "backup.db"))
    store = open_store(read_config(tmp_path / "feeds.yaml").store)
    with store, store.lock("pid 1"):
        held = run("restore", str(tmp_path / "backup.db"))
        assert held.exit_code == 3
        assert "pid 1 holds it" in held.output
        assert run("tidy").exit_code == 3


def test_the_schema_is_told(run, tmp_path):
    assert run("migrate").output == "the schema is up to date: 0002\n"
    for file in tmp_path.glob("aggregator.db*"):
        file.unlink()
    assert run("migrate", "--dry-run").output == "the schema would go from nothing to 0002\n"
    assert run("migrate").output == "the schema went from nothing to 0002\n"


def test_tidying_tells_what_went(run):
    nothing = "nothing is older than `retention` says\n"
    assert run("tidy", "--dry-run").output == nothing
    assert run("tidy", "--compact").output == nothing


def test_the_status_is_told_in_lines_and_as_json(run):
    assert "stories  1, 1 of them begun today" in run("status").output
    status = json.loads(run("status", "--json").output)
    assert (status["stories"], status["errors"]) == (1, [])


def test_the_doctor_exits_by_what_it_finds(run, tmp_path):
    well = run("doctor", "--json")
    assert well.exit_code == 0
    assert {json.loads(line)["severity"] for line in well.output.splitlines()} <= {"warning"}
    (tmp_path / "feed.xml").unlink()
    for file in tmp_path.glob("aggregator.db*"):
        file.unlink()
    ill = run("doctor")
    assert ill.exit_code == 1
    assert "error: polling: no poll has succeeded" in ill.output


def test_a_story_is_shown_with_why_each_article_is_in_it(run):
    shown = run("show", "https://news.example/1")
    assert shown.output.splitlines()[0] == "A bridge was opened in the harbour"
    assert "  founded the story" in shown.output.splitlines()
    story = json.loads(run("show", "https://news.example/1", "--json").output)
    assert run("show", story["id"]).output == shown.output


def test_a_muted_article_is_shown_as_such(run):
    shown = run("show", "https://news.example/2")
    assert shown.output.splitlines()[-1] == "  in no story: it is muted"
    assert json.loads(run("show", "https://news.example/2", "--json").output)["muted"] is True


def test_what_is_not_there_is_said_so(run):
    unknown = run("show", "ffffffff")
    assert unknown.exit_code == 2
    assert unknown.stderr.startswith("no story has the id 'ffffffff'")
    assert "aggregate stories lists them" in unknown.stderr


def test_who_wants_to_see_a_feed_is_told_how(run):
    (feed,) = map(json.loads, run("feeds", "--json").output.splitlines())
    shown = run("show", feed["id"])
    assert shown.exit_code == 2
    assert f"aggregate check {feed['id']}" in shown.stderr
