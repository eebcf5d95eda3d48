"""The commands: words in, words out, an exit code."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from enum import IntEnum
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from aggregator import __version__
from aggregator.cli.report import Report, print_json
from aggregator.errors import AggregatorError, StoreLocked

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


cli = typer.Typer(
    name="aggregate",
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class _Interrupted(KeyboardInterrupt):
    """SIGINT or SIGTERM: what has come is stored, then the program ends."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


def _interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    raise _Interrupted(number)


def main() -> None:
    """Run the command line and exit."""
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        # A title may be in any script; a terminal that cannot show it must not end the run.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    cli(prog_name="aggregate")


@contextmanager
def _opened(config: Path, *, dry_run: bool = False) -> Iterator["Aggregator"]:
    """Open the aggregator; say errors in words, with their exit codes."""
    try:
        from aggregator.app import Aggregator

        with Aggregator.open(config, dry_run=dry_run) as aggregator:
            yield aggregator
        sys.stdout.flush()
    except _Interrupted as interrupted:
        print("interrupted: what is stored stays; the next run carries on", file=sys.stderr)
        raise typer.Exit(interrupted.exit_code) from interrupted
    except OSError as error:  # the edges translate theirs, so it is our own output
        # What cannot be written is not to be tried again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # whoever read it (head, less) has seen enough
            raise typer.Exit(Exit.DONE) from error
        print(f"cannot print the result: {error.strerror}", file=sys.stderr)
        raise typer.Exit(Exit.WRONG_USE) from error
    except StoreLocked as error:
        print(error, file=sys.stderr)
        raise typer.Exit(Exit.HELD) from error
    except AggregatorError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(Exit.WRONG_USE) from error


def _version(wanted: bool) -> None:
    if wanted:
        print(f"aggregate {__version__}")
        raise typer.Exit


@cli.callback(invoke_without_command=True)
def aggregate(
    context: typer.Context,
    config: Annotated[
        Path,
        typer.Option("--config", "-c", envvar="AGGREGATOR_CONFIG", help="Your feeds.yaml."),
    ] = Path("feeds.yaml"),
    once: Annotated[bool, typer.Option("--once", help="Poll what is due, publish, end.")] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Poll also what is not yet due, unless its server asked us to wait."
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would come; store and publish nothing.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 if any feed failed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print failures only.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    """Merge RSS, Atom and JSON feeds into one that tells every event once.

    Without `--once` it stays, polls each feed when it is due, and republishes as news comes.

    **Examples**

    - `aggregate --config examples/feeds.yaml --once`
    - `aggregate --once --quiet` (from cron)
    - `aggregate stories --since 24h`

    **Exit codes**: 0 done, even if single feeds failed; 1 every feed failed (with `--strict`:
    any); 2 wrong use or configuration; 3 another run holds the store.
    """
    context.obj = config
    only_once = {"--force": force, "--dry-run": dry_run, "--strict": strict, "--json": as_json}
    stray = [name for name, given in only_once.items() if given and not once]
    if context.invoked_subcommand is not None:
        stray += ["--once"] * once
        if stray:
            context.fail(f"{stray[0]} does not go with the command {context.invoked_subcommand}")
        return
    if stray:
        context.fail(f"{stray[0]} goes with --once")
    report = Report(quiet=quiet, as_json=as_json)
    with _opened(config, dry_run=dry_run) as aggregator:
        for warning in aggregator.config.warnings:
            report.warn(warning)
        if not once:
            from aggregator.scheduler import run_forever

            with suppress(_Interrupted):
                run_forever(aggregator, told=report.told, failed=report.failed)
            return
        with report.progress() as watch:
            summary = aggregator.run_once(force=force, watch=watch)
        report.told(summary)
    if summary.all_failed or (strict and any(polled.state.error for polled in summary.polled)):
        raise typer.Exit(Exit.FAILED)


Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Your feeds.yaml; may stand before the command too."),
]


def _since(text: str | None) -> datetime | None:
    """Read a time (RFC 3339) or a span back from now (24h, 7d)."""
    from aggregator.config import duration

    if text is None:
        return None
    with suppress(ValueError):
        now = datetime.now(UTC)
        return now - min(duration(text), now - datetime.min.replace(tzinfo=UTC))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            "write a time such as 2025-10-17T18:00:00Z or a span such as 24h", param_hint="--since"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@cli.command()
def stories(
    context: typer.Context,
    config: Config = None,
    since: Annotated[
        str | None,
        typer.Option(help="Only stories told since then: 2025-10-17T18:00:00Z, or 24h, 7d."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, max=1_000_000, help="At most this many.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a line, a story each.")
    ] = False,
) -> None:
    """List the stories, newest first.

    **Examples**

    - `aggregate stories --since 24h`
    - `aggregate stories --json --limit 10`
    """
    from aggregator.app import as_record

    moment = _since(since)
    with _opened(config or context.obj) as aggregator:
        found = aggregator.stories(since=moment, limit=limit)
        if as_json:
            print_json(as_record(story) for story in found)
        else:
            Report().stories(found, since=moment)


@cli.command()
def explain(
    context: typer.Context,
    a: Annotated[str, typer.Argument(metavar="A", help="An article's id (or its start), or url.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another's.")],
    config: Config = None,
) -> None:
    """Tell why two articles are, or are not, one story.

    **Example**: `aggregate explain 3f2a 9c41`, with ids as `aggregate stories --json` prints them.
    """
    with _opened(config or context.obj) as aggregator:
        Report().explanation(aggregator.explain(a, b))


@cli.command()
def feeds(
    context: typer.Context,
    config: Config = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a line, a feed each.")
    ] = False,
) -> None:
    """List the feeds: when each is polled next, by which rule, and what is wrong with it.

    **Example**: `aggregate feeds --json`
    """
    from aggregator.app import feed_record

    with _opened(config or context.obj) as aggregator:
        known = aggregator.feeds()
        if as_json:
            print_json(feed_record(feed, known[feed.id]) for feed in aggregator.config.feeds)
        else:
            Report().feeds(aggregator.config.feeds, known)


@cli.command()
def health(context: typer.Context, config: Config = None) -> None:
    """Exit 0 if a poll has succeeded within the longest interval, 1 if all has been silent.

    **Example**: `aggregate health || systemctl restart aggregator`
    """
    with _opened(config or context.obj) as aggregator:
        healthy = aggregator.is_healthy()
    print("healthy" if healthy else "no poll has succeeded within the longest interval")
    raise typer.Exit(Exit.DONE if healthy else Exit.FAILED)
