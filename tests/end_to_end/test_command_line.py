"""The command line, as shells, pipes and terminals meet it."""

import shlex
import subprocess
from pathlib import Path

import pytest


def test_whoever_has_seen_enough_may_leave(examples):
    listing = subprocess.Popen(
        examples.command("stories", "--json"), cwd=examples.path, stdout=subprocess.PIPE
    )
    assert listing.stdout
    listing.stdout.readline()
    listing.stdout.close()
    assert listing.wait(timeout=30) == 0


@pytest.mark.parametrize("words", [["--help"], ["stories", "--help"]])
def test_nobody_has_to_read_all_of_the_help(first_run, words):
    with subprocess.Popen(
        first_run.command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as helping:
        assert helping.stdout
        assert helping.stderr
        helping.stdout.close()
        assert helping.stderr.read() == b""
    assert helping.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("words", [["stories"], ["health"], ["--help"], ["--version"]])
def test_a_full_disk_behind_the_output_is_said_in_words(first_run, words):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            first_run.command(*words),
            cwd=first_run.path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("cannot print the result: ")


def test_output_that_is_closed_is_no_failure_and_no_file_is_taken_for_it(examples):
    command = shlex.join(examples.command("--once", "--force"))
    done = subprocess.run(["sh", "-c", f"{command} >&- 2>&-"], cwd=examples.path, check=False)
    assert done.returncode == 0
    assert len(examples.stories()) > 1


def test_json_is_utf8_whatever_the_terminal_speaks(first_run):
    done = first_run.run_apart("stories", "--json", PYTHONIOENCODING="ascii")
    assert "澤倫斯基" in done.stdout


def test_the_configuration_may_be_named_before_or_after_the_command(first_run):
    name = str(first_run.path / "feeds.yaml")
    before = first_run.run("--config", name, "stories", "--limit", "1")
    after = first_run.run("stories", "--limit", "1", "--config", name)
    assert before.stdout == after.stdout != ""


def test_a_time_that_is_none_says_how_to_write_one(first_run):
    assert "24h" in first_run.run("stories", "--since", "yesterday").stderr
    assert first_run.run("stories", "--since", "99999999d", "--limit", "1").returncode == 0
    assert "since 2099" in first_run.run("stories", "--since", "2099-01-01").stdout


@pytest.mark.parametrize("words", [["--once", "stories"], ["--dry-run"], ["stories", "--bogus"]])
def test_wrong_use_is_told_from_failure(first_run, words: list[str]):
    assert first_run.run(*words).returncode == 2


def test_explain_takes_an_address_as_browsers_have_it(first_run):
    told = (
        "https://www.harbour-times.example/2025/10/17/trump-zelensky-no-tomahawks?utm_source=x#top"
    )
    done = first_run.run("explain", told, told)
    assert "the same article" in done.stdout


def test_a_name_that_several_articles_answer_to_asks_for_an_id(folder):
    items = "".join(
        f"<item><guid isPermaLink='false'>twin</guid><title>{title} of the week</title></item>"
        for title in ("Harbour", "Glacier")
    )
    for name in "ab":
        (folder.path / f"{name}.xml").write_text(
            f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>"
        )
    folder.configure("version: 1\nfeeds: [{url: 'file:a.xml'}, {url: 'file:b.xml'}]\n")
    folder.once()
    done = folder.run("explain", "twin", "twin")
    assert done.returncode == 2
    assert "name one by id" in done.stderr
