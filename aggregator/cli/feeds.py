"""The commands about feeds."""

import typer

from aggregator.cli.command import AsJson, Config, Exit, cli, opened
from aggregator.cli.report import Report, print_json


@cli.command()
def feeds(
    context: typer.Context,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """List the feeds: when each is polled next, by which rule, and what is wrong with it.

    **Example**: `aggregate feeds --json`
    """
    from aggregator.app import feed_record

    with opened(config or context.obj) as aggregator:
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
    with opened(config or context.obj) as aggregator:
        healthy = aggregator.is_healthy()
    print("healthy" if healthy else "no poll has succeeded within the longest interval")
    raise typer.Exit(Exit.DONE if healthy else Exit.FAILED)
