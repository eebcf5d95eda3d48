"""What only SQLite does: files, and what becomes of them."""

import sqlite3
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from aggregator.errors import StoreError, StoreLocked
from aggregator.model import Batch
from aggregator.storage import SqlStore, open_store


@pytest.fixture
def url(sqlite_url):
    return sqlite_url


def pragma(store: SqlStore, name: str) -> object:
    with store._backend.read() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_it_is_set_up_to_lose_nothing(store):
    full, on = 2, 1

    assert pragma(store, "journal_mode") == "wal"
    assert pragma(store, "synchronous") == full
    assert pragma(store, "foreign_keys") == on


def test_the_file_is_its_owners_alone(tmp_path):
    open_store(f"sqlite:///{tmp_path}/new.db").close()

    assert [path.name for path in tmp_path.iterdir()] == ["new.db"]
    assert (tmp_path / "new.db").stat().st_mode & 0o777 == 0o600


def test_the_rights_of_a_file_that_is_there_stay(url, tmp_path):
    (tmp_path / "aggregator.db").chmod(0o640)

    open_store(url).close()

    assert (tmp_path / "aggregator.db").stat().st_mode & 0o777 == 0o640


def test_a_run_leaves_only_the_database(store, samples, tmp_path):
    with store.lock("pid 4711 on nas"):
        store.save(Batch(states=(samples.state(),)))
    store.close()

    assert {path.name for path in tmp_path.iterdir()} <= {"aggregator.db", "aggregator.db.lock"}


@pytest.mark.parametrize("exists", [False, True])
def test_a_dry_run_makes_no_file(exists, tmp_path, samples):
    url = f"sqlite:///{tmp_path}/dry.db"
    if exists:
        open_store(url).close()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    with open_store(url, discard=True) as store, store.lock("pid 4711 on nas"):
        store.subscribe([samples.feed()], samples.noon)
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_dry_run_sees_what_is_not_yet_checkpointed(store, url, samples):
    store.save(Batch(states=(samples.state(),)))

    with open_store(url, discard=True) as dry:
        assert dry.states() == {"taipei": samples.state()}


def test_a_holder_that_has_not_said_its_name_holds_it_too(store, url, tmp_path):
    with store.lock("pid 4711 on nas"), open_store(url) as other:
        (tmp_path / "aggregator.db.owner").unlink()

        with pytest.raises(StoreLocked, match="another run holds it"), other.lock("pid 4712"):
            pass


def test_a_lock_that_cannot_be_made_says_why(store, tmp_path):
    (tmp_path / "aggregator.db.lock").mkdir()

    with pytest.raises(StoreError, match="cannot be locked: "), store.lock("pid 4711 on nas"):
        pass


def test_a_missing_folder_is_not_taken_for_a_new_store(tmp_path):
    with pytest.raises(StoreError, match=r"create .*/unmounted, or correct `store`"):
        open_store(f"sqlite:///{tmp_path}/unmounted/aggregator.db")

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_made_says_why(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(StoreError, match="cannot be created: Not a directory"):
        open_store(f"sqlite:///{tmp_path}/file/aggregator.db")


def test_a_folder_is_no_database(tmp_path):
    with pytest.raises(StoreError, match=f"is a folder: name a file in it, such as {tmp_path}/"):
        open_store(f"sqlite:///{tmp_path}")


@pytest.mark.parametrize("discard", [False, True])
def test_another_kind_of_file_is_left_alone(tmp_path, discard):
    path = tmp_path / "feeds.yaml"
    path.write_text("version: 1\n" * 100)

    with pytest.raises(StoreError, match="no SQLite database, or no longer: restore a backup"):
        open_store(f"sqlite:///{path}", discard=discard)

    assert path.read_text() == "version: 1\n" * 100


def test_a_damaged_file_is_said_to_be_damaged(store, url, tmp_path, samples):
    articles = tuple(samples.article(number) for number in range(200))
    store.save(Batch(articles=articles))
    store.close()
    path = tmp_path / "aggregator.db"
    data = bytearray(path.read_bytes())
    data[8192:] = b"\xff" * (len(data) - 8192)
    path.write_bytes(data)

    with pytest.raises(StoreError, match="damaged: restore a backup"), open_store(url) as broken:
        broken.find_articles(articles[0].id)


def test_a_full_disk_loses_no_more_than_the_batch(store, dump, samples):
    before = dump()
    with store._backend.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    articles = tuple(samples.article(number) for number in range(200))

    with pytest.raises(StoreError, match="disk is full: make room"):
        store.save(Batch(states=(samples.state(),), articles=articles))

    assert dump() == before


def test_another_program_that_writes_is_waited_for(store, url, tmp_path, samples):
    other = sqlite3.connect(tmp_path / "aggregator.db", check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    saving = threading.Thread(target=store.save, args=(Batch(states=(samples.state(),)),))
    saving.start()

    with open_store(url) as reader:
        assert reader.states() == {}
    other.close()
    saving.join()

    assert store.states() == {"taipei": samples.state()}


def test_what_is_done_now_and_then_waits_too(store, tmp_path, samples):
    store.save(Batch(articles=tuple(map(samples.article, range(200)))))
    other = sqlite3.connect(tmp_path / "aggregator.db", check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    working = threading.Thread(target=store.upkeep.optimize)
    working.start()

    store.states()
    other.close()
    working.join()

    with store._backend.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_stat1").scalar()


def test_another_program_that_writes_on_is_not_waited_for_for_ever(url, tmp_path, samples):
    other = sqlite3.connect(tmp_path / "aggregator.db")

    with open_store(f"{url}?timeout=0") as store:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program is writing to it"):
            store.subscribe([samples.feed()], samples.noon)
        other.close()
        store.subscribe([samples.feed()], samples.noon)


def test_a_program_that_reads_for_long_holds_nobody_up_and_its_log_is_given_back(store, tmp_path):
    log = tmp_path / "aggregator.db-wal"
    vectors = iter({bytes([number]): bytes(1 << 20)} for number in range(32))
    store.keep_vectors(next(vectors))
    reader = sqlite3.connect(tmp_path / "aggregator.db")
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM feeds").fetchall()

    for _ in range(20):
        store.keep_vectors(next(vectors))
    grown = log.stat().st_size
    reader.close()
    for _ in range(2):
        store.keep_vectors(next(vectors))

    assert log.stat().st_size <= 16 << 20 < 20 << 20 < grown


def test_threads_share_a_store(store, samples):
    def poll(number):
        article = samples.article(number)
        story = samples.story(str(number), article)
        store.save(Batch(articles=(article,), stories=(story,)))
        assert store.story_of(article.id) == story

    threads = [threading.Thread(target=poll, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(store.stories()) == len(threads)


NOON = datetime(2025, 10, 17, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("method", "arguments", "choice"),
    [
        ("stories", (), {"limit": 10}),
        ("stories", (), {"since": NOON}),
        ("stories", (), {"since": NOON, "until": NOON, "content": False}),
        ("stories_at", (["https://taipei.example/1"],), {}),
        ("story_of", ("0000000000000001",), {}),
        ("stories_of", (["0000000000000001"],), {}),
        ("find_stories", ("3f2a",), {}),
        ("find_articles", ("00000000",), {}),
        ("find_articles", ("https://taipei.example/1",), {}),
        ("known", ([("taipei", "guid 1")],), {}),
    ],
)
def test_no_read_goes_through_all_that_ever_was(store, method, arguments, choice):
    plan: list[str] = []

    def explain(connection, _cursor, statement, parameters, _context, _many):
        if not statement.startswith("BEGIN"):
            query = f"EXPLAIN QUERY PLAN {statement}"
            plan.extend(row[3] for row in connection.connection.execute(query, parameters))

    event.listen(store._backend.engine, "before_cursor_execute", explain)
    getattr(store, method)(*arguments, **choice)

    newest_first = "SCAN stories USING INDEX ix_stories_last_id"
    assert plan
    assert {step for step in plan if step.startswith("SCAN")} <= {"SCAN chosen", newest_first}
