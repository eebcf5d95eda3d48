import sqlite3
from contextlib import closing

import pytest

from aggregator.errors import StoreError
from aggregator.storage.copies import copy


def test_a_copy_does_not_wait_without_end_for_who_holds_the_database(tmp_path):
    held, made = tmp_path / "held.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(held)) as other, closing(sqlite3.connect(held, timeout=0)) as ours:
        other.execute("CREATE TABLE told (word TEXT)")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="another program holds the database"):
            copy(ours, made)
        assert [p.name for p in tmp_path.iterdir() if "copy" in p.name] == []
        other.rollback()
        copy(ours, made)
    assert made.exists()
