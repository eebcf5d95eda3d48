"""Has another program write to the store when the command wants to: for a moment, or for good."""

import os
import shutil
import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing
from itertools import count
from pathlib import Path

from faults import undisturbed
from judge import Judge
from trials import STORE, Scenes, Strike, Trials

_MOMENT = 0.05
"""Seconds."""
_STORES = {"for a moment": STORE.replace("0.1", "30"), "for good": STORE}
"""For how long it writes, and the store with the patience of the command."""
_OPEN = "another program has it open"
_SAID = {"for a moment": (_OPEN,), "for good": (_OPEN, "another program is writing to it")}
"""What it may say when it gives up; a store that somebody has open is not replaced (restore)."""


def hold(folder: Path, scenes: Scenes, every: int) -> bool:
    """Try one in so many of its wishes; print what was seen, and return whether all is well."""
    seen: Counter[str] = Counter()
    found: list[str] = []
    turn = count(1)
    for how_long, store in _STORES.items():
        trials = Trials(folder / "trial", store)
        trials.warm()
        for scene, words in scenes.items():
            place = folder / how_long
            place.mkdir(exist_ok=True)
            begin, quiet = undisturbed(place, scene, trials)
            judge = Judge(trials, quiet)
            trials.begin(begin)
            _, wishes = trials.run(*words, strike=Strike(kind="lock"))
            for at in range(1, wishes + 1):
                if next(turn) % every:
                    continue
                trials.begin(begin)
                code, held = _hold(trials, words, at, for_good=store == STORE)
                seen[f"{scene}, held {how_long if held else 'by itself'}: ended with {code}"] += 1
                said = trials.said
                new = list(judge.complaints(code))
                if code and not any(words in said for words in _SAID[how_long]):
                    new.append(f"it ended with {code}: {said}")
                found += [f"{scene}, held {how_long} at lock {at}: {what}" for what in new]
        shutil.rmtree(trials.folder)
    for what, times in seen.items():
        print(f"{what}: {times} trials")
    for complaint in found:
        print(f"COMPLAINT {complaint}")
    print(f"trials: {seen.total()}; complaints: {len(found)}")
    return not found


def _hold(trials: Trials, words: tuple[str, ...], at: int, *, for_good: bool) -> tuple[int, bool]:
    """Stop it before it takes a lock, take that of the writer, and let it go on.

    Return how it ended, and whether the lock was free.
    """
    process = trials.start(*words, strike=Strike(kind="lock", at=at, how="stop"))
    _, status = os.waitpid(process, os.WUNTRACED)
    if not os.WIFSTOPPED(status):
        return os.waitstatus_to_exitcode(status), False
    with closing(sqlite3.connect(trials.folder / "aggregator.db", timeout=0)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
            held = True
        except sqlite3.OperationalError:  # it writes itself
            held = False
        os.kill(process, signal.SIGCONT)
        if not for_good:
            time.sleep(_MOMENT)
            other.rollback()
        _, status = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status), held
