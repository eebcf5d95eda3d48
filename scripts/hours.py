"""Ten thousand hours of a daemon in one process, with the clock handed in.

Its ticks are called as plain functions, and it is answered by the farm without a network. What it
publishes is read in another process, so that the memory of this one is the daemon's.
"""

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from account import complaints, slope
from farm import Conduct, Ledger, World, answer, configuration
from subscriber import Subscriber

from aggregator.app import Aggregator, Summary
from aggregator.app.config_source import ConfigSource
from aggregator.config import Config
from aggregator.config_file import read_config
from aggregator.errors import AggregatorError
from aggregator.model import Hop, Request, Response
from aggregator.parse import parse
from aggregator.scheduler import Daemon
from aggregator.storage import open_store
from aggregator.systemd import Manager

START = datetime(2025, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVERY = 100
"""Hours between two looks at memory and disk."""
FEWEST = 3 * EVERY
"""Hours of which growth can be told."""
SECTIONS = """\
encoder: none
defaults: {min_interval: 2h, max_interval: 12h}
publish: {limit: 10, max_age: 3d}
retention: {age: 7d}
"""
_reader = Subscriber()
"""The one of the process that reads."""


class Months:
    """A daemon's clock, network and journal, in one."""

    def __init__(self, folder: Path, world: World, read: ProcessPoolExecutor) -> None:
        self.now = START
        self.ledger = Ledger()
        self.troubles: list[str] = []
        self._world = world
        self._read = read
        self._published = folder / "public/feed.atom"

    def open(self, config: Config) -> Aggregator:
        """Open an aggregator that lives in these months."""
        return Aggregator(
            config,
            open_store(config.store),
            clock=lambda: self.now,
            random=Random(0),  # noqa: S311  jitter keeps no secret
            fetcher=self,
            parse=parse,
        )

    def fetch(self, requests: Sequence[Request]) -> Iterator[Response]:
        """Answer as the farm does."""
        return map(self._answer, requests)

    def ran(self, summary: Summary) -> None:
        """Have what was published read."""
        if summary.published:
            self._read.submit(_read_on, self._published).result()

    def failed(self, error: AggregatorError) -> None:
        """Keep what should not be."""
        self.troubles.append(f"{self.now}: {error}")

    def reloaded(self, _: object) -> None:
        """Pass over it."""

    sent = reloaded

    refused = failed

    def _answer(self, request: Request) -> Response:
        url = urlsplit(request.url)
        _, place, number = url.path.split("/")
        feed = int(number)
        asked = {"if-none-match": request.etag, "if-modified-since": request.last_modified}
        fields = {name: value for name, value in asked.items() if value is not None}
        said = answer(self._world, feed, self.now, fields, elsewhere=place == "moved")
        hops: tuple[Hop, ...] = ()
        if "Location" in said.headers:
            hops = (Hop(said.status, url._replace(path=f"/moved/{feed}").geturl()),)
            said = answer(self._world, feed, self.now, fields, elsewhere=True)
        self.ledger.note(said.kind, said.items)
        whole = said.status and said.whole
        return Response(
            feed=request.feed,
            url=request.url,
            final_url=hops[0].url if hops else request.url,
            status=said.status if whole else 0,
            at=self.now,
            headers={name.lower(): value for name, value in said.headers.items()} if whole else {},
            body=said.body if whole else b"",
            hops=hops,
            failure=None if whole else Conduct.DROPPING,
        )


def _read_on(path: Path) -> None:
    _reader.read(path)


def _heard() -> Subscriber:
    return _reader


def simulated(folder: Path, *, hours: int, seed: int, feeds: int) -> bool:
    """Live so many hours; print what was seen, and return whether it is as it should be."""
    until = START + (hours - 24) * HOUR
    world = World(seed, feeds, START - 48 * HOUR, pace=4 * HOUR, spell=5 * HOUR, until=until)
    path = folder / "feeds.yaml"
    path.write_text(configuration(feeds, 8080, SECTIONS), encoding="utf-8")
    store = folder / "aggregator.db"
    looks: list[tuple[float, float, float]] = []
    before = time.process_time()
    with ProcessPoolExecutor(1) as read, (folder / "looks").open("w") as kept:
        months = Months(folder, world, read)
        with Daemon(
            months.open(read_config(path)),
            source=ConfigSource(path),
            journal=months,
            manager=Manager(None),
            open_=months.open,
        ) as daemon:
            for hour in range(hours):
                months.now = START + hour * HOUR
                daemon.tick()
                daemon.look()
                daemon.tidy()
                if hour % EVERY == 0:
                    looks.append((hour, _memory(), store.stat().st_size / 1024))
                    print(*looks[-1], file=kept, flush=True)
        subscriber = read.submit(_heard).result()
    found = complaints(store, months.ledger) + subscriber.complaints + months.troubles
    warm = looks[len(looks) // 5 :]
    for name, column in (("memory", 1), ("store", 2)):
        grows = slope([(look[0], look[column]) for look in warm])
        print(
            f"{name}: {warm[0][column]:.0f} KiB after {warm[0][0]} h, {warm[-1][column]:.0f} after"
            f" {warm[-1][0]}; {1000 * grows:+.1f} KiB in 1,000 h"
        )
    print(f"{hours} hours took {time.process_time() - before:.0f} s of CPU")
    print(f"items delivered: {len(months.ledger.delivered())}; answers:", end=" ")
    print(dict(months.ledger.answers))
    print(f"readings of feed.atom: {subscriber.readings}; withdrawn: {len(subscriber.withdrawn)}")
    for complaint in found[:20]:
        print(f"COMPLAINT {complaint}")
    print(f"complaints: {len(found)}")
    return not found


def _memory() -> float:
    """Return the resident memory of this process in KiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1024
