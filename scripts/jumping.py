"""Sets the clock back and forth between runs of the command, while feeds go on."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from account import complaints
from farm import Ledger
from judge import FEED
from subscriber import Subscriber
from trials import POLL, START, Scenes, Trials

_CLOCKS = {
    "right": timedelta(),
    "ten days behind": timedelta(days=-10),
    "right again": timedelta(),
    "two years ahead": timedelta(days=730),
    "right at last": timedelta(),
    "an hour behind": timedelta(hours=-1),
}
"""By how much it is wrong, run by run."""
_STEP = timedelta(hours=8)


def jump(folder: Path, _scenes: Scenes, _every: int) -> bool:
    """Run it under each clock; print what was seen, and return whether all is well."""
    trials, reader, ledger = Trials(folder / "trial"), Subscriber(), Ledger()
    found: list[str] = []
    trials.prepare("first run")
    for number, (clock, error) in enumerate(_CLOCKS.items()):
        for document in trials.tell(START + number * _STEP):
            ledger.note("file", document.items)
        trials.now += error
        code, _ = trials.run(*POLL)
        if code:
            found.append(f"the clock {clock}: it ended with {code}: {trials.said}")
        reader.read(trials.folder / FEED)
    found += complaints(trials.folder / "aggregator.db", ledger) + reader.complaints
    with closing(sqlite3.connect(trials.folder / "aggregator.db")) as database:
        articles = database.execute("SELECT count(*) FROM articles").fetchone()[0]
    for complaint in found:
        print(f"COMPLAINT {complaint}")
    print(f"clocks: {len(_CLOCKS)}; articles: {articles}; complaints: {len(found)}")
    return not found
