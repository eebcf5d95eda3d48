"""EDGE: puts files where a web server finds them, each whole or not at all."""

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path

from aggregator.durable import flush, make
from aggregator.errors import PublishError


def outdated(directory: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the names of the files that are not there with this content. Raises PublishError."""
    with _translated(directory):
        return tuple(
            name for name, content in files.items() if not _holds(directory / name, content)
        )


def stamp(directory: Path, names: Iterable[str]) -> str:
    """Return what changes when another program writes or removes one of these files.

    It goes by their sizes and times, as make does.
    """
    digest = blake2b(digest_size=16)
    for name in names:
        with suppress(FileNotFoundError):
            found = (directory / name).stat()
            digest.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def missing(directory: Path, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names under which there is no file."""
    return tuple(name for name in names if not (directory / name).exists())


def write(directory: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Write what changed, and return its names, which may lie in folders below.

    All new contents are on disk before the first name is replaced, so a full disk changes
    nothing. A file with the same content is left alone, and so is the ETag that web servers make
    of its time. What a killed run left behind goes. Raises PublishError.
    """
    changed = outdated(directory, files)
    with _translated(directory):
        make(directory)
        try:
            for name in changed:
                _create(_temporary(directory / name), files[name])
            for name in changed:
                _temporary(directory / name).replace(directory / name)
        finally:
            for name in files:
                with suppress(FileNotFoundError, NotADirectoryError):
                    _temporary(directory / name).unlink()
        for folder in {(directory / name).parent for name in changed}:
            flush(folder)
    return changed


def sweep(
    directory: Path, folders: Iterable[str], ours: re.Pattern[str], kept: Collection[str]
) -> tuple[str, ...]:
    """Remove from folders what was published there, and is no longer; return the names.

    ``ours`` are the names that we give to files, ``kept`` those that stay. Folders that get empty
    go too. Raises PublishError.
    """
    swept: list[str] = []
    with _translated(directory):
        found = [path for folder in folders for path in (directory / folder).rglob("*")]
        for path in sorted(found, reverse=True):
            name = path.relative_to(directory).as_posix()
            if ours.fullmatch(name) and name not in kept:
                path.unlink()
                swept.append(name)
                for above in path.parents[: name.count("/")]:
                    with suppress(OSError):  # something is still in it
                        above.rmdir()
    return tuple(swept)


@contextmanager
def _translated(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = error.filename or directory
        raise PublishError(
            f"cannot write {where}: {error.strerror}; every published file is still whole. "
            "Make room, give this user the right to write there, or change publish.directory"
        ) from error


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False


def _temporary(path: Path) -> Path:
    """Name the file beside it, on the same file system, that takes its place."""
    return path.with_name(f".{path.name}.new")


def _create(path: Path, content: bytes) -> None:
    """Write a new file through to the disk, readable by whom the umask allows."""
    make(path.parent)
    path.unlink(missing_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
