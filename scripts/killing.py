"""Kills runs of the real command, over and over, and sets what is left against a quiet run.

Both runs are handed the same hours, one after the other, by a library that is preloaded
(strike.c): the farm's answers depend on the hour alone, so that each round is one recorded batch.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from account import complaints, differences
from farm import Farm, World
from strike import environment, library
from subscriber import Subscriber

START = datetime(2025, 10, 1, tzinfo=UTC)
STEP = timedelta(hours=4)
"""Between two rounds: every feed is due again, and weather has changed."""
HISTORY = 12
"""Steps that the farm has published when it is first polled."""
SECTIONS = """\
encoder: none
defaults: {min_interval: 4h, max_interval: 4h, host_delay: 0s, timeout: 5s, move_span: 16h}
publish:
  limit: 60
  max_age: 3d
  archive: true
  views:
    - {name: even, feeds: [paper-0, paper-2, paper-4]}
retention: {age: 7d}
"""
MODES = ("once", "once", "once", "daemon")
WAYS = ("instant", "kill", "kill-after", "tear")
"""At any instant, or at an operation on a file (strike.c)."""
HANGS = 1800
"""Seconds after which a run counts as hung."""
SHOWN = 20
"""Complaints: the first tell enough."""


@dataclass
class Place:
    """A folder with a configuration and a store, where the command is run at times handed in."""

    folder: Path
    preloaded: Path

    def start(self, now: datetime, *words: str, **strike: str) -> subprocess.Popen[bytes]:
        """Start the command at a time, to be struck as the environment says (strike.c)."""
        return subprocess.Popen(
            [sys.executable, "-m", "aggregator", *words],
            cwd=self.folder,
            env=environment(self.preloaded, now, self.folder) | strike,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "errors").open("ab"),
            start_new_session=True,
        )

    def run(self, now: datetime) -> tuple[int, float]:
        """Run it once to its end; return how many operations on files it took, and seconds."""
        count = self.folder / "count"
        before = time.monotonic()
        code = self.start(now, "--once", "--quiet", STRIKE_COUNT=str(count)).wait(HANGS)
        if code:
            sys.exit(f"a run ended with {code}:\n{(self.folder / 'errors').read_text()}")
        return int(count.read_text()), time.monotonic() - before


@dataclass
class Killer:
    """Kills runs at a place, by chance."""

    place: Place
    random: Random
    kills: Counter[str] = field(default_factory=Counter)
    survived: int = 0
    orphans: int = 0
    """Processes that outlived the run that began them."""

    def strike(self, now: datetime, operations: int, seconds: float) -> None:
        """Start a run and kill it: at an operation on a file, or at any instant."""
        mode, how = self.random.choice(MODES), self.random.choice(WAYS)
        strike = {"STRIKE_AT": str(self.random.randint(1, operations)), "STRIKE_HOW": how}
        patience = 1.5 * seconds + 1
        if how == "instant":
            strike, patience = {}, self.random.uniform(0, seconds)
        words = ["--once", "--quiet"] if mode == "once" else []
        process = self.place.start(now, *words, **strike)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
        process.kill()
        if process.wait() == -signal.SIGKILL:
            self.kills[f"{how}, {mode}"] += 1
        else:
            self.survived += 1
        self.orphans += _outlives(process.pid)


def _outlives(group: int) -> bool:
    """Return whether a process of the group is there for much longer than its leader."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.05)
    os.killpg(group, signal.SIGKILL)
    return True


def kill(folder: Path, *, rounds: int, kills: int, seed: int, feeds: int) -> bool:
    """Run both; print what was seen, and return whether nothing is lost, doubled or different."""
    preloaded = library(folder)
    now = START
    world = World(seed, feeds, START - HISTORY * STEP, pace=STEP, spell=STEP)
    farm = Farm(world, lambda: now)
    quiet, hurt = (Place(folder / name, preloaded) for name in ("quiet", "hurt"))
    for place in (quiet, hurt):
        place.folder.mkdir()
        (place.folder / "feeds.yaml").write_text(farm.configuration(SECTIONS), encoding="utf-8")
    subscriber, killer = Subscriber(), Killer(hurt, Random(seed))  # noqa: S311  reproducible chance
    found: list[str] = []
    compared = 0
    with farm.serving():
        try:
            for number in range(rounds):
                operations, seconds = quiet.run(now)
                for _ in range(killer.random.randint(1, kills)):
                    killer.strike(now, operations, seconds)
                    subscriber.read(hurt.folder / "public/feed.atom")
                hurt.run(now)
                subscriber.read(hurt.folder / "public/feed.atom")
                new = differences(quiet.folder / "aggregator.db", hurt.folder / "aggregator.db")
                found += [f"round {number}: {complaint}" for complaint in new]
                compared += 1
                if new:
                    break
                now += STEP
        except KeyboardInterrupt:  # what the quiet run was given is still to come
            hurt.run(now)
    found += complaints(hurt.folder / "aggregator.db", farm.ledger) + subscriber.complaints
    found += [f"{killer.orphans} processes outlived a killed run"] if killer.orphans else []
    print(f"rounds: {compared}; kills: {killer.kills.total()}: {dict(killer.kills)}")
    print(f"runs that ended before their kill: {killer.survived}")
    print(f"items delivered: {len(farm.ledger.delivered())}; answers: {dict(farm.ledger.answers)}")
    print(f"readings of feed.atom: {subscriber.readings}; withdrawn: {len(subscriber.withdrawn)}")
    for complaint in found[:SHOWN]:
        print(f"COMPLAINT {complaint}")
    print(f"complaints: {len(found)}")
    return not found
