"""What only PostgreSQL does."""

import psycopg
import pytest

from aggregator.errors import StoreError, StoreLocked
from aggregator.model import Batch
from aggregator.storage import open_store


def test_a_server_that_is_not_there_is_said_so(postgres):
    url = f"postgresql://tester:hunter2@/store?host={postgres.folder}/nowhere&password=hunter3"

    with pytest.raises(StoreError, match="no connection: check `store` and the server") as caught:
        open_store(url)

    assert "hunter" not in str(caught.value)


@pytest.mark.parametrize("discard", [False, True])
def test_a_database_that_is_not_there_is_said_so(postgres, discard):
    with pytest.raises(StoreError, match='database "nowhere" does not exist'):
        open_store(postgres.url("nowhere"), discard=discard)


def test_a_user_without_rights_is_told_which(empty_postgres_url, postgres):
    postgres.run("psql", "--quiet", "--command=CREATE USER guest", "empty")

    with pytest.raises(StoreError, match="this user may not do that"):
        open_store(empty_postgres_url.replace("tester@", "guest@"))


def test_the_short_scheme_is_understood(postgres_url, samples):
    with open_store(postgres_url.replace("postgresql:", "postgres:")) as store:
        store.subscribe([samples.feed()], samples.noon)


def test_stores_in_two_schemas_do_not_meet(postgres, empty_postgres_url, samples):
    for name in ("one", "two"):
        postgres.run("psql", "--quiet", f"--command=CREATE SCHEMA {name}", "empty")
    urls = [f"{empty_postgres_url}&options=-csearch_path={name}" for name in ("one", "two")]

    with open_store(urls[0]) as one, open_store(urls[1]) as two, one.lock("1"), two.lock("2"):
        one.subscribe([samples.feed()], samples.noon)
        one.save(Batch(states=(samples.state(),)))
        assert two.states() == {}


@pytest.fixture
def held(postgres_url):
    """Yield a store that holds the lock, and a function that ends every connection to it."""

    def cut_off() -> None:
        with psycopg.connect(postgres_url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )

    with open_store(postgres_url) as store, store.lock("pid 4711 on nas"):
        yield store, cut_off


def test_nothing_is_written_once_the_lock_was_lost(held, samples):
    store, cut_off = held
    cut_off()

    for said in (r"try again later$|no connection[^\n]*$", "kept other runs off was lost"):
        with pytest.raises(StoreError, match=said):
            store.subscribe([samples.feed()], samples.noon)

    assert store.subscribed() == {}


def test_a_lost_lock_is_taken_again_and_said_to_have_been_lost(held, samples, postgres_url):
    store, cut_off = held
    assert not store.regain_lock()
    cut_off()

    assert store.regain_lock()
    assert not store.regain_lock()

    store.subscribe([samples.feed()], samples.noon)
    with (
        open_store(postgres_url) as other,
        pytest.raises(StoreLocked, match="pid 4711 on nas holds it"),
        other.lock("pid 4712 on nas"),
    ):
        pass


def test_a_lost_lock_that_another_run_took_stays_its(held, samples, postgres_url):
    store, cut_off = held
    cut_off()

    with open_store(postgres_url) as other, other.lock("pid 4712 on nas"):
        for _ in range(2):
            with pytest.raises(StoreLocked, match="pid 4712 on nas holds it"):
                store.regain_lock()
        with pytest.raises(StoreError, match="kept other runs off was lost"):
            store.subscribe([samples.feed()], samples.noon)
    assert store.regain_lock()
