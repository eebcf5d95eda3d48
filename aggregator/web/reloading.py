"""The application made anew whenever the configuration changes, as the daemon heeds it too."""

from collections.abc import Callable
from typing import Self

from fastapi import FastAPI

from aggregator.app import Aggregator
from aggregator.app.config_source import ConfigSource
from aggregator.config import Config
from aggregator.config.sections import Serve
from aggregator.errors import AggregatorError
from aggregator.web.application import application


class Reloading:
    """Opens an aggregator for each configuration that the file held, one after the other.

    Use it as a context manager: it closes those that it opened, and leaves the first to whoever
    did. ``settings`` returns what a configuration says of serving, or what goes before it.
    ``refused`` is told of a configuration that cannot be used; the old one holds on.
    """

    def __init__(
        self,
        source: ConfigSource,
        *,
        settings: Callable[[Config], Serve],
        refused: Callable[[AggregatorError], None],
    ) -> None:
        self._source = source
        self._settings = settings
        self._refused = refused
        self._opened: list[Aggregator] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close(list(self._opened))

    def fresh(self) -> FastAPI | None:
        """Return the application under a configuration that is new; None where there is none."""
        self._close(self._opened[:-1])  # what it was asked by then is answered by now
        try:
            config = self._source.changed()
            if config is None:
                return None
            aggregator = Aggregator.open(config)
        except AggregatorError as error:
            self._refused(error)
            return None
        self._opened.append(aggregator)
        return application(aggregator, serve=self._settings(config))

    def _close(self, opened: list[Aggregator]) -> None:
        for aggregator in opened:
            aggregator.close()
            self._opened.remove(aggregator)
