import signal
from collections.abc import Callable
from threading import Event

import pytest
import typer
from typer.testing import CliRunner

from aggregator.cli import COMMANDS
from aggregator.cli.command import Commands, Exit, Interrupted, cli
from aggregator.errors import ConfigError, StoreLocked

COMMAND = typer.main.get_command(cli)
NAMES = sorted(COMMAND.commands)  # type: ignore[attr-defined]


def ended(error: Exception | KeyboardInterrupt) -> tuple[int, str]:
    """How a command ends in which something happens: its exit code, and what stderr says."""

    def meets() -> None:
        raise error

    return end_of(meets)


def end_of(meets: Callable[[], None]) -> tuple[int, str]:
    """How a command that does this ends."""
    application = typer.Typer(cls=Commands)
    application.command("meets")(meets)

    @application.callback()
    def before() -> None:
        """There are commands."""

    done = CliRunner().invoke(application, ["meets"])
    return done.exit_code, done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_command_says_so_and_ends_as_shells_expect(number: int):
    code, said = ended(Interrupted(number))
    assert code == 128 + number
    assert said == "interrupted: what is stored stays; the next run carries on\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_a_finalizer_lost_ends_the_command_all_the_same(number: int):
    class Thing:
        def __del__(self) -> None:
            signal.raise_signal(number)

    def meets() -> None:
        thing = Thing()
        del thing
        Event().wait(30)

    assert end_of(meets)[0] == 128 + number


def test_afterwards_signals_do_what_they_did():
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = list(map(signal.getsignal, numbers))
    assert end_of(lambda: None) == (Exit.DONE, "")
    assert list(map(signal.getsignal, numbers)) == before


def test_errors_are_words_with_an_exit_code():
    assert ended(StoreLocked("held by another")) == (Exit.HELD, "held by another\n")
    assert ended(ConfigError(("line 1: no",))) == (Exit.WRONG_USE, "line 1: no\n")


def test_every_command_is_listed_in_its_place():
    assert COMMANDS
    shown = CliRunner().invoke(cli, ["--help"]).output
    places = [shown.index(f"│ {name} ") for name in COMMAND.list_commands(None)]  # type: ignore[attr-defined]
    assert places == sorted(places)


@pytest.mark.parametrize("name", NAMES)
def test_every_help_has_an_example(name: str):
    command = COMMAND.commands[name]  # type: ignore[attr-defined]
    assert f"aggregate {name}" in (command.help or "").partition("**Example")[2]


@pytest.mark.parametrize("name", NAMES)
def test_no_switch_asks_for_a_value(name: str):
    assert "<bool>" not in CliRunner().invoke(cli, [name, "--help"]).output


@pytest.mark.parametrize(
    ("typed", "meant"), [("storys", "stories"), ("serch", "search"), ("stories --jsno", "--json")]
)
def test_what_is_mistyped_is_asked_back(typed: str, meant: str):
    done = CliRunner().invoke(cli, typed.split())
    assert done.exit_code == Exit.WRONG_USE
    assert meant in done.stderr
