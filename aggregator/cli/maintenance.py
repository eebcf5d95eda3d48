"""The commands that keep the store: tidied, backed up, brought back, up to date."""

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.command import STORE, Config, cli, opened


@cli.command(rich_help_panel=STORE)
def tidy(
    context: typer.Context,
    config: Config = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would go; it is done on a copy.")
    ] = False,
    compact: Annotated[
        bool, typer.Option("--compact", help="Also give the disk all room that is unused.")
    ] = False,
) -> None:
    """Let go of what is older than `retention` says, all at once; runs do it by and by.

    **Examples**

    - `aggregate tidy --dry-run`
    - `aggregate tidy --compact` (after retention was shortened; needs as much free disk again)
    """
    from aggregator.app.maintenance import tidy as tidied

    with opened(config or context.obj, dry_run=dry_run) as aggregator:
        went = tidied(aggregator, most=None)
        if compact and not dry_run:
            with aggregator.exclusive():
                aggregator.store.upkeep.compact()
        if not (went.stories or went.articles or went.feeds or went.messages or went.vectors):
            print("nothing is older than `retention` says")
            return
        print(
            f"{'would let' if dry_run else 'let'} go of {went.stories} stories with "
            f"{went.articles} articles, {went.feeds} feeds, {went.messages} messages, "
            f"{went.vectors} vectors"
        )


@cli.command(rich_help_panel=STORE)
def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that is not there yet.")],
    config: Config = None,
) -> None:
    """Write a copy of the store to a file, while others read and write it.

    **Example**: `aggregate backup /backups/aggregator-$(date +%F).db`; `aggregate restore` brings
    it back. Your feeds.yaml is not in it. Of a PostgreSQL store pg_dump makes a backup.
    """
    from aggregator.app.maintenance import back_up

    with opened(config or context.obj) as aggregator:
        size = back_up(aggregator, file)
    print(f"wrote {file}, {size} bytes")


@cli.command(rich_help_panel=STORE)
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `aggregate backup` wrote.")],
    config: Config = None,
) -> None:
    """Put a backup in the place of the store; the old store is kept beside it.

    The backup is checked first. End every `aggregate` and `aggregate serve` before.

    **Example**: `aggregate restore /backups/aggregator-2025-10-17.db`
    """
    from aggregator.app.aggregator import system_clock
    from aggregator.app.maintenance import restore as restored
    from aggregator.config_file import read_config

    kept = restored(read_config(config or context.obj), file, system_clock())
    print(f"restored {file}" + (f"; the old store is kept as {kept}" if kept else ""))


@cli.command(rich_help_panel=STORE)
def migrate(
    context: typer.Context,
    config: Config = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Try it on a copy, and leave the store as it is.")
    ] = False,
) -> None:
    """Bring the store's schema up to date; every run does that by itself.

    **Examples**

    - `aggregate migrate --dry-run`
    - `aggregate migrate`
    """
    from aggregator.app.maintenance import migrated
    from aggregator.config_file import read_config

    done = migrated(read_config(config or context.obj), dry_run=dry_run)
    if done.before == done.after:
        print(f"the schema is up to date: {done.after}")
    else:
        verb = "would go" if dry_run else "went"
        print(f"the schema {verb} from {done.before or 'nothing'} to {done.after}")
