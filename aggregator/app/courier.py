"""Delivers while others work: a receiver, a hub or a hook may take its time."""

from collections.abc import Callable, Collection
from threading import Event, Thread
from time import monotonic

from aggregator.app.aggregator import Aggregator
from aggregator.app.delivery import NOTICES, PINGS, Attempt, deliver, is_due
from aggregator.config import Config
from aggregator.errors import AggregatorError

_FAREWELL = 3.0
"""Seconds that deliveries get to end; what they send then is sent again, under the same id."""


class Courier:
    """Threads that deliver, when there is something to, each with an aggregator of its own."""

    def __init__(
        self,
        open_: Callable[[Config], Aggregator],
        *,
        sent: Callable[[Attempt], None],
        failed: Callable[[AggregatorError], None],
    ) -> None:
        """Take what opens a configuration, and who hears of each attempt and of what failed."""
        self._open = open_
        self._sent = sent
        self._failed = failed
        self._ending = Event()
        self._threads: dict[Collection[str], Thread] = {}
        """By the kinds that they deliver."""

    def look(self, aggregator: Aggregator) -> None:
        """Have delivered what is due, where that is not being done; raise StoreError."""
        for kinds in (NOTICES, PINGS):
            last = self._threads.get(kinds)
            if not (last and last.is_alive()) and is_due(aggregator, kinds):
                thread = Thread(
                    target=self._deliver,
                    args=(aggregator.config, kinds),
                    name="courier",
                    daemon=True,
                )
                self._threads[kinds] = thread
                thread.start()

    def end(self) -> None:
        """Break off: commands are killed, and an answer is not waited for."""
        self._ending.set()
        until = monotonic() + _FAREWELL
        for thread in self._threads.values():
            thread.join(max(until - monotonic(), 0))

    def _deliver(self, config: Config, kinds: Collection[str]) -> None:
        try:
            with self._open(config) as aggregator:
                for attempt in deliver(aggregator, self._ending, of=kinds):
                    self._sent(attempt)
        except AggregatorError as error:
            self._failed(error)
