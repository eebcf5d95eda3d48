"""The command that finds stories."""

from typing import Annotated

import typer

from aggregator.cli.command import STORIES, AsJson, Config, cli, opened
from aggregator.cli.report import Report, print_json


@cli.command(rich_help_panel=STORIES)
def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="All have to be there.")],
    config: Config = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most this many.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Find stories by words, newest first, also in what private feeds brought.

    “Phrases in quotes” stay together, and -word leaves stories with it out (after `--`). Words
    match from their beginning; Traditional Chinese finds Simplified, and the other way round.

    **Examples**

    - `aggregate search tomahawk`
    - `aggregate search 戰斧 川普 --json`
    - `aggregate search -- '"white house"' -tomahawk`
    """
    from aggregator.app import as_record
    from aggregator.app.library import find

    with opened(config or context.obj) as aggregator:
        found, languages = (
            find(aggregator, " ".join(words), limit=limit),
            aggregator.config.languages,
        )
        if as_json:
            print_json(as_record(story, languages) for story in found)
        elif found:
            Report().stories(found, languages=languages)
        else:
            print("No story has these words: try fewer, or their beginnings.")
