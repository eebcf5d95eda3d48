"""Inserts that meet rows already there, which SQL says in words of each database's own."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Executable, Select, Table

Row = dict[str, Any]


def execute(connection: Connection, statement: Executable, rows: Sequence[Row]) -> None:
    """Execute once a row; without rows, which SQLAlchemy would take for one empty row, never."""
    if rows:
        connection.execute(statement, rows)


def upsert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; where a row has the key already, the new one takes its place."""
    execute(connection, _replacing(connection.dialect.name, table), rows)


def add(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; where a row has the key already, it stays."""
    execute(connection, _keeping(connection.dialect.name, table), rows)


def add_up(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; where a row has the key already, the new one's numbers are added to it."""
    execute(connection, _adding(connection.dialect.name, table), rows)


def insert_from(connection: Connection, table: Table, query: Select[Any]) -> None:
    """Insert what a query finds, by the table's columns in order; rows already there stay."""
    insert = _insert(connection.dialect.name, table).from_select(table.columns.keys(), query)
    connection.execute(insert.on_conflict_do_nothing())


@cache
def _replacing(dialect: str, table: Table) -> Executable:
    insert = _insert(dialect, table)
    replacing: Executable = insert.on_conflict_do_update(
        index_elements=table.primary_key.columns,
        set_={c.name: insert.excluded[c.name] for c in table.c if not c.primary_key},
    )
    return replacing


@cache
def _adding(dialect: str, table: Table) -> Executable:
    insert = _insert(dialect, table)
    adding: Executable = insert.on_conflict_do_update(
        index_elements=table.primary_key.columns,
        set_={c.name: c + insert.excluded[c.name] for c in table.c if not c.primary_key},
    )
    return adding


@cache
def _keeping(dialect: str, table: Table) -> Executable:
    keeping: Executable = _insert(dialect, table).on_conflict_do_nothing()
    return keeping


def _insert(dialect: str, table: Table) -> Any:
    """Return the INSERT that knows ON CONFLICT; loads the modules of one database alone."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
