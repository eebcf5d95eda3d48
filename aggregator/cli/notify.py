"""The command about who is told at once."""

from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.command import SERVICE, AsJson, Config, Exit, cli, opened
from aggregator.cli.report import Report, print_json

if TYPE_CHECKING:
    from aggregator.app.backlog import Listing


@cli.command(rich_help_panel=SERVICE)
def notify(
    context: typer.Context,
    config: Config = None,
    test: Annotated[
        str | None,
        typer.Option(metavar="RULE", help="Tell the newest story by this rule now, as a test."),
    ] = None,
    retry: Annotated[
        str | None,
        typer.Option(metavar="RULE", help="Send again what it could not tell; the list follows."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the rules by which you are told of a story at once, and what did not arrive.

    They stand under `notify` in feeds.yaml. Messages go out while the daemon runs, and at the end
    of `aggregate --once`; what does not arrive is sent again for three days.

    **Examples**

    - `aggregate notify --test breaking`
    - `aggregate notify --retry breaking` (after a receiver came back)

    **Exit codes**: with `--test`, 1 if the message was not taken.
    """
    from aggregator.app import backlog, delivery

    with opened(config or context.obj) as aggregator:
        if test is not None:
            attempts = delivery.trial(aggregator, test)
            if as_json:
                print_json(map(delivery.attempt_record, attempts))
            else:
                Report().lines(attempt.line for attempt in attempts)
            raise typer.Exit(Exit.FAILED if any(a.error for a in attempts) else Exit.DONE)
        if retry is not None:
            delivery.retry(aggregator, retry)
        listed = backlog.listings(aggregator)
        if as_json:
            print_json(map(backlog.listing_record, listed))
            return
        Report().lines(line for listing in listed for line in _lines(listing))
        if not listed:
            print("No rules: write some under notify in feeds.yaml.")


def _lines(listing: "Listing") -> list[str]:
    """Write a rule in a line, and one each for what it could not tell."""
    rule = listing.rule
    how = f"{rule.publishers} publisher{'s' * (rule.publishers > 1)} within {rule.within}"
    told = f"{listing.told} stor{'y' if listing.told == 1 else 'ies'} told"
    return [f"{rule.id}  {how}  {told}", *(f"  {one.line}" for one in listing.backlogs)]
