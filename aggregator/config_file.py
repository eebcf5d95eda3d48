"""EDGE: feeds.yaml on disk."""

import os
from pathlib import Path

from aggregator.config import Config, load
from aggregator.errors import ConfigError


def read_config(path: Path) -> Config:
    """Read a configuration file, with secrets from the environment; raise ConfigError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(
            (f"{path}: there is no such file; name your configuration with --config",)
        ) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError((f"{path}:{line}: not UTF-8; save the file as UTF-8",)) from error
    except OSError as error:
        raise ConfigError((f"{path}: cannot be read: {error.strerror}",)) from error
    return load(text, source=str(path), directory=path.absolute().parent, environment=os.environ)
