"""EDGE: puts files where a web server finds them, each whole or not at all."""

import os
from collections.abc import Mapping
from pathlib import Path

from aggregator.errors import PublishError


def write(directory: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Write what changed, and return its names.

    All new contents are on disk before the first name is replaced, so a full disk changes
    nothing. A file with the same content is left alone, and so is the ETag that web servers make
    of its time. What a killed run left behind goes. Raises PublishError.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        changed = {
            name: content
            for name, content in files.items()
            if not _holds(directory / name, content)
        }
        try:
            for name, content in changed.items():
                _create(_temporary(directory, name), content)
            for name in changed:
                _temporary(directory, name).replace(directory / name)
        finally:
            for name in files:
                _temporary(directory, name).unlink(missing_ok=True)
        if changed:
            _flush(directory)
    except OSError as error:
        where = error.filename or directory
        raise PublishError(
            f"cannot write {where}: {error.strerror}; every published file is still whole. "
            "Make room, give this user the right to write there, or change publish.directory"
        ) from error
    return tuple(changed)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False


def _temporary(directory: Path, name: str) -> Path:
    """Name the file beside it, on the same file system, that takes its place."""
    return directory / f".{name}.new"


def _create(path: Path, content: bytes) -> None:
    """Write a new file through to the disk, readable by whom the umask allows."""
    path.unlink(missing_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush(directory: Path) -> None:
    """Make the new names last through a power failure; Windows opens no directories."""
    if os.name == "nt":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
