"""Cuts the power between any two operations of the command, and sees what a disk may be left with.

A run's journal is played to a disk (disk.py) operation by operation; after each the folder is made
as a power cut may leave it, and the next run carries on there.
"""

import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from itertools import count
from pathlib import Path
from random import Random

from account import differences
from disk import Contents, Disk, Names, entries, nothing, some, torn
from faults import undisturbed
from judge import FEED, Judge, unsound
from subscriber import Subscriber
from trials import Scenes, Trials

_WHOLE = ("public/[!.]*", "feeds.yaml", "copy.db", "*.old")
"""Files that are old or new, and nothing between."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A power cut."""

    when: str
    """After which operation."""
    kept: str
    """What of that which was not safe is there all the same."""
    left: Mapping[str, bytes | None]
    told: bytes | None
    """The feed as its readers found it until then."""
    versions: Mapping[str, set[bytes]]
    """What files have ever held, by path."""
    is_end: bool
    """Whether the command had ended, well."""


def cut(folder: Path, scenes: Scenes, every: int) -> bool:
    """Try one in so many cuts; print what was seen, and return whether all is well."""
    found: list[str] = []
    tried: Counter[str] = Counter()
    trials, turn = Trials(folder / "trial"), count(1)
    trials.warm()
    for scene, words in scenes.items():
        begin, quiet = undisturbed(folder, scene, trials)
        journal, done = folder / f"journal {scene}", folder / f"done {scene}"
        judge = Judge(trials, quiet)
        trials.begin(begin)
        disk = Disk(trials.folder)
        with journal.open("wb", buffering=0) as file:
            trials.expect(*words, journal=file.fileno())
        trials.folder.rename(done)
        for one in _cuts(disk, journal.read_bytes()):
            if next(turn) % every and not one.is_end:
                continue
            _make(trials.folder, one.left, (done, begin))
            trials.turn = 2
            tried[f"{scene}, {one.kept} kept"] += 1
            for complaint in _complaints(one, judge, (trials.folder, begin, done)):
                found.append(f"{scene}, cut after {one.when}, {one.kept} kept: {complaint}")
                print(f"COMPLAINT {found[-1]}", flush=True)
            shutil.rmtree(trials.folder)
        print(f"{scene}: {judge.states} different states were carried on from", flush=True)
        found += [f"{scene}, the journal lacks: {path}" for path in _unlike(disk, done)]
    for what, times in tried.items():
        print(f"{what}: {times} trials")
    print(f"trials: {tried.total()}; complaints: {len(found)}")
    return not found


def _cuts(disk: Disk, journal: bytes) -> Iterator[Cut]:
    """Yield what may be left after each operation, each state once."""
    random = Random(1)  # noqa: S311  reproducible chance
    ways: dict[str, tuple[Names, Contents]] = {
        "nothing": (nothing, nothing),
        "all names": (list, nothing),
        "all contents": (nothing, list),
        "some": (some(random), torn(random)),
    }
    seen = set()
    versions = defaultdict(set, {path: {file.safe} for path, file in disk.now.items()})
    done = list(entries(journal))
    for number, entry in enumerate(done, 1):
        disk.take(entry)
        if entry.what in {"link", "rename"}:
            versions[entry.to].add(bytes(disk.now[entry.to].now))
        feed = disk.now.get(f"{disk.root}/{FEED}")
        told = bytes(feed.now) if feed else None
        is_end = number == len(done)
        for kept, (names, contents) in ways.items():
            left = disk.left(names, contents)
            if (state := _digest(left, told, is_end=is_end)) not in seen:
                seen.add(state)
                yield Cut(f"{number} ({entry.what})", kept, left, told, versions, is_end)


def _digest(left: Mapping[str, bytes | None], told: bytes | None, *, is_end: bool) -> bytes:
    digest = blake2b(b"end" if is_end else b"")
    for path, content in (*sorted(left.items()), ("", told)):
        digest.update(f"{path} {content and len(content)} ".encode())
        digest.update(content or b"")
    return digest.digest()


def _make(folder: Path, left: Mapping[str, bytes | None], like: tuple[Path, ...]) -> None:
    """Make a folder as it was left; a file has the time of its like elsewhere."""
    folder.mkdir()
    for name, content in left.items():
        path = Path(name)
        if content is None:
            path.mkdir()
            continue
        path.write_bytes(content)
        for other in (place / path.relative_to(folder) for place in like):
            if other.is_file() and other.read_bytes() == content:
                shutil.copystat(other, path)
                break


def _complaints(one: Cut, judge: Judge, places: tuple[Path, Path, Path]) -> Iterator[str]:
    folder, begin, done = places
    reader = Subscriber()
    reader.read(begin / FEED)
    if one.told is not None:
        told = folder.with_name("told")
        told.write_bytes(one.told)
        reader.read(told)
    for path in (path for pattern in _WHOLE for path in folder.glob(pattern)):
        if path.is_file() and path.read_bytes() not in one.versions[str(path)]:
            yield f"{path.name} is neither old nor new"
    for place in (begin, done)[: 1 + one.is_end]:
        for path in (path for pattern in _WHOLE for path in place.glob(pattern)):
            if not (folder / path.relative_to(place)).exists():
                yield f"{path.name} is gone"
    yield from _stored(folder, reader, done if one.is_end else None)
    yield from judge.carries_on(reader)


def _stored(folder: Path, reader: Subscriber, done: Path | None) -> Iterator[str]:
    """Say what a sound store lacks, in copies, before anything is made good."""
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy)
    store = copy / "aggregator.db"
    if reader.entries and not unsound(store):
        with closing(sqlite3.connect(store)) as database:
            stored = {story for (story,) in database.execute("SELECT story FROM publications")}
        if lost := reader.entries - stored:
            yield f"{len(lost)} entries were told and are not stored"
    if done:
        shutil.copytree(done, copy.with_name("done"))
        yield from differences(copy.with_name("done") / "aggregator.db", store)
        shutil.rmtree(copy.with_name("done"))
    shutil.rmtree(copy)


def _unlike(disk: Disk, folder: Path) -> Iterator[str]:
    """Return what a disk to which all was told has otherwise than the folder itself."""
    for path in folder.rglob("*"):
        known = disk.now.get(f"{disk.root}/{path.relative_to(folder)}")
        if known is None or (path.is_file() and path.read_bytes() != known.now):
            yield path.name
