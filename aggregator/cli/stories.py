"""The commands about stories."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated

import typer

from aggregator.cli.command import STORIES, AsJson, Config, cli, opened
from aggregator.cli.report import Report, print_json


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


@cli.command(rich_help_panel=STORIES)
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
    as_json: AsJson = False,
) -> None:
    """List the stories, newest first.

    **Examples**

    - `aggregate stories --since 24h`
    - `aggregate stories --json --limit 10`
    """
    from aggregator.app import as_record

    moment = _since(since)
    with opened(config or context.obj) as aggregator:
        found = aggregator.stories(since=moment, limit=limit)
        if as_json:
            print_json(as_record(story, aggregator.config.languages) for story in found)
        else:
            Report().stories(found, since=moment, languages=aggregator.config.languages)


@cli.command(rich_help_panel=STORIES)
def explain(
    context: typer.Context,
    a: Annotated[str, typer.Argument(metavar="A", help="An article's id (or its start), or url.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another's.")],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Tell why two articles are, or are not, one story.

    **Examples**

    - `aggregate explain 3f2a 9c41`, with articles' ids as `aggregate show` prints them
    - `aggregate explain 3f2a 9c41 --json`
    """
    from aggregator.app.explain import explanation_record

    with opened(config or context.obj) as aggregator:
        explanation = aggregator.explain(a, b)
        if as_json:
            print_json([explanation_record(explanation)])
        else:
            Report().lines(explanation.lines())


@cli.command(rich_help_panel=STORIES)
def show(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="A story's or an article's id (or its start), or url."),
    ],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Show one story: its articles, their links, and why each is in it.

    **Examples**

    - `aggregate show 3f2a` (as `aggregate stories` prints its id)
    - `aggregate show https://example.org/article --json`
    """
    from aggregator.app.show import lines, shown, shown_record

    with opened(config or context.obj) as aggregator:
        found, languages = shown(aggregator, name), aggregator.config.languages
        if as_json:
            print_json([shown_record(found, languages)])
        else:
            Report().lines(lines(found, languages))
