"""Brings a database to the schema of this program. Alembic is loaded where there is work to do."""

from sqlalchemy import Connection, inspect, select
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table

from aggregator.errors import StoreError
from aggregator.storage.backend import Backend

HEAD = "0002"
"""The newest revision in ``migrations/versions``."""

_VERSION = sql_table("alembic_version", sql_column("version_num"))


def upgrade(backend: Backend) -> str | None:
    """Migrate to the newest schema, in one transaction; raise StoreError where that cannot be.

    Return the revision before; None where there was none.
    """
    with backend.read() as connection:
        revision = _revision(connection)
    if revision != HEAD:
        with backend.write() as connection:
            _upgrade(connection, backend.name)
    return revision


def _revision(connection: Connection) -> str | None:
    """Return the revision that the database is at; None where no migration ever ran."""
    if not inspect(connection).has_table(_VERSION.name):
        return None
    return connection.scalar(select(_VERSION.c.version_num))


def _upgrade(connection: Connection, name: str) -> None:
    from alembic import command  # noqa: PLC0415  0.3 s that no other start need spend
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "aggregator.storage:migrations")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    revision = _revision(connection)
    if revision is None and inspect(connection).get_table_names():
        raise StoreError(
            f"store {name}: it holds tables of another program: "
            "name a database of its own in `store`"
        )
    if revision is not None and revision not in known:
        raise StoreError(
            f"store {name}: its schema {revision} is newer than this program, which knows {HEAD}: "
            "install the newest aggregator, or name another database in `store`"
        )
    command.upgrade(config, "head")
