"""The daemon's log: lines for people on a terminal, a JSON object a line everywhere else.

It goes to standard error, with what the libraries below have to say. The standard library's
``logging`` carries it: what a daemon says is a handful of events.
"""

import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.logging import RichHandler

from aggregator.errors import AggregatorError

if TYPE_CHECKING:
    from aggregator.app import Summary
    from aggregator.app.delivery import Attempt
    from aggregator.config import Config
    from aggregator.pipeline import Polled

_LOGGER = logging.getLogger("aggregator")


class Log:
    """What the daemon does, as ``scheduler.Journal`` wants it told.

    A feed, or a hub, that fails is a warning once, until it works again; so is a trouble of the
    whole.
    """

    def __init__(self, config: "Config", *, verbose: bool = False, quiet: bool = False) -> None:
        """Take over the process's logging; ``verbose``: each poll, ``quiet``: troubles alone."""
        self._config = config
        self._failing: set[str] = set()
        self._trouble: str | None = None
        logging.basicConfig(handlers=[self._handler()], level=logging.WARNING, force=True)
        _LOGGER.setLevel(logging.DEBUG if verbose else logging.WARNING if quiet else logging.INFO)
        self._warn()

    def ran(self, summary: "Summary") -> None:
        """Log a tick: what came of each feed, then of all."""
        self._trouble = None
        for polled in summary.polled:
            self._polled(polled)
        _say(
            logging.INFO,
            "polled",
            feeds=len(summary.polled),
            failed=sum(1 for polled in summary.polled if polled.failed),
            new=sum(polled.new for polled in summary.polled),
            changed=sum(polled.changed for polled in summary.polled),
            stories=len(summary.found.articles),
            published=list(summary.published or ()),
            next_due=summary.next_due and f"{summary.next_due:%Y-%m-%dT%H:%M:%SZ}",
        )

    def failed(self, error: AggregatorError) -> None:
        """Log what stopped a tick, once as long as it stays the same."""
        if str(error) != self._trouble:
            _say(logging.ERROR, "failed", error=str(error))
        self._trouble = str(error)

    def sent(self, attempt: "Attempt") -> None:
        """Log what somebody was told, or why that failed; of a hub, as of a feed."""
        from aggregator.app.hubs import PING

        message = attempt.message
        if message.kind == PING:
            self._turned("hub", message.target, attempt.error)
            _say(logging.DEBUG, "ping", hub=message.target, error=attempt.error)
            return
        given_up = attempt.error is not None and message.due is None
        _say(
            logging.ERROR if given_up else logging.WARNING if attempt.error else logging.INFO,
            "notice given up" if given_up else "notice fails" if attempt.error else "notice sent",
            rule=message.target,
            kind=message.kind,
            id=message.id,
            attempts=message.attempts,
            error=attempt.error,
        )

    def reloaded(self, config: "Config") -> None:
        """Log a new configuration, and what is unwise in it."""
        self._config = config
        self._failing &= {*(feed.id for feed in config.feeds), *config.publish.hubs}
        _say(logging.INFO, "configuration reloaded", feeds=len(config.feeds))
        self._warn()

    def refused(self, error: AggregatorError) -> None:
        """Log one that cannot be used."""
        _say(logging.ERROR, "configuration refused, the old one holds on", error=str(error))

    def _polled(self, polled: "Polled") -> None:
        name, state = polled.feed.id, polled.state
        self._turned("feed", name, state.error)
        _say(
            logging.DEBUG,
            "poll",
            feed=name,
            new=polled.new,
            changed=polled.changed,
            muted=polled.muted,
            problems=list(polled.problems),
            error=state.error,
            rule=state.rule,
        )

    def _turned(self, what: str, name: str, error: str | None) -> None:
        """Log that something fails, once, and that it works again."""
        if error and name not in self._failing:
            self._failing.add(name)
            _say(logging.WARNING, f"{what} fails", **{what: name}, error=error)
        elif not error and name in self._failing:
            self._failing.remove(name)
            _say(logging.INFO, f"{what} works again", **{what: name})

    def _warn(self) -> None:
        for warning in self._config.warnings:
            _say(logging.WARNING, "unwise", configuration=warning)

    def _handler(self) -> logging.Handler:
        def redact(text: str) -> str:
            return self._config.redact(text)

        if not sys.stderr.isatty():
            handler: logging.Handler = logging.StreamHandler()
            handler.setFormatter(_Json(redact))
            return handler
        handler = RichHandler(
            console=Console(stderr=True, soft_wrap=True),
            omit_repeated_times=False,
            show_path=False,
            log_time_format="%Y-%m-%d %H:%M:%S",
            highlighter=None,
        )
        handler.setFormatter(_Plain(redact))
        return handler


def _say(level: int, event: str, **fields: object) -> None:
    _LOGGER.log(level, event, extra={"fields": fields})


class _Json(logging.Formatter):
    """An object a record: ``time`` (RFC 3339), ``level``, ``event``, and the event's own fields."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Write a record without any secret."""
        time = datetime.fromtimestamp(record.created, UTC)
        told: dict[str, Any] = {
            "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {"logger": record.name}),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(_redacted(told, self._redact), ensure_ascii=False)


class _Plain(logging.Formatter):
    """The event, then those of its fields that say something."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Write a record without any secret."""
        fields = getattr(record, "fields", {})
        told = [record.getMessage()]
        told += [f"{name}={_short(value)}" for name, value in fields.items() if value]
        if record.exc_info:
            told.append(f"\n{self.formatException(record.exc_info)}")
        return self._redact("  ".join(told))


def _short(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _redacted(value: Any, redact: Callable[[str], str]) -> Any:
    """Redact before JSON escapes a secret's quotes, which would hide it."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, list):
        return [_redacted(each, redact) for each in value]
    if isinstance(value, dict):
        return {key: _redacted(each, redact) for key, each in value.items()}
    return value
