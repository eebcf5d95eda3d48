"""From a database url to a store that is ready for use."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from aggregator.errors import StoreError
from aggregator.storage.backend import Backend
from aggregator.storage.sqlite import open_sqlite
from aggregator.storage.store import SqlStore
from aggregator.storage.upgrade import upgrade


def open_store(url: str, *, discard: bool = False) -> SqlStore:
    """Open the store at a database url, made or brought up to date where need be.

    With ``discard`` everything works, on the store's present contents, and nothing of it is kept,
    nor is a file made. Raises StoreError, with what to do, where the store cannot be used.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError("`store` is no database url: write sqlite:///PATH") from error
    backend = _open(parsed, discard=discard)
    try:
        upgrade(backend)
    except BaseException:
        backend.close()
        raise
    return SqlStore(backend)


def _open(url: URL, *, discard: bool) -> Backend:
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
