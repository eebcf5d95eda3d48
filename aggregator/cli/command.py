"""What every command shares: the application it hangs on, exit codes, options, errors in words."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import IntEnum
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.models import CommandFunctionType

from aggregator.errors import AggregatorError, StoreLocked
from aggregator.interrupts import Interrupts

if TYPE_CHECKING:
    from aggregator.app import Aggregator


class Exit(IntEnum):
    """What a script may rely on."""

    DONE = 0
    """Done, even if single feeds failed."""
    FAILED = 1
    """Every feed fails; with ``--strict``, any."""
    WRONG_USE = 2
    """Wrong use or configuration, or a store or directory that cannot be used."""
    HELD = 3
    """Another run holds the store."""


STORIES, FEEDS, SERVICE, STORE = "Stories", "Feeds", "Service", "Store"
"""The panels of the help."""
_ORDER = (
    *("stories", "show", "search", "explain", "merge", "split", "decisions"),
    *("feeds", "add", "remove", "check", "import", "export"),
    *("serve", "notify", "status", "doctor", "health", "bench"),
    *("tidy", "backup", "restore", "migrate"),
)


class _Command(TyperCommand):
    """A command whose help says of a switch what it does, not that it is one."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return its options and arguments."""
        return _plain(super().get_params(ctx))


class Commands(TyperGroup):
    """Lists the commands in the order in which people come to need them, and runs one."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return their names."""
        names = super().list_commands(ctx)
        return sorted(names, key=lambda name: _ORDER.index(name) if name in _ORDER else len(names))

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the options that stand before a command."""
        return _plain(super().get_params(ctx))

    def invoke(self, ctx: Any) -> Any:
        """Run what was asked for; say errors in words, with their exit codes."""
        with _spoken(), _interruptible():
            return super().invoke(ctx)


class _Application(typer.Typer):
    def command(
        self, name: str | None = None, *, cls: type[TyperCommand] | None = _Command, **more: Any
    ) -> Callable[[CommandFunctionType], CommandFunctionType]:
        """Hang a command on the application."""
        return super().command(name, cls=cls, **more)


def _plain(params: list[Any]) -> list[Any]:
    """Drop from switches the type that Typer's help would show: there is no value to write."""
    for param in params:
        if getattr(param, "is_flag", False):
            param.metavar = ""
    return params


cli = _Application(
    name="aggregate",
    cls=Commands,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Your feeds.yaml; may stand before the command too."),
]

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]


class Interrupted(KeyboardInterrupt):
    """SIGINT or SIGTERM: what has come is stored, then the program ends."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


@contextmanager
def opened(config: Path, *, dry_run: bool = False) -> Iterator["Aggregator"]:
    """Open the aggregator, and close it at the end."""
    from aggregator.app import Aggregator

    with Aggregator.open(config, dry_run=dry_run) as aggregator:
        yield aggregator


@contextmanager
def _interruptible() -> Iterator[None]:
    """Have signals interrupt what is done; before that they end a program that holds nothing."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, _interrupt) for number in numbers]
    try:
        with Interrupts(timedelta(0)).listening():
            yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    raise Interrupted(number)


@contextmanager
def _spoken() -> Iterator[None]:
    """Say errors in words, with their exit codes."""
    try:
        yield
    except Interrupted as interrupted:
        print("interrupted: what is stored stays; the next run carries on", file=sys.stderr)
        raise typer.Exit(interrupted.exit_code) from interrupted
    except StoreLocked as error:
        print(error, file=sys.stderr)
        raise typer.Exit(Exit.HELD) from error
    except AggregatorError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(Exit.WRONG_USE) from error
