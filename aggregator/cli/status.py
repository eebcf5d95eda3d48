"""The commands that tell how the whole is, and what is wrong with it."""

import typer

from aggregator.cli.command import SERVICE, AsJson, Config, Exit, cli, opened
from aggregator.cli.report import Report, print_json


@cli.command(rich_help_panel=SERVICE)
def status(context: typer.Context, config: Config = None, as_json: AsJson = False) -> None:
    """Tell how the whole is: feeds due, failing and silent, stories, disk, the last errors.

    **Example**: `watch aggregate status`
    """
    from aggregator.app.status import status as found
    from aggregator.app.status import status_record

    with opened(config or context.obj) as aggregator:
        now = found(aggregator)
        if as_json:
            print_json([status_record(now)])
        else:
            Report().lines(now.lines)


@cli.command(rich_help_panel=SERVICE)
def doctor(context: typer.Context, config: Config = None, as_json: AsJson = False) -> None:
    """Look for what is wrong, and tell what to do about it; it reads the whole store.

    **Examples**

    - `aggregate doctor`
    - `aggregate doctor --json | jq 'select(.severity == "error")'`

    **Exit codes**: 0 nothing, or warnings only; 1 something does not work, or may be lost.
    """
    from aggregator.app.doctor import Severity, examine, finding_record

    with opened(config or context.obj) as aggregator:
        findings = examine(aggregator)
        if as_json:
            print_json(map(finding_record, findings))
        else:
            Report().lines([finding.line for finding in findings] or ["nothing is wrong"])
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(Exit.FAILED)
