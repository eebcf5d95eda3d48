"""Lets each operation of the command on its files fail in turn, and sees what that leaves."""

import errno
import shutil
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from judge import Judge
from trials import POLL, SCENES, Scenes, Strike, Trials

FAULTS = {
    "full from there on": (errno.ENOSPC, ("write", "sync", "name"), True),
    "broken at one place": (errno.EIO, ("write", "sync", "name"), False),
    "read-only from there on": (errno.EROFS, ("name",), True),
    "locked by another program for a moment": (errno.EAGAIN, ("lock",), False),
    "locked by another program from there on": (errno.EAGAIN, ("lock",), True),
}
"""How the disk is: what operations of which kinds (strike.c) fail with, and whether for good."""


def inject(folder: Path, scenes: Scenes, every: int) -> bool:
    """Try one in so many ways to fail; print what was seen, and return whether all is well."""
    seen: Counter[str] = Counter()
    found: list[str] = []
    trials, turn = Trials(folder / "trial"), count(1)
    trials.warm()
    for scene, words in scenes.items():
        begin, quiet = undisturbed(folder, scene, trials)
        judge = Judge(trials, quiet)
        for what, strike in _strikes(trials, scene, begin):
            if next(turn) % every:
                continue
            trials.begin(begin)
            code, _ = trials.run(*words, strike=strike)
            seen[f"{scene}: ended with {code}"] += 1
            for complaint in judge.complaints(code):
                found.append(f"{scene}, {what}: {complaint}")
                print(f"COMPLAINT {found[-1]}", flush=True)
        print(f"{scene}: {judge.states} different states were carried on from", flush=True)
    for what, times in seen.items():
        print(f"{what}: {times} trials")
    print(f"trials: {seen.total()}; complaints: {len(found)}")
    return not found


def undisturbed(folder: Path, scene: str, trials: Trials) -> tuple[Path, Path]:
    """Make the folder in which a scene begins, and the one that it leaves with the next run."""
    shutil.rmtree(trials.folder, ignore_errors=True)
    trials.prepare(scene)
    begin = Path(shutil.copytree(trials.folder, folder / f"begin {scene}"))
    trials.begin(begin)
    trials.expect(*SCENES[scene])
    trials.expect(*POLL)
    shutil.copy(begin / "feeds.yaml", trials.folder / "old")
    return begin, trials.folder.rename(folder / f"quiet {scene}")


def _strikes(trials: Trials, scene: str, begin: Path) -> Iterator[tuple[str, Strike]]:
    """Yield every way in which an operation of a scene can fail, in words too."""
    for what, (fault, kinds, lasting) in FAULTS.items():
        for kind in kinds:
            trials.begin(begin)
            _, operations = trials.run(*SCENES[scene], strike=Strike(kind=kind))
            print(f"{scene}: {operations} operations of kind {kind}, {what}", flush=True)
            for at in range(1, operations + 1):
                strike = Strike(kind=kind, at=at, how=str(fault), lasting=lasting)
                yield f"{kind} {at}, {what}", strike
