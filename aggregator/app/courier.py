"""Delivers while others work: a receiver, or a hook, may take its time."""

from collections.abc import Callable
from threading import Event, Thread

from aggregator.app.aggregator import Aggregator
from aggregator.app.delivery import Attempt, deliver
from aggregator.config import Config
from aggregator.errors import AggregatorError

_FAREWELL = 3.0
"""Seconds that a delivery gets to end; what it sends then is sent again, under the same id."""


class Courier:
    """A thread that delivers, when there is something to, with an aggregator of its own."""

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
        self._thread: Thread | None = None

    def go(self, config: Config) -> None:
        """Deliver what is due, unless that is being done."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._deliver, args=(config,), name="courier", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """Break off: commands are killed, and an answer is not waited for."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(_FAREWELL)

    def _deliver(self, config: Config) -> None:
        try:
            with self._open(config) as aggregator:
                for attempt in deliver(aggregator, self._ending):
                    self._sent(attempt)
        except AggregatorError as error:
            self._failed(error)
