"""The store as a database: sound or not, large or small, copied and brought back."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from aggregator.errors import StoreError, StoreLocked
from aggregator.model import Batch
from aggregator.storage import open_store
from aggregator.storage.open import migrate
from aggregator.storage.restore import restore
from aggregator.storage.upgrade import HEAD

DAY = timedelta(days=1)


@pytest.fixture
def told(store, samples):
    """Store a story."""
    article = samples.article(1)
    story = samples.story("a", article)
    store.save(Batch(articles=(article,), stories=(story,)))
    return story


@pytest.fixture
def sqlite(sqlite_url, samples):
    """Yield the url, file and story of an SQLite store that nobody has open."""
    article = samples.article(1)
    story = samples.story("a", article)
    with open_store(sqlite_url) as store:
        store.subscribe([samples.feed("taipei")], samples.noon)
        store.save(Batch(articles=(article,), stories=(story,)))
    return sqlite_url, Path(sqlite_url.removeprefix("sqlite:///")), story


@pytest.fixture
def backup(sqlite, tmp_path):
    url, _, _ = sqlite
    with open_store(url) as store:
        store.upkeep.back_up(tmp_path / "backup.db")
    return tmp_path / "backup.db"


def test_a_sound_store_has_neither_damage_nor_orphans(store, told):
    assert store.stories() == [told]
    assert (store.upkeep.damage(), store.upkeep.orphans()) == ([], {})
    assert store.upkeep.space().used > 0


def test_rows_without_what_they_belong_to_are_found(store, told, samples):
    store.save(Batch(articles=(samples.article(2),)))
    with store._backend.write() as connection:
        connection.execute(text("UPDATE stories SET representative = :a"), {"a": f"{2:016x}"})
    assert store.upkeep.orphans() == {
        "articles in no story": 1,
        "stories that no article of theirs stands for": 1,
    }
    with store._backend.write() as connection:
        connection.execute(text("DELETE FROM members WHERE story = :s"), {"s": told.id})
    assert store.upkeep.orphans()["stories without articles"] == 1


def test_upkeep_changes_nothing_that_is_told(store, told):
    store.upkeep.optimize()
    store.upkeep.compact()
    assert store.stories() == [told]


def test_room_is_given_back(sqlite_url, samples):
    with open_store(sqlite_url) as store:
        store.subscribe([samples.feed("taipei")], samples.noon)
        articles = [samples.article(n + 1, content="x" * 20_000) for n in range(200)]
        store.save(Batch(articles=tuple(articles), muted=tuple((a.id, "x") for a in articles)))
        store.pruning.prune(samples.noon + DAY, archiving=True)
        full = store.upkeep.space()
        store.upkeep.optimize()
        assert full.unused > 1 << 20
        assert store.upkeep.space().unused == 0
        assert store.upkeep.space().used < full.used


def test_what_sqlite_finds_is_said_in_its_words(sqlite):
    url, path, _ = sqlite
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM articles")
        connection.commit()
    with open_store(url) as store:
        assert "a row of members names one of articles that is not there" in store.upkeep.damage()


def test_a_backup_is_made_while_another_writes(sqlite, tmp_path):
    url, _, story = sqlite
    with open_store(url) as other, open_store(url) as store, other._backend.write() as connection:
        connection.execute(text("DELETE FROM members"))
        store.upkeep.back_up(tmp_path / "backup.db")
    assert (tmp_path / "backup.db").stat().st_mode & 0o777 == 0o600
    with open_store(f"sqlite:///{tmp_path}/backup.db") as copied:
        assert copied.stories() == [story]


@pytest.mark.parametrize("name", ["aggregator.db", "missing/backup.db"])
def test_a_backup_takes_no_files_place(sqlite, tmp_path, name):
    url, _, story = sqlite
    with open_store(url) as store:
        with pytest.raises(StoreError, match=name):
            store.upkeep.back_up(tmp_path / name)
        assert store.stories() == [story]
    assert list(tmp_path.glob(".*")) == []


def test_postgres_has_a_tool_of_its_own(postgres_url, tmp_path, samples):
    with open_store(postgres_url) as store, pytest.raises(StoreError, match="pg_dump"):
        store.upkeep.back_up(tmp_path / "backup")
    with pytest.raises(StoreError, match="pg_restore"):
        restore(postgres_url, tmp_path, owner="me", now=samples.noon)


def test_a_backup_comes_back_and_the_old_store_is_kept(sqlite, backup, samples):
    url, path, story = sqlite
    with open_store(url) as store:
        store.pruning.prune(samples.noon + DAY, archiving=True)
    kept = restore(url, backup, owner="me", now=samples.noon)
    assert kept == path.with_name("aggregator.db.20251017T120000Z.old")
    with open_store(url) as restored, open_store(f"sqlite:///{kept}") as old:
        assert (restored.stories(), old.stories()) == ([story], [])


@pytest.mark.parametrize(
    "damaged", [None, b"", b"no database", b"SQLite format 3\0" + b"\1" * 5000]
)
def test_it_comes_back_whatever_became_of_the_store(sqlite, backup, samples, damaged):
    url, path, story = sqlite
    path.unlink()
    if damaged is not None:
        path.write_bytes(damaged)
    if damaged:
        path.with_name("aggregator.db-wal").write_bytes(damaged)
    kept = restore(url, backup, owner="me", now=samples.noon)
    assert (kept and kept.read_bytes()) == damaged
    with open_store(url) as store:
        assert store.stories() == [story]


def test_nothing_comes_back_while_a_run_holds_the_store(sqlite, backup, samples):
    url, _, _ = sqlite
    with open_store(url) as store, store.lock("pid 1"), pytest.raises(StoreLocked, match="pid 1"):
        restore(url, backup, owner="me", now=samples.noon)


def test_nor_while_another_program_has_it_open(sqlite, backup, samples):
    url, path, _ = sqlite
    program = (
        "import sys; from aggregator.storage import open_store; store = open_store(sys.argv[1]);"
        "store.states(); print(flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as serving:
        assert serving.stdout
        assert serving.stdin
        serving.stdout.readline()
        before = path.stat().st_ino
        with pytest.raises(StoreError, match="another program has it open"):
            restore(url, backup, owner="me", now=samples.noon)
        serving.stdin.close()
    assert path.stat().st_ino == before
    assert list(path.parent.glob("*.old")) == []


def damage_page(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(-3000, os.SEEK_END)
        file.write(b"\xff" * 3000)


def break_version(path: Path) -> None:
    change(path, "UPDATE alembic_version SET version_num = '9999'")


def drop_version(path: Path) -> None:
    change(path, "DROP TABLE alembic_version")


def orphan(path: Path) -> None:
    change(path, "DELETE FROM articles")


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_text("version: 1"), "no sound SQLite database"),
        (lambda path: path.unlink(), "no such file"),
        (damage_page, "damaged|no sound"),
        (orphan, "is damaged"),
        (break_version, "9999 is newer"),
        (drop_version, "another program"),
    ],
)
def test_what_is_no_sound_backup_is_refused(sqlite, backup, samples, spoil, words):
    url, _, story = sqlite
    spoil(backup)
    with pytest.raises(StoreError, match=words):
        restore(url, backup, owner="me", now=samples.noon)
    with open_store(url) as store:
        assert store.stories() == [story]


def test_a_store_is_no_backup_of_itself(sqlite, samples):
    url, path, _ = sqlite
    with pytest.raises(StoreError, match="the store itself"):
        restore(url, path, owner="me", now=samples.noon)


def test_a_migration_is_tried_on_a_copy(empty_url):
    assert migrate(empty_url, discard=True) == (None, HEAD)
    assert migrate(empty_url) == (None, HEAD)
    assert migrate(empty_url) == (HEAD, HEAD)
