"""Housekeeping: what is not kept for ever goes, and the store is copied, checked, brought back."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from socket import gethostname

from aggregator.app.aggregator import Aggregator
from aggregator.config import Config
from aggregator.match import SPAN
from aggregator.storage.open import migrate
from aggregator.storage.prune import Pruned
from aggregator.storage.restore import restore as restore_store

AT_ONCE = 2000
"""Stories that go at one time, so that polling need not wait: seconds."""
_FRESH = 2 * SPAN
"""What came so lately may still find company, however many stories there are."""
_NEVER = datetime.min.replace(tzinfo=UTC)


def tidy(aggregator: Aggregator, *, most: int | None = AT_ONCE) -> Pruned:
    """Let go of what ``retention`` says, of ``most`` stories now, and keep the store in shape.

    Raises StoreLocked where another run holds the store, and StoreError.
    """
    store = aggregator.store
    with aggregator.exclusive() as pipeline:
        before = horizon(aggregator)
        pruned = store.pruning.prune(
            before,
            spared=_followed(aggregator),
            archiving=aggregator.config.publish.archive,
            most=most,
        )
        pipeline.forget(before)
        store.upkeep.optimize()
    return pruned


def horizon(aggregator: Aggregator) -> datetime:
    """Return the time before which stories are too old to be kept.

    It is counted from the latest date that a feed gives, or from now where that is earlier: a clock
    that runs ahead, or feeds that all fell silent, make nothing old.
    """
    config, pruning = aggregator.config, aggregator.store.pruning
    retention, newest = config.retention, pruning.newest()
    if newest is None:
        return _NEVER
    now = min(newest, aggregator.clock())
    limits = [_NEVER]
    if retention.age is not None:
        limits.append(now - retention.age)
    if retention.stories is not None and (end := pruning.end_of(retention.stories)):
        limits.append(min(end, now - max(config.publish.max_age, _FRESH)))
    return max(limits)


def back_up(aggregator: Aggregator, path: Path) -> int:
    """Write a copy of the store while it is used; return its size. Raises StoreError."""
    aggregator.store.upkeep.back_up(path)
    return path.stat().st_size


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """What became of a store's schema."""

    before: str | None
    """None where the store was made."""
    after: str


def migrated(config: Config, *, dry_run: bool = False) -> Migrated:
    """Bring a store's schema up to date, as every run does; ``dry_run`` does it on a copy."""
    before, after = migrate(config.store, discard=dry_run)
    return Migrated(before=before, after=after)


def restore(config: Config, backup: Path, now: datetime) -> Path | None:
    """Put a backup in the place of the store; return where the old one is kept, if there was one.

    Raises StoreLocked where a run holds the store, and StoreError where the backup is damaged or
    no store, where it comes from a newer program, or where another program has the store open.
    """
    return restore_store(
        config.store, backup, owner=f"pid {os.getpid()} on {gethostname()}, restoring", now=now
    )


def _followed(aggregator: Aggregator) -> Collection[str]:
    """Return the stories that views follow one by one, under whichever ids they live on."""
    browse = aggregator.store.browse
    named = [view.story for view in aggregator.config.publish.views if view.story]
    return {browse.survivor(name) or name for name in named}
