"""The commands about feeds."""

from typing import Annotated

import typer

from aggregator.cli.command import FEEDS, SERVICE, AsJson, Config, Exit, cli, opened
from aggregator.cli.report import Report, print_json


@cli.command(rich_help_panel=FEEDS)
def feeds(
    context: typer.Context,
    config: Config = None,
    resume: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="Poll this feed at the next run, though it is gone or backs off."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the feeds: when each is polled next, by which rule, and what is wrong with it.

    **Examples**

    - `aggregate feeds --json`
    - `aggregate feeds --resume example.org-1c2d3e4f` (after a 410, say; the list follows)
    """
    from aggregator.app.feeds import feed_record, listings
    from aggregator.app.feeds import resume as resume_feed

    with opened(config or context.obj) as aggregator:
        for name in resume or ():
            resume_feed(aggregator, name)
        listed = listings(aggregator)
        if as_json:
            polls = aggregator.store.polls.latest()
            print_json(feed_record(one, polls.get(one.feed.id, ())) for one in listed)
        else:
            Report().feeds(listed)


@cli.command(rich_help_panel=SERVICE)
def health(context: typer.Context, config: Config = None) -> None:
    """Exit 0 if a poll has succeeded within the longest interval, 1 if all has been silent.

    **Example**: `aggregate health || systemctl restart aggregator`
    """
    with opened(config or context.obj) as aggregator:
        healthy = aggregator.is_healthy()
    print("healthy" if healthy else "no poll has succeeded within the longest interval")
    raise typer.Exit(Exit.DONE if healthy else Exit.FAILED)
