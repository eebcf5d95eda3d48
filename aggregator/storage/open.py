"""From a database url to a store that is ready for use."""

from contextlib import closing

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from aggregator.errors import StoreError
from aggregator.storage.backend import Backend
from aggregator.storage.sqlite import open_sqlite
from aggregator.storage.store import SqlStore
from aggregator.storage.upgrade import HEAD, upgrade


def open_store(url: str, *, discard: bool = False) -> SqlStore:
    """Open the store at a database url, made or brought up to date where need be.

    With ``discard`` everything works, on the store's present contents, and nothing of it is kept,
    nor is a file made. Raises StoreError, with what to do, where the store cannot be used.
    """
    backend = _open(url, discard=discard)
    try:
        upgrade(backend)
    except BaseException:
        backend.close()
        raise
    return SqlStore(backend)


def migrate(url: str, *, discard: bool = False) -> tuple[str | None, str]:
    """Bring a store's schema up to date, as opening it does; return its revisions before and after.

    With ``discard`` that is only tried. Raises StoreError.
    """
    with closing(_open(url, discard=discard)) as backend:
        return upgrade(backend), HEAD


def _open(written: str, *, discard: bool) -> Backend:
    try:
        url = make_url(written)
    except (ArgumentError, ValueError) as error:
        raise StoreError("`store` is no database url: write sqlite:///PATH") from error
    match url.get_backend_name():
        case "sqlite":
            return open_sqlite(url, discard=discard)
        case "postgresql" | "postgres":
            return _open_postgres(url, discard=discard)
        case other:
            raise StoreError(f"`store` says {other}: write sqlite:///PATH or postgresql://…")


def _open_postgres(url: URL, *, discard: bool) -> Backend:
    try:
        from aggregator.storage.postgres import open_postgres  # noqa: PLC0415  an extra
    except ImportError as error:
        raise StoreError(
            "a postgresql store needs psycopg: pip install 'aggregator[postgres]'"
        ) from error
    return open_postgres(url, discard=discard)
