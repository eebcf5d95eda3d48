"""A folder as a disk keeps it: what is there for sure after a power cut, and what may be.

The rules are those that POSIX gives, not what one file system does beyond them: a file's contents
and length are safe once it was flushed (fsync), its name once its folder was; of what was done
since, any part may be there, in any order, and of a write some of its sectors (Pillai et al., "All
File Systems Are Not Created Equal", OSDI 2014).
"""

import struct
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

_SECTOR = 512
"""Bytes that are written whole or not at all."""
_HEAD = struct.Struct("=8sQqq")


@dataclass(frozen=True, slots=True)
class Entry:
    """What was done, as strike.c's journal has it."""

    what: str
    file: int
    """Its inode."""
    offset: int
    size: int
    path: str
    to: str
    data: bytes


def entries(journal: bytes) -> Iterator[Entry]:
    """Read a journal."""
    at = 0
    while at < len(journal):
        what, file, offset, size = _HEAD.unpack_from(journal, at)
        path, to, _ = journal[at + _HEAD.size :].split(b"\0", 2)
        at += _HEAD.size + len(path) + len(to) + 2
        name = what.rstrip(b"\0").decode()
        data = journal[at : at + size] if name == "write" else b""
        at += len(data)
        yield Entry(name, file, offset, size, path.decode(), to.decode(), data)


@dataclass(eq=False)
class File:
    """A file's contents; a folder has none."""

    now: bytearray = field(default_factory=bytearray)
    """What programs read."""
    safe: bytes = b""
    since: list[Entry] = field(default_factory=list)
    """What was done since it was flushed."""
    is_folder: bool = False


@dataclass(frozen=True, slots=True)
class Naming:
    """A change of a folder: a name goes, another comes."""

    gone: str = ""
    come: str = ""
    file: File | None = None


class Disk:
    """A folder, all of which is safe at first."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        self.now: dict[str, File] = {}
        """What programs find, by path."""
        self._files: dict[int, File] = {}
        for path in root.rglob("*"):
            content = b"" if path.is_dir() else path.read_bytes()
            file = File(bytearray(content), content, is_folder=path.is_dir())
            self.now[str(path)] = self._files[path.stat().st_ino] = file
        self._safe = dict(self.now)
        self._since: defaultdict[str, list[Naming]] = defaultdict(list)

    def take(self, entry: Entry) -> None:
        """Have something done to it."""
        match entry.what:
            case "write" | "length":
                file = self._files[entry.file]
                _change(file.now, entry)
                file.since.append(entry)
            case "sync" if entry.path in self._folders():
                for naming in self._since.pop(entry.path, ()):
                    _rename(self._safe, naming)
            case "sync":
                file = self._files[entry.file]
                file.safe = bytes(file.now)
                file.since.clear()
            case _:
                naming = self._naming(entry)
                _rename(self.now, naming)
                folder, _, _ = (naming.come or naming.gone).rpartition("/")
                self._since[folder].append(naming)

    def left(self, names: "Names", contents: "Contents") -> dict[str, bytes | None]:
        """Return what a power cut leaves, by path, of folders None.

        ``names`` and ``contents`` choose what is left of what is not safe.
        """
        there = dict(self._safe)
        for waiting in self._since.values():
            for naming in names(waiting):
                _rename(there, naming)
        left: dict[str, bytes | None] = {}
        for path, file in sorted(there.items()):
            above = path.rpartition("/")[0]
            if above == self.root or above in left:
                left[path] = None if file.is_folder else _left(file, contents)
        return left

    def _naming(self, entry: Entry) -> Naming:
        match entry.what:
            case "create":
                file = self._files[entry.file] = File()
                return Naming(come=entry.path, file=file)
            case "mkdir":
                return Naming(come=entry.path, file=File(is_folder=True))
            case "unlink":
                return Naming(gone=entry.path)
            case "link":
                return Naming(come=entry.to, file=self.now[entry.path])
            case "rename":
                return Naming(gone=entry.path, come=entry.to, file=self.now[entry.path])
        raise ValueError(entry.what)

    def _folders(self) -> set[str]:
        return {self.root, *(path for path, file in self.now.items() if file.is_folder)}


Names = Callable[[Iterable[Naming]], Iterable[Naming]]
Contents = Callable[[Iterable[Entry]], Iterable[Entry]]


def nothing(_: Iterable[object]) -> tuple[()]:
    """Choose nothing."""
    return ()


def some(random: Random) -> Names:
    """Choose some, by chance."""
    return lambda namings: [naming for naming in namings if random.random() < 0.5]  # noqa: PLR2004


def torn(random: Random) -> Contents:
    """Choose some, by chance, of some writes only the first sectors."""

    def choose(written: Iterable[Entry]) -> Iterator[Entry]:
        for entry in written:
            sectors = -(-len(entry.data) // _SECTOR)
            match random.randrange(3):
                case 1:
                    yield entry
                case 2 if sectors > 1:
                    size = _SECTOR * random.randrange(1, sectors)
                    yield Entry("write", entry.file, entry.offset, size, "", "", entry.data[:size])

    return choose


def _left(file: File, contents: Contents) -> bytes:
    content = bytearray(file.safe)
    for entry in contents(file.since):
        _change(content, entry)
    return bytes(content)


def _change(content: bytearray, entry: Entry) -> None:
    end = entry.offset if entry.what == "write" else entry.size
    content.extend(bytes(max(0, end - len(content))))
    if entry.what == "write":
        content[entry.offset : entry.offset + entry.size] = entry.data
    else:
        del content[entry.size :]


def _rename(names: dict[str, File], naming: Naming) -> None:
    names.pop(naming.gone, None)
    if naming.file:
        names[naming.come] = naming.file
