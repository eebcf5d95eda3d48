"""EDGE: a configuration file as it changes while a daemon runs.

Its place is looked at (time, inode and size, as an editor's or a ``mv``'s change shows in at least
one of them), which costs a microsecond and works on every file system; a watcher of the kernel's
events would be one more package, and blind to network mounts.
"""

from pathlib import Path

from aggregator.config import Config
from aggregator.config_file import read_config

_Look = tuple[int, int, int] | None


class ConfigSource:
    """A file whose changes are told of once: as soon as two looks find the same change.

    In between an editor may not yet have written all of it.
    """

    def __init__(self, path: Path) -> None:
        """Take the file of the configuration that was just read."""
        self._path = path
        self._read = self._seen = _look(path)
        self._wanted = False

    def ask(self) -> None:
        """Have the file read at the next look, changed or not; a signal handler may call it."""
        self._wanted = True

    def changed(self) -> Config | None:
        """Return the configuration if the file changed since it was read, or somebody asked.

        Raises ConfigError, once a change, where it cannot be used.
        """
        before, self._seen = self._seen, _look(self._path)
        is_new = self._seen != self._read and self._seen == before
        if not is_new and not self._wanted:
            return None
        self._read, self._wanted = self._seen, False
        return read_config(self._path)


def _look(path: Path) -> _Look:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
