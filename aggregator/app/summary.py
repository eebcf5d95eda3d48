"""What a run did, and how scripts are told of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from aggregator.app.record import as_record, rfc3339
from aggregator.model import Story
from aggregator.pipeline import Polled, Taken


@dataclass(slots=True)
class Found:
    """The new and changed stories of a run, so many at a first poll that few are kept whole."""

    articles: dict[str, int] = field(default_factory=dict)
    """How many each has, by its id."""
    shared: dict[str, Story] = field(default_factory=dict)
    """Those told by several publishers."""

    def take(self, taken: Taken) -> None:
        """Take in what came of a batch."""
        for story in taken.stories:
            self.articles[story.id] = len(story.members)
            if len(story.publishers) > 1:
                self.shared[story.id] = story
            else:
                self.shared.pop(story.id, None)
        for withdrawal in taken.withdrawals:
            self.articles.pop(withdrawal.story, None)
            self.shared.pop(withdrawal.story, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a run did."""

    subscribed: int
    """Feeds in the configuration."""
    polled: tuple[Polled, ...]
    """What came of each feed that was due."""
    found: Found
    published: tuple[str, ...] | None
    """The files that were replaced; None on a dry run."""
    directory: Path
    all_failed: bool
    """Something was polled, and every subscribed feed is failing."""
    languages: tuple[str, ...]
    """The reader's, best first."""
    next_due: datetime | None
    """When the next feed is due; None where none ever is."""


def summary_record(summary: Summary, stories: Iterable[Story]) -> dict[str, Any]:
    """Return a run as the JSON object that ``aggregate --once --json`` prints.

    ``stories`` are those that it found.
    """
    return {
        "subscribed": summary.subscribed,
        "polled": [
            {
                "feed": polled.feed.id,
                "entries": polled.entries,
                "new": polled.new,
                "muted": polled.muted,
                "changed": polled.changed,
                "problems": list(polled.problems),
                "postponed": polled.spared,
                "error": polled.state.error,
                "rule": polled.state.rule,
                "next": (at := polled.state.next_poll) and rfc3339(at),
            }
            for polled in summary.polled
        ],
        "stories": [as_record(story, summary.languages) for story in stories],
        "published": None if summary.published is None else list(summary.published),
        "directory": str(summary.directory),
        "next_due": rfc3339(summary.next_due) if summary.next_due else None,
    }
