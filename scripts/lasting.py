"""A daemon over a farm for hours: memory, descriptors, threads, and the ledger at the end."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from account import complaints, slope
from farm import Farm, World, machine_clock
from subscriber import Subscriber

SHOWN = 20
"""Complaints: the first tell enough."""
PAUSE = 15.0
"""Seconds between two looks at the process."""
QUIET = timedelta(minutes=4)
"""At the end, without anything new: a poll of every feed."""
SECTIONS = """\
defaults: {min_interval: 1m, max_interval: 3m, host_delay: 0s, timeout: 5s}
"""


@dataclass(frozen=True, slots=True)
class Look:
    """How the process is."""

    hours: float
    kibibytes: int
    descriptors: int
    threads: int


def wall(folder: Path, *, minutes: float, seed: int, feeds: int) -> bool:
    """Run the daemon so long; print what was seen, and return whether it is as it should be."""
    begin = machine_clock()
    end = begin + timedelta(minutes=minutes)
    world = World(
        seed=seed,
        feeds=feeds,
        start=begin - timedelta(hours=6),
        pace=timedelta(minutes=5),
        spell=timedelta(seconds=100),
        until=end - QUIET,
    )
    farm, subscriber = Farm(world, machine_clock), Subscriber()
    (folder / "feeds.yaml").write_text(farm.configuration(SECTIONS), encoding="utf-8")
    command = [sys.executable, "-m", "aggregator", "--config", str(folder / "feeds.yaml")]
    with farm.serving(), (folder / "log").open("w") as log:
        with subprocess.Popen(command, cwd=folder, stderr=log) as daemon:
            try:
                looks = _watch(daemon, folder, end.timestamp(), subscriber)
            finally:
                before = time.monotonic()
                daemon.send_signal(signal.SIGTERM)
                code = daemon.wait(60)
                took = time.monotonic() - before
        subprocess.run([*command, "--once", "--force", "--quiet"], cwd=folder, check=False)
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
    daemon: subprocess.Popen[bytes], folder: Path, end: float, subscriber: Subscriber
) -> list[Look]:
    """Look at it now and then until the end, and write down what is seen."""
    begin = time.time()
    looks = []
    with (folder / "looks").open("w") as kept:
        while time.time() < end and daemon.poll() is None:
            time.sleep(PAUSE)
            look = _look(daemon.pid, (time.time() - begin) / 3600)
            print(look.hours, look.kibibytes, look.descriptors, look.threads, file=kept, flush=True)
            looks.append(look)
            subscriber.read(folder / "public/feed.atom")
    return looks


def _look(process: int, hours: float) -> Look:
    place = Path(f"/proc/{process}")
    status = dict(
        line.split(":", 1) for line in (place / "status").read_text().splitlines() if ":" in line
    )
    return Look(
        hours,
        int(status["VmRSS"].split()[0]),
        sum(1 for _ in (place / "fd").iterdir()),
        int(status["Threads"]),
    )


def _report(looks: list[Look], farm: Farm, subscriber: Subscriber, took: float) -> None:
    warm = looks[len(looks) // 4 :]
    memory = slope([(look.hours, look.kibibytes) for look in warm])
    print(f"memory: {looks[0].kibibytes} KiB at first, {warm[0].kibibytes} warm,", end=" ")
    print(f"{warm[-1].kibibytes} at the end; {memory:+.0f} KiB/h from {warm[0].hours:.2f} h on")
    for name in ("descriptors", "threads"):
        counts = [getattr(look, name) for look in warm]
        print(f"{name}: {min(counts)} to {max(counts)}, the last {counts[-1]}")
    print(f"items delivered: {len(farm.ledger.delivered())}; answers: {dict(farm.ledger.answers)}")
    print(f"readings of feed.atom: {subscriber.readings}; withdrawn: {len(subscriber.withdrawn)}")
    print(f"ended {took:.1f} s after SIGTERM")
