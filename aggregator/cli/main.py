"""``aggregate`` itself: the daemon, or one run; its commands stand in modules beside it."""

import gc
import os
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from aggregator import __version__
from aggregator.cli.command import Exit, Interrupted, cli, opened
from aggregator.cli.daemon import run_daemon
from aggregator.cli.output import printing
from aggregator.cli.report import Report


def main() -> None:
    """Run the command line and exit."""
    # Before NumPy is loaded: its products are small here, and a second thread only spins.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        with printing():
            cli(prog_name="aggregate")
    finally:
        # Python would look through all that is left for garbage: many seconds for a full window.
        gc.freeze()


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
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log each poll; for the daemon.")
    ] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    """Merge RSS, Atom and JSON feeds into one that tells every event once.

    Without `--once` it stays, polls each feed when it is due, and republishes as news comes. It
    takes over a changed feeds.yaml by itself, and at once on SIGHUP.

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
        stray += ["--once"] * once + ["--verbose"] * verbose
        if stray:
            context.fail(f"{stray[0]} does not go with the command {context.invoked_subcommand}")
        return
    if stray:
        context.fail(f"{stray[0]} goes with --once")
    if verbose and once:
        context.fail("--verbose is for the daemon; --once tells of each feed anyway")
    if not once:
        with suppress(Interrupted), opened(config) as aggregator:
            run_daemon(aggregator, config, verbose=verbose, quiet=quiet)
        return
    report = Report(quiet=quiet, as_json=as_json)
    with opened(config, dry_run=dry_run) as aggregator, aggregator.exclusive():
        for warning in aggregator.config.warnings:
            report.warn(warning)
        with report.progress() as watch:
            summary = aggregator.run_once(force=force, watch=watch)
        report.told(summary, aggregator.store.browse.stories)
        if not dry_run:
            from aggregator.app.delivery import deliver
            from aggregator.app.maintenance import tidy

            report.sent(deliver(aggregator))
            tidy(aggregator)
    if summary.all_failed or (strict and any(polled.failed for polled in summary.polled)):
        raise typer.Exit(Exit.FAILED)
