"""The daemon as a process: its signals, its log, its supervisor."""

import signal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregator.app import Aggregator
    from aggregator.app.config_source import ConfigSource


def listen_for_reload(source: "ConfigSource") -> None:
    """Have SIGHUP ask for the configuration, where there is such a signal (not on Windows)."""
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, lambda *_: source.ask())


def run_daemon(
    aggregator: "Aggregator", path: Path, *, verbose: bool = False, quiet: bool = False
) -> None:
    """Poll and publish until SIGINT or SIGTERM; heed SIGHUP and changes of the file at ``path``.

    It closes the aggregator, and raises what ended it: Interrupted.
    """
    from aggregator.app.config_source import ConfigSource
    from aggregator.cli.log import Log
    from aggregator.scheduler import Daemon, run_forever
    from aggregator.systemd import Manager

    source = ConfigSource(path)
    listen_for_reload(source)
    log = Log(aggregator.config, verbose=verbose, quiet=quiet)
    run_forever(Daemon(aggregator, source=source, journal=log, manager=Manager.of()))
