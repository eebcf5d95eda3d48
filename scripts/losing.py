"""Has the command lose its PostgreSQL server at every message that it sends, and at full disks."""

import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import count
from pathlib import Path

import psycopg
from account import contrasts
from judge import FEED
from server import Server, serving
from subscriber import Subscriber
from trials import FAILED, POLL, SCENES, UNDISTURBED, Scenes, Strike, Trials

import aggregator.storage.postgres  # noqa: F401  for forks to find it loaded
from aggregator.storage.schema import metadata

_SCENES = {"first run", "later run", "tidy"}
_WAYS = {
    "the connection ends before a message": "104",  # ECONNRESET
    "the answer to a message is lost": "lose",
    "the server crashes and starts again": "stop",
}
_SELDOM = 20
"""Crashes take long: one in so many."""
_FULL = """
CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE disk_full; END';
CREATE TRIGGER is_full BEFORE INSERT OR UPDATE OR DELETE ON {} EXECUTE FUNCTION is_full()
"""


def lose(folder: Path, scenes: Scenes, every: int) -> bool:
    """Try one in so many losses; print what was seen, and return whether all is well."""
    with serving() as server:
        return _lose(folder, _SCENES & scenes.keys(), every, server)


def _lose(folder: Path, scenes: AbstractSet[str], every: int, server: Server) -> bool:
    seen: Counter[str] = Counter()
    found: list[str] = []
    trials, turn = Trials(folder / "trial", server.url("trial")), count(1)
    trials.warm()
    for scene in sorted(scenes):
        begin = _undisturbed(folder, scene, trials, server)
        for what, strike, full in _losses(trials, scene, begin, server):
            if next(turn) % every:
                continue
            trials.begin(begin)
            _copy(server, "begin", "trial")
            code = _run(trials, SCENES[scene], strike, full, server)
            seen[f"{scene}, {what.partition(' at ')[0]}: ended with {code}"] += 1
            for complaint in _complaints(trials, code, server):
                found.append(f"{scene}, {what}: {complaint}")
                print(f"COMPLAINT {found[-1]}", flush=True)
    for what, times in seen.items():
        print(f"{what}: {times} trials")
    print(f"trials: {seen.total()}; complaints: {len(found)}")
    return not found


def _undisturbed(folder: Path, scene: str, trials: Trials, server: Server) -> Path:
    """Make the folder and the database in which a scene begins, and those that it leaves."""
    shutil.rmtree(trials.folder, ignore_errors=True)
    _copy(server, "template1", "trial")
    trials.prepare(scene)
    begin = Path(shutil.copytree(trials.folder, folder / f"begin {scene}"))
    _copy(server, "trial", "begin")
    trials.begin(begin)
    trials.expect(*SCENES[scene])
    trials.expect(*POLL)
    _copy(server, "trial", "quiet")
    return begin


def _losses(
    trials: Trials, scene: str, begin: Path, server: Server
) -> Iterator[tuple[str, Strike, str]]:
    """Yield what may be lost, in words, as a strike, or as the table for which there is no room."""
    trials.begin(begin)
    _copy(server, "begin", "trial")
    _, messages = trials.run(*SCENES[scene], strike=Strike(kind="send"))
    for what, how in _WAYS.items():
        for at in range(1, messages + 1, _SELDOM if how == "stop" else 1):
            yield f"{what} at message {at}", Strike(kind="send", at=at, how=how), ""
    if scene != "first run":
        for table in metadata.tables:
            yield f"the server's disk is full at {table}", UNDISTURBED, table


def _run(trials: Trials, words: tuple[str, ...], strike: Strike, full: str, server: Server) -> int:
    with _connected(server, "trial") as database:
        if full:
            database.execute(_FULL.format(full))
    process = trials.start(*words, strike=strike)
    _, status = os.waitpid(process, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        server.restart()
        os.kill(process, signal.SIGCONT)
        _, status = os.waitpid(process, 0)
    with _connected(server, "trial") as database:
        database.execute("DROP FUNCTION IF EXISTS is_full() CASCADE")
    return os.waitstatus_to_exitcode(status)


def _complaints(trials: Trials, code: int, server: Server) -> Iterator[str]:
    reader = Subscriber()
    if code not in {0, FAILED} or (code and not trials.said.startswith("store postgresql:")):
        yield f"it ended with {code}: {trials.said[-400:]}"
    reader.read(trials.folder / FEED)
    code, _ = trials.run(*POLL)
    if code:
        yield f"the next run ended with {code}: {trials.said[-400:]}"
    reader.read(trials.folder / FEED)
    yield from reader.complaints
    with _connected(server, "quiet") as quiet, _connected(server, "trial") as hurt:
        yield from contrasts(quiet, hurt)


def _copy(server: Server, database: str, name: str) -> None:
    """Make a database like another."""
    with _connected(server, "postgres") as server_itself:
        server_itself.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server_itself.execute(f"CREATE DATABASE {name} TEMPLATE {database}")


def _connected(server: Server, database: str) -> psycopg.Connection:
    return psycopg.connect(server.url(database), autocommit=True)
