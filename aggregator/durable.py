"""EDGE: what it takes for the names of files and folders to outlast a power cut."""

import os
from contextlib import suppress
from pathlib import Path


def flush(directory: Path) -> None:
    """Write the names in a directory through to the disk, where that can be done.

    A file that was flushed itself may still be gone, or have its old name, until this was done
    (fsync(2)). It fails without a word, as SQLite's does: some network mounts know no such thing,
    and the change itself is made. Windows opens no directories.
    """
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def make(directory: Path) -> None:
    """Make a directory, and those above it that are missing, with names that are flushed."""
    above = [path.parent for path in (directory, *directory.parents) if not path.exists()]
    directory.mkdir(parents=True, exist_ok=True)
    for path in above:
        flush(path)
