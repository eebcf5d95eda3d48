"""EDGE: feeds.yaml on disk, read and changed."""

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

from aggregator.config import Config, load
from aggregator.durable import flush
from aggregator.errors import ConfigError

_MARK = b"\xef\xbb\xbf"


def read_config(path: Path) -> Config:
    """Read a configuration file, with secrets from the environment; raise ConfigError."""
    return _loaded(_text(path, _bytes(path)), path)


def would_be(path: Path, change: Callable[[str], str]) -> Config:
    """Return the configuration that a change of the file's text would make; raise ConfigError.

    Where there is no file, that is a change of the one that ``change_config`` would begin with.
    """
    return _loaded(change(_text(path, _bytes(path) if path.exists() else _starter())), path)


def change_config(path: Path, change: Callable[[str], str]) -> Config:
    """Change a configuration file's text, and return the configuration that it is then.

    A file that is not there begins as one without feeds. The new file takes the old one's place at
    once, with its permissions; a link stays one. Raises ConfigError, with the file as it was, where
    the new text is no configuration, where it cannot be written, or where somebody else has changed
    it meanwhile.
    """
    before = _bytes(path) if path.exists() else None
    old = _starter() if before is None else before
    text = change(_text(path, old))
    config = _loaded(text, path)
    after = (_MARK if old.startswith(_MARK) else b"") + text.encode()
    if after != before:
        _replace(path, before, after)
    return config


def _starter() -> bytes:
    return files("aggregator.config").joinpath("starter.yaml").read_bytes()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError(
            (f"{path}: no such file: begin one with aggregate add URL, or name yours: --config",)
        ) from error
    except OSError as error:
        raise ConfigError((f"{path}: cannot be read: {error.strerror}",)) from error


def _text(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError((f"{path}:{line}: not UTF-8; save the file as UTF-8",)) from error


def _loaded(text: str, path: Path) -> Config:
    return load(text, source=str(path), directory=path.absolute().parent, environment=os.environ)


def _replace(path: Path, before: bytes | None, after: bytes) -> None:
    """Put a new content in the place of the one that was read, unless another came meanwhile."""
    target = path.resolve()
    new = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        try:
            with new.open("xb") as file:
                if before is not None:
                    _make_like(target, new)
                file.write(after)
                file.flush()
                os.fsync(file.fileno())
            if (target.read_bytes() if target.exists() else None) != before:
                raise ConfigError((f"{path}: changed by another program meanwhile; try again",))
            new.replace(target)
            flush(target.parent)
        finally:
            new.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(
            (f"{path}: cannot be written: {error.strerror}; it is as it was",)
        ) from error


def _make_like(old: Path, new: Path) -> None:
    """Give a new file the permissions of the one whose place it takes, and its owner if allowed."""
    kept = old.stat()
    new.chmod(stat.S_IMODE(kept.st_mode))
    with suppress(OSError, AttributeError):  # who may write another's file may not give it away,
        os.chown(new, kept.st_uid, kept.st_gid)  # and Windows knows no owners
