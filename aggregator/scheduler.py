"""EDGE: the daemon's clockwork; the only importer of apscheduler.

Due times live in the store: one tick a minute asks which feeds are due, never a job a feed.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.blocking import BlockingScheduler

from aggregator.app import Aggregator, Summary
from aggregator.errors import AggregatorError

TICK = timedelta(minutes=1)
"""Between two looks at what is due."""
LOOK = timedelta(seconds=2)
"""Between two looks at what hubs brought."""


def run_forever(
    aggregator: Aggregator,
    *,
    told: Callable[[Summary], None],
    failed: Callable[[AggregatorError], None],
) -> None:
    """Poll what is due and publish, again and again, until KeyboardInterrupt ends it.

    A tick that fails as a whole (a full disk, say) is reported, and the next one tries again.
    """
    # Ticks run in this very thread, where a signal can interrupt them.
    scheduler = BlockingScheduler(timezone="UTC", executors={"default": DebugExecutor()})
    interrupts: list[KeyboardInterrupt] = []

    def tick(wanted: Callable[[], bool] = lambda: True) -> None:
        try:
            if not wanted():
                return
            summary = aggregator.run_once(tick=TICK)
        except AggregatorError as error:
            failed(error)
        except KeyboardInterrupt as interrupt:
            interrupts.append(interrupt)
            scheduler.shutdown(wait=False)
        else:
            if summary.polled:
                told(summary)

    scheduler.add_job(
        tick,
        "interval",
        seconds=TICK.total_seconds(),
        next_run_time=datetime.now(UTC),
        coalesce=True,
        misfire_grace_time=None,
    )
    if aggregator.config.callbacks:
        scheduler.add_job(
            tick,
            "interval",
            args=[aggregator.store.pushes.is_waiting],
            seconds=LOOK.total_seconds(),
            coalesce=True,
            misfire_grace_time=None,
        )
    with aggregator.exclusive():
        scheduler.start()
    for interrupt in interrupts:
        raise interrupt
