"""The commands by which people have the last word."""

from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.command import STORIES, AsJson, Config, cli, opened
from aggregator.cli.report import Report, print_json

if TYPE_CHECKING:
    from aggregator.app.decisions import Decided, Listed

_OTHERS_NAMED = 2
"""Titles in a line; more are counted."""

_NAME = "A story's or an article's id (or its start), or an article's guid or url."


@cli.command(rich_help_panel=STORIES)
def merge(
    context: typer.Context,
    a: Annotated[str, typer.Argument(metavar="A", help=_NAME)],
    b: Annotated[str, typer.Argument(metavar="B", help="Another's.")],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Make two stories one, for good; the older one keeps its id.

    It goes before every rule and the model. `aggregate split` and `aggregate decisions --undo`
    take it back.

    **Examples**

    - `aggregate merge 3f2a 9c41`, with ids as `aggregate stories` prints them
    - `aggregate merge https://a.example/1 https://b.example/2`
    """
    from aggregator.app import decisions as app

    with opened(config or context.obj) as aggregator:
        _tell(app.merge(aggregator, a, b), aggregator.config.languages, as_json=as_json)


@cli.command(rich_help_panel=STORIES)
def split(
    context: typer.Context,
    articles: Annotated[
        list[str],
        typer.Argument(metavar="ARTICLE", help="An article's id (or its start), guid or url."),
    ],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Take an article out of its story; it is never put together again with those it leaves.

    Several leave together, as one new story. The part that has the story's representative keeps
    its id. What comes later may join either part.

    **Example**: `aggregate split 3f2a`
    """
    from aggregator.app import decisions as app

    with opened(config or context.obj) as aggregator:
        _tell(app.split(aggregator, articles), aggregator.config.languages, as_json=as_json)


@cli.command(rich_help_panel=STORIES)
def decisions(
    context: typer.Context,
    config: Config = None,
    undo: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Take this one back.", min=1)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List what was merged and split by hand, the newest first, or take one of it back.

    **Examples**

    - `aggregate decisions`
    - `aggregate decisions --undo 3`
    """
    from aggregator.app import decisions as app

    with opened(config or context.obj) as aggregator:
        if undo is not None:
            _tell(app.undo(aggregator, undo), aggregator.config.languages, as_json=as_json)
            return
        listed = app.decisions(aggregator)
        if as_json:
            print_json(app.decision_record(one.decision) for one in listed)
            return
        Report().lines(map(_line, listed))
        if not listed:
            print("Nothing was merged or split by hand.")


def _tell(decided: "Decided", languages: tuple[str, ...], *, as_json: bool) -> None:
    """Say what was decided, and what came of it."""
    from aggregator.app import as_record
    from aggregator.app.decisions import decision_record

    number = decided.decision.number
    if as_json:
        record = decision_record(decided.decision)
        record["held_by"] = decided.held_by
        record["stories"] = [as_record(story, languages) for story in decided.stories]
        print_json([record])
        return
    if decided.held_by is not None:
        print(
            f"Decision {number} is kept. A daemon carries it out within a minute, else the next"
            f" run does: {decided.held_by}."
        )
        return
    done = " is taken back" if decided.decision.undone else ": done"
    print(f"Decision {number}{done}. The published files follow with the next run.")
    if decided.overruled is not None:
        print(f"It goes before what the configuration says: {decided.overruled}.")
    Report().stories(decided.stories, languages=languages)


def _line(listed: "Listed") -> str:
    """Write a decision in a line."""
    decision = listed.decision
    state = "undone" if decision.undone else "" if decision.settled else "to be carried out"
    between = "from" if decision.verdict == "split" else "with"
    others = f" {between} {_titles(listed.others)}" if listed.others else ""
    line = f"{decision.number:4}  {decision.at:%Y-%m-%d %H:%M}  {decision.verdict:5}"
    return f"{line}  {_titles(listed.articles)}{others}{f'  ({state})' if state else ''}"


def _titles(titles: tuple[str, ...]) -> str:
    named = ", ".join(f"“{title}”" for title in titles[:_OTHERS_NAMED]) or "what is here no more"
    more = len(titles) - _OTHERS_NAMED
    return f"{named} and {more} more" if more > 0 else named
