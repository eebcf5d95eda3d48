"""The daemon, composed as ``aggregate`` does it, but for its clock: days pass within minutes.

Its ticks, its network and its parser go by the machine's clock. What is new, due, or too old goes
by one that leaps between two ticks, as if the machine had slept. So what the daemon remembers of
the last days, a window of six of them, fills in minutes, and then as much goes as comes.
"""

import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.app import Aggregator
from aggregator.app.config_source import ConfigSource
from aggregator.cli.log import Log
from aggregator.config import Config
from aggregator.config_file import read_config
from aggregator.scheduler import TICK, Daemon, run_forever
from aggregator.storage import open_store
from aggregator.systemd import Manager

LEAP = timedelta(hours=18)


class Hurried(Daemon):
    """Lets go of what is too old in each tick: more than an hour has passed."""

    def tick(self) -> None:
        """Poll what is due, publish, and tidy."""
        super().tick()
        self.tidy()


def hurried(end: datetime) -> Callable[[], datetime]:
    """Return a clock that leaps by so much each minute, and is right from ``end`` on."""

    def clock() -> datetime:
        now = datetime.now(UTC)
        return now - LEAP * max(0, -((now - end) // TICK))

    return clock


def main(config: Path, end: str) -> None:
    """Run until SIGINT or SIGTERM."""
    clock = hurried(datetime.fromisoformat(end))

    def opened(config: Config) -> Aggregator:
        return Aggregator(config, open_store(config.store), clock=clock)

    first = read_config(config)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        run_forever(
            Hurried(
                opened(first),
                source=ConfigSource(config),
                journal=Log(first),
                manager=Manager.of(),
                open_=opened,
            )
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
