"""Keeps everything that happened, in SQLite or PostgreSQL: the only importer of SQLAlchemy."""

from aggregator.storage.open import open_store
from aggregator.storage.store import SqlStore

__all__ = ["SqlStore", "open_store"]
