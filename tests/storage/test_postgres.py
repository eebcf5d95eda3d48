"""What only PostgreSQL does."""

import pytest

from aggregator.errors import StoreError
from aggregator.model import Batch
from aggregator.storage import open_store


def test_a_server_that_is_not_there_is_said_so(postgres):
    url = f"postgresql://tester:hunter2@/store?host={postgres.socket}/nowhere&password=hunter3"

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
