"""What a person, or a script, is told: plain lines, a bar on a terminal, or JSON."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from aggregator.errors import AggregatorError
from aggregator.model import Respite, Story

if TYPE_CHECKING:
    from aggregator.app import Summary
    from aggregator.app.delivery import Attempt
    from aggregator.app.feeds import Listing
    from aggregator.pipeline import Polled
    from aggregator.pipeline import Progress as Round

_STEPS = {"answers": "Polling", "articles": "Sorting many articles"}
_SPARED = {
    Respite.REFUSED: "its host asks us to slow down",
    Respite.SILENT: "its host does not answer",
    Respite.LATE: "the round was over before its turn",
}
_URN = "urn:uuid:"
_SHORT = 8
"""Digits of a story's id: enough for a person to name it by."""
_TOLD = 10
"""Stories named after a run: enough to see that it works, `aggregate stories` has the rest."""


class _Console(Console):
    """A console that leaves it to its callers what a reader who left means."""

    def on_broken_pipe(self) -> None:
        """Be called within the handler of a BrokenPipeError: let it go on."""
        raise  # noqa: PLE0704  Rich calls this while it handles the error


class Report:
    """Tells what happened: results on stdout, failures on stderr."""

    def __init__(self, *, quiet: bool = False, as_json: bool = False) -> None:
        self._quiet = quiet
        self._as_json = as_json
        # Feeds' own words are printed as they are: never read as markup, never highlighted.
        self._out = _Console(markup=False, highlight=False, emoji=False, soft_wrap=True)
        self._err = Console(stderr=True, markup=False, highlight=False, emoji=False, soft_wrap=True)

    @contextmanager
    def progress(self) -> Iterator[Callable[["Round"], None]]:
        """Show a bar on a terminal while feeds answer; yield what it is told by."""
        is_drawn = self._err.is_terminal and not self._err.is_dumb_terminal
        if self._quiet or self._as_json or not is_drawn:
            yield lambda _: None
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=self._err, transient=True) as bar:
            task = bar.add_task("Polling", total=None)
            yield lambda now: bar.update(
                task, description=_STEPS[now.step], completed=now.done, total=now.of
            )

    def warn(self, text: str) -> None:
        """Say what is unwise but works."""
        self._err.print(f"warning: {text}")

    def sent(self, attempts: Iterable["Attempt"]) -> None:
        """Tell what could not be told."""
        for attempt in attempts:
            if attempt.error is not None:
                self.warn(f"{attempt.line}; {attempt.outlook}")

    def failed(self, error: AggregatorError) -> None:
        """Tell what stopped a whole run."""
        self._err.print(str(error))

    def told(self, summary: "Summary", stories: Callable[[Iterable[str]], Iterable[Story]]) -> None:
        """Tell what a run did; ``stories`` returns those of these ids."""
        for polled in summary.polled:
            if polled.failed:
                self._err.print(f"failed: {polled.feed.id}: {polled.state.error}")
        if self._quiet:
            return
        if self._as_json:
            from aggregator.app import summary_record

            print_json([summary_record(summary, stories(summary.found.articles))])
            return
        self._polled(summary)
        self._found(summary)

    def stories(
        self,
        stories: Sequence[Story],
        *,
        since: datetime | None = None,
        languages: Sequence[str] = (),
    ) -> None:
        """List stories, a line each, with the titles that serve a reader of these languages."""
        for story in stories:
            self._story(story, languages)
        if not stories and since:
            self._out.print(f"No story has been told since {since:%Y-%m-%d %H:%M} UTC.")
        elif not stories:
            self._out.print("No stories yet: aggregate --once polls the feeds.")

    def feeds(self, listings: Sequence["Listing"]) -> None:
        """List feeds with their next polls, a line each, and further ones for what is strange."""
        width = max((len(listing.feed.id) for listing in listings), default=0)
        for listing in listings:
            state = listing.state
            moment = state.next_poll
            when = f"{moment:%Y-%m-%d %H:%M}" if moment else "never" if state.gone else "next run"
            self._out.print(f"  {listing.feed.id:{width}}  {when:16}  {state.rule or ''}".rstrip())
            for remark in listing.remarks:
                style = "red" if listing.is_failing else "yellow"
                self._out.print(f"  {'':{width}}  {remark}", style=style)

    def lines(self, lines: Iterable[str]) -> None:
        """Print lines, feeds' own words among them."""
        for line in lines:
            self._out.print(line)

    def _polled(self, summary: "Summary") -> None:
        if not summary.subscribed:
            self._out.print("There are no feeds yet: aggregate add URL finds a site's.")
            return
        if not summary.polled:
            self._out.print(f"Nothing was due among {_count(summary.subscribed, 'feed')}.")
            if summary.next_due:
                self._out.print(
                    f"The next is due at {summary.next_due:%Y-%m-%d %H:%M} UTC;"
                    " --force does not wait for our own interval."
                )
            return
        failed = sum(1 for polled in summary.polled if polled.failed)
        spared = sum(1 for polled in summary.polled if polled.spared)
        ending = f", {failed} failed" * bool(failed) + f", {spared} postponed" * bool(spared)
        asked = len(summary.polled) - spared
        self._out.print(f"Polled {asked} of {_count(summary.subscribed, 'feed')}{ending}")
        width = max(len(polled.feed.id) for polled in summary.polled)
        for polled in summary.polled:
            problems = f"  ({'; '.join(polled.problems)})" if polled.problems else ""
            self._out.print(f"  {polled.feed.id:{width}}  {_outcome(polled)}{problems}")

    def _found(self, summary: "Summary") -> None:
        if summary.found.articles:
            self._told_stories(summary)
        else:
            self._out.print("Nothing new.")
        if summary.published:
            names = " ".join(summary.published)
            self._out.print(f"Published {names} in {_from_here(summary.directory)}")
        elif summary.published is not None:
            self._out.print(f"Nothing to republish in {_from_here(summary.directory)}")

    def _told_stories(self, summary: "Summary") -> None:
        found = summary.found
        self._out.print(
            f"Found {_count(len(found.articles), 'new or changed story', 'stories')}"
            f" in {_count(sum(found.articles.values()), 'article')};"
            f" {len(found.shared)} told by several publishers"
        )
        for story in sorted(found.shared.values(), key=lambda story: -len(story.publishers))[
            :_TOLD
        ]:
            self._story(story, summary.languages)

    def _story(self, story: Story, languages: Sequence[str]) -> None:
        publishers = len(story.publishers)
        title = Text(story.title(languages) or "(no title)", "bold" if publishers > 1 else "")
        title.append(f"  [{' '.join(story.languages)}]", style="not bold dim")
        cells = (
            Text(story.id.removeprefix(_URN)[:_SHORT], "cyan"),
            Text(f"{story.last:%Y-%m-%d %H:%M}"),
            Text(f"{publishers:2} {'publishers' if publishers > 1 else 'publisher '}"),
            title,
        )
        if not self._out.is_terminal:
            self._out.print(Text("  ").join((Text(), *cells)))
            return
        row = Table.grid(padding=(0, 0, 0, 2), pad_edge=True)
        for _ in cells[:-1]:
            row.add_column(no_wrap=True)
        row.add_column(overflow="fold")
        row.add_row(*cells)
        self._out.print(row, soft_wrap=False)


def _outcome(polled: "Polled") -> str:
    """Say in words what came of polling a feed."""
    if polled.spared:
        moment = polled.state.next_poll
        until = f", until {moment:%Y-%m-%d %H:%M} UTC" if moment else ""
        return f"postponed: {_SPARED[polled.spared]}{until}"
    if polled.failed:
        return "failed"
    came = (polled.new, "new"), (polled.changed, "changed"), (polled.muted, "muted")
    return ", ".join(f"{number} {what}" for number, what in came if number) or "nothing new"


def print_json(records: Iterable[Mapping[str, Any]]) -> None:
    """Print JSON objects, a line each, in UTF-8 whatever the terminal speaks (RFC 8259)."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    for record in records:
        print(json.dumps(record, ensure_ascii=False))


def _from_here(path: Path) -> Path:
    """Return a path as one would type it here."""
    here = Path.cwd()
    is_below = path.is_relative_to(here) and here != Path(here.anchor)
    return path.relative_to(here) if is_below else path


def _count(number: int, one: str, many: str | None = None) -> str:
    """Say how many: ``1 feed``, ``2 feeds``."""
    return f"{number} {one if number == 1 else many or one + 's'}"
