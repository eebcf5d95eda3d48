"""A store that was damaged is called so, with what to do, whatever became of it."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.app import Aggregator
from aggregator.app.doctor import Severity, examine
from aggregator.config import load
from aggregator.errors import StoreError
from aggregator.model import Response
from aggregator.parse import parse
from aggregator.storage import open_store

NOW = datetime(2025, 10, 17, 12, tzinfo=UTC)
PAGE = 4096
TEXT = (
    "version: 1\nencoder: none\nnetwork: {contact: 'https://me.example/'}\n"
    "feeds: [{id: news, url: 'http://example.org/'}]\n"
)
ITEMS = "".join(
    f"<item><guid>{n}</guid><title>Bridge {n} opens</title>"
    f"<description>{n * 'word '}</description></item>"
    for n in range(200)
)


class Newsstand:
    """Answers with one document."""

    def fetch(self, requests):
        body = f"<rss version='2.0'><channel><title>t</title>{ITEMS}</channel></rss>".encode()
        for request in requests:
            url = request.url
            yield Response(feed=request.feed, url=url, final_url=url, status=200, at=NOW, body=body)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """The file of a store with some articles."""
    folder = tmp_path_factory.mktemp("sound")
    with opened(folder) as aggregator:
        aggregator.run_once()
    return (folder / "aggregator.db").read_bytes()


@pytest.fixture
def store(sound, tmp_path):
    path = tmp_path / "aggregator.db"
    path.write_bytes(sound)
    return path


def opened(folder: Path) -> Aggregator:
    config = load(TEXT, directory=folder, environment={})
    now = NOW + timedelta(minutes=1)
    return Aggregator(
        config,
        open_store(config.store),
        clock=lambda: now,
        fetcher=Newsstand(),
        parse=parse,
    )


def zero(path: Path, first: int, pages: int) -> None:
    with path.open("r+b") as file:
        file.seek(first * PAGE)
        file.write(bytes(pages * PAGE))


def told(folder: Path) -> str:
    """Return all that the doctor, or the refusal to open it, says of the store."""
    try:
        with opened(folder) as aggregator:
            found = examine(aggregator)
    except StoreError as error:
        return str(error)
    assert all(finding.severity is Severity.ERROR for finding in found), found
    assert {finding.subject for finding in found} <= {"store"}
    return "\n".join(finding.line for finding in found)


@pytest.mark.usefixtures("store")
def test_a_sound_store_is_said_nothing_of(tmp_path):
    assert told(tmp_path) == ""


@pytest.mark.parametrize("first", range(1, 60, 6))
def test_pages_that_were_lost_are_found(store, tmp_path, first):
    zero(store, first, 6)
    assert "restore a backup" in told(tmp_path) or "aggregate restore FILE" in told(tmp_path)


@pytest.mark.parametrize("size", [1000, 3 * PAGE, 30 * PAGE])
def test_a_file_that_was_cut_short_is_damaged(store, tmp_path, size):
    os.truncate(store, size)
    assert "restore a backup (aggregate restore FILE)" in told(tmp_path)


def test_a_file_without_its_head_is_no_database(store, tmp_path):
    zero(store, 0, 1)
    assert "no SQLite database, or no longer: restore a backup" in told(tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "newer than this program"),
        ("DELETE FROM alembic_version", "tables of another program"),
        ("DROP TABLE feed_states", "no such table: feed_states: something else changed"),
        ("ALTER TABLE feed_states DROP COLUMN rule", "something else changed its tables"),
    ],
)
def test_tables_that_are_not_ours_are_told(store, tmp_path, change, words):
    with closing(sqlite3.connect(store)) as database, database:
        database.execute(change)
    assert words in told(tmp_path)


def test_a_log_that_is_of_no_store_is_passed_over(store, tmp_path):
    Path(f"{store}-wal").write_bytes(b"x" * 5000)
    assert told(tmp_path) == ""


def test_what_a_damaged_store_still_tells_is_told_once(store, tmp_path):
    zero(store, 1, 40)
    lines = told(tmp_path).splitlines()
    assert len(lines) == len(set(lines))
    assert not any("***" in line for line in lines)
