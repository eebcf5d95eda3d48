"""What one kind of database does in its own way; the queries are the same for all."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from aggregator.errors import StoreError

WRITES = "aggregator_writes"
"""The execution option of a connection whose transaction is going to write."""


class Backend(ABC):
    """A database, opened."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name
        """What messages call it."""

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Hand out a connection to read through; raise StoreError for what goes wrong."""
        with self._translated(), self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Hand out a connection whose writes are kept, all or none, when the block ends."""
        with self._translated(), self._transaction(writes=True) as connection:
            yield connection

    @abstractmethod
    def lock(self, owner: str) -> AbstractContextManager[None]:
        """Exclude other runs while the block lasts; ``owner`` is what they are told.

        Raises StoreLocked, with the holder's own words, where another run was first.
        """

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    @abstractmethod
    def advice(self, error: BaseException) -> str | None:
        """Return what happened and what to do about the driver's error, where that is known."""

    def _transaction(self, *, writes: bool) -> AbstractContextManager[Connection]:
        return self.engine.execution_options(**{WRITES: writes}).begin()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            problem = self.advice(cause) or str(cause)
            raise StoreError(f"store {self.name}: {problem}") from error
