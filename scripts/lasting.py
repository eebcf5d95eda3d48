"""A daemon over a farm for hours: memory, descriptors, threads, and the ledger at the end."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from account import complaints, slope
from farm import Farm, World
from hurried import LEAP, hurried
from subscriber import Subscriber

from aggregator.match import SPAN
from aggregator.scheduler import TICK

SHOWN = 20
"""Complaints: the first tell enough."""
PAUSE = 15.0
"""Seconds between two looks at the process."""
QUIET = 4
"""Ticks at the end without anything new: a poll of every feed."""
DAY = LEAP + TICK
"""What passes from tick to tick."""
REMEMBERED = 2 * SPAN
"""Articles of that age are what the daemon keeps in memory."""
SECTIONS = """\
defaults: {min_interval: 2h, max_interval: 12h, host_delay: 0s, timeout: 30s}
publish: {max_age: 3d}
retention: {age: 7d}
"""


@dataclass(frozen=True, slots=True)
class Look:
    """How the process is."""

    hours: float
    articles: int
    """Of the days that it remembers."""
    kibibytes: int
    parser: int
    """KiB of the process that parses."""
    descriptors: int
    threads: int


def wall(folder: Path, *, minutes: float, seed: int, feeds: int) -> bool:
    """Run the daemon so long; print what was seen, and return whether it is as it should be."""
    end = datetime.now(UTC) + timedelta(minutes=minutes)
    clock = hurried(end)
    world = World(
        seed=seed,
        feeds=feeds,
        start=clock() - 2 * DAY,
        pace=DAY / 6,
        spell=DAY,
        until=clock() + (timedelta(minutes=minutes) // TICK - QUIET) * DAY,
    )
    farm, subscriber = Farm(world, clock), Subscriber()
    config = folder / "feeds.yaml"
    config.write_text(farm.configuration(SECTIONS), encoding="utf-8")
    hurry = str(Path(__file__).with_name("hurried.py"))
    command = [sys.executable, hurry, str(config), end.isoformat()]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # as the command line has it
    with farm.serving(), (folder / "log").open("w") as log:
        with subprocess.Popen(command, cwd=folder, stderr=log, env=environment) as daemon:
            try:
                looks = _watch(daemon, folder, end.timestamp(), clock, subscriber)
            finally:
                before = time.monotonic()
                daemon.send_signal(signal.SIGTERM)
                code = daemon.wait(60)
                took = time.monotonic() - before
        once = [sys.executable, "-m", "aggregator", "--config", str(config), "--once", "--force"]
        subprocess.run([*once, "--quiet"], cwd=folder, check=False)
        subscriber.read(folder / "public/feed.atom")
    found = complaints(folder / "aggregator.db", farm.ledger) + subscriber.complaints
    found += [f"the daemon ended with {code}"] if code else []
    _report(looks, farm, subscriber, took)
    failed = [line for line in (folder / "log").read_text().splitlines() if _is_bad(line)]
    found += [f"logged: {line}" for line in failed]
    for complaint in found[:SHOWN]:
        print(f"COMPLAINT {complaint}")
    print(f"complaints: {len(found)}")
    return not found


def _is_bad(line: str) -> bool:
    return not line.startswith("{") or json.loads(line)["level"] == "error"


def _watch(
    daemon: subprocess.Popen[bytes],
    folder: Path,
    end: float,
    clock: Callable[[], datetime],
    subscriber: Subscriber,
) -> list[Look]:
    """Look at it now and then until the end, and write down what is seen."""
    begin, published = time.time(), folder / "public/feed.atom"
    looks = []
    with (folder / "looks").open("w") as kept:
        while time.time() < end and daemon.poll() is None:
            time.sleep(PAUSE)
            has_store = published.exists()
            since = clock() - REMEMBERED
            articles = _articles(folder / "aggregator.db", since) if has_store else 0
            look = _look(daemon.pid, (time.time() - begin) / 3600, articles)
            print(*astuple(look), file=kept, flush=True)
            looks.append(look)
            subscriber.read(published)
    return looks


def _look(process: int, hours: float, articles: int) -> Look:
    place = Path(f"/proc/{process}")
    children = (place / f"task/{process}/children").read_text().split()
    status = _status(process)
    return Look(
        hours,
        articles,
        int(status["VmRSS"].split()[0]),
        sum(int(_status(int(child)).get("VmRSS", "0").split()[0]) for child in children),
        sum(1 for _ in (place / "fd").iterdir()),
        int(status["Threads"]),
    )


def _status(process: int) -> dict[str, str]:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)


def _articles(store: Path, since: datetime) -> int:
    """Return how many articles were published since then."""
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=PAUSE)) as database:
        query = "SELECT count(*) FROM articles WHERE published >= ?"
        found: int = database.execute(query, [since.timestamp() * 1_000_000]).fetchone()[0]
    return found


def _report(looks: Sequence[Look], farm: Farm, subscriber: Subscriber, took: float) -> None:
    print(f"memory: {looks[0].kibibytes} KiB at first")
    for part in (4, 2):
        warm = looks[len(looks) // part :]
        print(f"from {warm[0].hours:.2f} to {warm[-1].hours:.2f} h:", end=" ")
        for name, what in (
            ("kibibytes", "KiB"),
            ("parser", "KiB of the parser's process"),
            ("articles", "articles remembered"),
        ):
            values = [(look.hours, getattr(look, name)) for look in warm]
            print(f"{values[0][1]} to {values[-1][1]} {what} ({slope(values):+.0f}/h)", end="; ")
        for name in ("descriptors", "threads"):
            counts = [getattr(look, name) for look in warm]
            print(f"{name} {min(counts)} to {max(counts)}, the last {counts[-1]}", end="; ")
        print()
    print(f"items delivered: {len(farm.ledger.delivered())}; answers: {dict(farm.ledger.answers)}")
    print(f"readings of feed.atom: {subscriber.readings}; withdrawn: {len(subscriber.withdrawn)}")
    print(f"ended {took:.1f} s after SIGTERM")
