"""What one kind of database does in its own way; the queries are the same for all."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from aggregator.errors import StoreError

WRITES = "aggregator_writes"
"""The execution option of a connection whose transaction is going to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """How large a database is, in bytes."""

    used: int
    unused: int
    """Of it, for what comes next."""
    folder: Path | None
    """On whose disk it lies; None where that is another machine's, or memory."""


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

    def regain(self) -> bool:
        """Take the lock again where it was lost with a connection; return whether it was.

        Raises StoreLocked where another run was first.
        """
        return False

    @abstractmethod
    def damage(self) -> list[str]:
        """Return what the database finds wrong with itself."""

    @abstractmethod
    def space(self) -> Space:
        """Return how large it is."""

    @abstractmethod
    def optimize(self) -> None:
        """Do the little work that is due now and then."""

    @abstractmethod
    def compact(self) -> None:
        """Give all unused room back."""

    @abstractmethod
    def back_up(self, path: Path) -> None:
        """Write a copy of it to a file that is not there yet."""

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
