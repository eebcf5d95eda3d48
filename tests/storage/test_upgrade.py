import subprocess
import sys
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text

from aggregator.errors import StoreError
from aggregator.storage import open_store
from aggregator.storage.open import migrate
from aggregator.storage.schema import digest, metadata
from aggregator.storage.upgrade import HEAD


def is_tables_own(_thing, name, *_: object) -> bool:
    """Tell whether a thing is no full-text index, which SQLAlchemy has no words for."""
    return not name.startswith(("searched", "ix_searchable_words"))


def test_the_migrations_lead_to_the_tables_as_the_program_sees_them(store):
    with store._backend.read() as connection:
        options = {"compare_type": True, "include_object": is_tables_own}
        context = MigrationContext.configure(connection, opts=options)

        assert compare_metadata(context, metadata) == []


def test_they_make_the_same_sqlite_tables(sqlite_url, tmp_path):
    created = create_engine(f"sqlite:///{tmp_path}/created.db")
    metadata.create_all(created)

    def statements(engine: Engine) -> dict[str, str]:
        query = text(
            "SELECT name, sql FROM sqlite_master WHERE type <> 'trigger'"
            " AND name NOT LIKE 'alembic%' AND name NOT LIKE 'searched%'"
        )
        with engine.connect() as connection:
            return {name: " ".join((sql or "").split()) for name, sql in connection.execute(query)}

    with open_store(sqlite_url) as store:
        migrated = statements(store._backend.engine)

    assert migrated.pop("sqlite_autoindex_alembic_version_1") == ""
    assert migrated == statements(created)
    created.dispose()


def test_the_program_knows_the_newest_revision():
    config = Config()
    config.set_main_option("script_location", "aggregator.storage:migrations")

    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_store_that_is_up_to_date_opens_without_what_it_does_not_need(url):
    needless = {"alembic", "mako"} | ({"psycopg"} if url.startswith("sqlite") else set())
    program = (
        "import sys; from aggregator.storage import open_store; open_store(sys.argv[1]).close();"
        f"print([name for name in sys.modules if name in {needless}])"
    )

    result = subprocess.run(
        [sys.executable, "-c", program, url], check=True, capture_output=True, text=True
    )

    assert result.stdout == "[]\n"


def test_a_newer_schema_is_refused_and_left_alone(store, url, dump):
    before = dump()
    with store._backend.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    for discard in (False, True):
        with pytest.raises(StoreError, match="9999 is newer than this program"):
            open_store(url, discard=discard)

    with store._backend.write() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{HEAD}'"))
    assert dump() == before


def test_a_database_of_another_program_is_left_alone(empty_url):
    url = empty_url.replace("postgresql:", "postgresql+psycopg:")
    other = create_engine(url)
    with other.begin() as connection:
        connection.execute(text("CREATE TABLE bookmarks (id integer)"))

    with pytest.raises(StoreError, match="another program"):
        open_store(empty_url)

    with other.connect() as connection:
        connection.execute(text("SELECT * FROM bookmarks"))
    other.dispose()


def test_those_who_come_first_together_find_one_store(empty_url):
    program = (
        "import sys; from aggregator.storage import open_store; open_store(sys.argv[1]).close()"
    )
    runs = [subprocess.Popen([sys.executable, "-c", program, empty_url]) for _ in range(2)]

    assert [run.wait(timeout=60) for run in runs] == [0, 0]
    with open_store(empty_url) as store:
        assert store.states() == {}


FIRST_ROWS = """
INSERT INTO feeds VALUES ('f', 'https://f.example/', true, 1760000000000000);
INSERT INTO feed_states (feed, etag, redirect_sightings, skip_hours, skip_days, failures, gone,
    error) VALUES ('f', '"1"', 0, '[]', '[]', 0, false, 'the server answered 404');
INSERT INTO feed_items VALUES ('f', '["0f"]');
INSERT INTO articles VALUES ('00000000000000a1', 'f', '["guid:1"]', '1', 'https://f.example/1',
    'https://f.example/1', 'A bridge opens', 'en', '[{"language":"en","title":"A bridge opens",
    "lead":""}]', '[]', '[]', '[]', NULL, 'f.example', 1760000000000000, 'feed', NULL,
    1760000000000000, 'aa', 9, 'summary', 'content');
INSERT INTO stories VALUES ('urn:uuid:a', '00000000000000a1', 1760000000000000, 1760000000000000,
    'ff', 1760000000000000, 1760000000000000);
INSERT INTO members (article, story, position) VALUES ('00000000000000a1', 'urn:uuid:a', 0);
INSERT INTO withdrawals VALUES ('urn:uuid:b', 'urn:uuid:a', 1760000000000000);
"""


@pytest.fixture
def first_url(empty_url):
    """Return the url of a store as the first release left it, with a story in it."""
    engine = create_engine(empty_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", "aggregator.storage:migrations")
        command.upgrade(config, "0001")
        for statement in FIRST_ROWS.split(";\n")[:-1]:
            connection.exec_driver_sql(statement.strip())
        key = {"digest": digest("guid:1", "f"), "article": "00000000000000a1"}
        connection.execute(text("INSERT INTO article_keys VALUES (:digest, :article)"), key)
        connection.execute(text("INSERT INTO vectors VALUES (:d, :d)"), {"d": b"text"})
    engine.dispose()
    return empty_url


def test_a_store_of_the_first_release_keeps_all_that_it_has(first_url):
    with open_store(first_url) as store:
        (story,) = store.stories()
        (article,) = story.articles

        assert (story.id, article.title, article.content) == (
            *("urn:uuid:a", "A bridge opens", "content"),
        )
        assert store.states()["f"].etag == '"1"'
        assert store.states()["f"].error == "the server answered 404"
        assert store.digests(["f"]) == {"f": {"0f"}}
        assert store.known([("f", "guid:1")])["f", "guid:1"].id == article.id
        assert store.find_stories("urn:uuid:b") == []
        assert store.search.stories("bridge") == [story.id]
        assert (store.upkeep.damage(), store.upkeep.orphans()) == ([], {})
        assert migrate(first_url) == (HEAD, HEAD)


def test_and_lets_go_of_it_when_it_is_old(first_url):
    with open_store(first_url) as store:
        went = store.pruning.prune(datetime(2026, 1, 1, tzinfo=UTC), archiving=True)

        assert (went.stories, went.articles) == (1, 1)
        assert store.known([("f", "guid:1")])["f", "guid:1"].forgotten
