"""EDGE: the daemon's clockwork; the only importer of apscheduler.

Due times live in the store: one tick a minute asks which feeds are due, never a job a feed.
"""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Protocol, Self

from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.blocking import BlockingScheduler

from aggregator.app import Aggregator, Summary
from aggregator.app.config_source import ConfigSource
from aggregator.app.courier import Courier
from aggregator.app.delivery import Attempt
from aggregator.app.maintenance import tidy
from aggregator.config import Config
from aggregator.errors import AggregatorError
from aggregator.interrupts import Interrupts

TICK = timedelta(minutes=1)
"""Between two looks at what is due."""
LOOK = timedelta(seconds=2)
"""Between two looks at the configuration, and at what hubs brought."""

TIDY = timedelta(hours=1)
"""Between two looks at what is too old to be kept."""


class Journal(Protocol):
    """Who hears what the daemon does."""

    def ran(self, summary: Summary) -> None:
        """Take note of a tick that polled something."""
        ...

    def failed(self, error: AggregatorError) -> None:
        """Take note of a tick that failed as a whole; the next one tries again."""
        ...

    def sent(self, attempt: Attempt) -> None:
        """Take note of what somebody was told, or could not be; another thread may say so."""
        ...

    def reloaded(self, config: Config) -> None:
        """Take note of a new configuration, which holds from now on."""
        ...

    def refused(self, error: AggregatorError) -> None:
        """Take note of one that cannot be used; the old one holds on."""
        ...


class Manager(Protocol):
    """The supervisor of this process (``aggregator.systemd``)."""

    def ready(self) -> None:
        """Hear that it works, at the start or under a new configuration."""
        ...

    def reloading(self) -> None:
        """Hear that a new configuration is being taken over."""
        ...

    def alive(self) -> None:
        """Hear that work goes on."""
        ...

    def status(self, text: str) -> None:
        """Hear in a line how it is."""
        ...

    def stopping(self) -> None:
        """Hear that it ends."""
        ...


class Daemon:
    """Polls and publishes, tick by tick, under one configuration after the other.

    Use it as a context manager: while the block lasts other runs on the store are excluded. It
    closes the aggregator that it is given. ``open_`` opens one with a new configuration.
    """

    def __init__(
        self,
        aggregator: Aggregator,
        *,
        source: ConfigSource,
        journal: Journal,
        manager: Manager,
        open_: Callable[[Config], Aggregator] = Aggregator.open,
    ) -> None:
        self._aggregator = aggregator
        self._source = source
        self._journal = journal
        self._manager = manager
        self._open = open_
        self._courier = Courier(open_, sent=journal.sent, failed=journal.failed)
        self._held = ExitStack()
        """The store, which other runs keep off."""

    def __enter__(self) -> Self:
        """Exclude other runs; raise StoreLocked where one was first."""
        self._held.enter_context(self._aggregator.exclusive())
        self._manager.ready()
        return self

    def __exit__(self, *_: object) -> None:
        self._manager.stopping()
        self._courier.end()
        self._held.close()
        self._aggregator.close()

    def tick(self) -> None:
        """Poll what is due, and publish."""
        self._manager.alive()
        try:
            summary = self._aggregator.run_once(
                tick=TICK, watch=lambda _progress: self._manager.alive()
            )
        except AggregatorError as error:
            self._journal.failed(error)
            self._manager.status(str(error))
            return
        if summary.polled:
            self._journal.ran(summary)
        when = f"{summary.next_due:%Y-%m-%d %H:%M} UTC" if summary.next_due else "never"
        self._manager.status(f"{summary.subscribed} feeds, the next is due {when}")

    def look(self) -> None:
        """Heed a configuration that changed, then what hubs brought; have others told."""
        self._manager.alive()
        self._reload()
        try:
            self._courier.look(self._aggregator)
            is_waiting = self._aggregator.config.callbacks and (
                self._aggregator.store.pushes.is_waiting()
            )
        except AggregatorError as error:
            self._journal.failed(error)
        else:
            if is_waiting:
                self.tick()

    def tidy(self) -> None:
        """Let go of what is not kept for ever."""
        self._manager.alive()
        try:
            tidy(self._aggregator)
        except AggregatorError as error:
            self._journal.failed(error)

    def _reload(self) -> None:
        try:
            config = self._source.changed()
            if config is None:
                return
            self._manager.reloading()
            self._take_over(self._open(config))
        except AggregatorError as error:
            self._manager.ready()
            self._journal.refused(error)
        else:
            self._manager.ready()
            self._journal.reloaded(config)

    def _take_over(self, fresh: Aggregator) -> None:
        """Work with another aggregator from now on; raise StoreLocked where it cannot."""
        self._held.close()  # both may have one store
        try:
            self._held.enter_context(fresh.exclusive())
        except AggregatorError:
            fresh.close()
            self._held.enter_context(self._aggregator.exclusive())
            raise
        self._aggregator.close()
        self._aggregator = fresh


def run_forever(daemon: Daemon) -> None:
    """Have a daemon look and tick until KeyboardInterrupt ends it."""
    clockwork = Clockwork()
    clockwork.add(daemon.tick, TICK)
    clockwork.add(daemon.look, LOOK)
    clockwork.add(daemon.tidy, TIDY)
    with daemon:
        clockwork.start()


class Clockwork(BlockingScheduler):  # type: ignore[misc] # apscheduler has no types
    """A scheduler that does not mind a clock that is set, and ends when it is interrupted.

    APScheduler's own, set back, waits until it is as late again; set forward, it counts each run
    that it takes for missed, which for a machine that learns the year from the network never ends.
    It takes an interrupt within a job, or just after one, for a failure of that job: so what is
    heard is remembered, and ends it at the next look at the latest.
    """

    def __init__(self, interrupts: Interrupts | None = None) -> None:
        # Jobs run in this very thread, where a signal can interrupt them.
        super().__init__(timezone="UTC", executors={"default": DebugExecutor()})
        self._interrupts = interrupts or Interrupts()

    def start(self) -> None:
        """Run until an interrupt: whatever the handlers of SIGINT and SIGTERM raise."""
        with self._interrupts.listening():
            super().start()

    def add(self, work: Callable[[], None], pause: timedelta) -> None:
        """Have something done at once, and again after each pause."""
        self.add_job(
            self._do,
            "interval",
            args=[work],
            seconds=pause.total_seconds(),
            next_run_time=datetime.now(UTC),
            coalesce=True,
            misfire_grace_time=None,
        )

    def _do(self, work: Callable[[], None]) -> None:
        try:
            if self._interrupts.heard is None:
                work()
        except KeyboardInterrupt as interrupt:
            self._interrupts.take(interrupt)

    def _process_jobs(self) -> float | None:
        now = datetime.now(UTC)
        for job in self.get_jobs():
            if not -TICK <= job.next_run_time - now <= job.trigger.interval + TICK:
                job.modify(next_run_time=now)
        wait: float | None = super()._process_jobs()
        if self._interrupts.heard is not None:
            raise self._interrupts.heard
        return wait
