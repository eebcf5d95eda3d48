import subprocess
import sys

import pytest

from aggregator.errors import StoreError
from aggregator.storage import open_store


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("aggregator.db", "no database url: write sqlite:///PATH"),
        ("mysql://nas/aggregator", "says mysql: write sqlite:///PATH or postgresql://"),
    ],
)
def test_other_urls_are_refused(url, problem):
    with pytest.raises(StoreError, match=problem):
        open_store(url)


def test_a_url_that_cannot_be_read_shows_no_password():
    with pytest.raises(StoreError) as caught:
        open_store("postgresql://me:hunter2@nas:port/db")

    assert "hunter2" not in str(caught.value)


def test_a_missing_psycopg_names_the_extra():
    program = """
import sys
sys.modules["psycopg"] = None
from aggregator.errors import StoreError
from aggregator.storage import open_store
try:
    open_store("postgresql://nas/aggregator")
except StoreError as error:
    print(error)
"""

    result = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )

    assert "pip install 'aggregator[postgres]'" in result.stdout


def test_a_path_may_be_percent_encoded(tmp_path):
    url = f"sqlite:///{tmp_path}/100%25 %E5%8F%B0%3F.db"

    open_store(url).close()
    open_store(url, discard=True).close()

    assert [path.name for path in tmp_path.iterdir()] == ["100% 台?.db"]


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_store_in_memory_needs_no_file(url, samples):
    with open_store(url) as store, store.lock("pid 4711 on nas"):
        store.subscribe([samples.feed()], samples.noon)
        assert store.states() == {}
