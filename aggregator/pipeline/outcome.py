"""What came of a round: feed by feed, and batch by batch."""

from dataclasses import dataclass
from enum import StrEnum

from aggregator.model import Feed, FeedState, Respite, Story, Withdrawal


class Step(StrEnum):
    """What a round is at."""

    ANSWERS = "answers"
    """Feeds answer."""
    ARTICLES = "articles"
    """What a feed brought is put into stories, where that is a flood."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step has come."""

    step: Step
    done: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What came of polling one feed."""

    feed: Feed
    state: FeedState
    """After the poll; ``error`` says in words what failed."""
    entries: int = 0
    """Read from its document: those whose bytes are new."""
    new: int = 0
    muted: int = 0
    """New as well, but for words that it holds in no story."""
    changed: int = 0
    problems: tuple[str, ...] = ()
    """What was wrong with a document that could be read in part."""
    spared: Respite | None = None
    """Why it was not asked after all: it comes first the next time."""
    pushed: bool = False
    """Not asked either: this is what its hub brought."""

    @property
    def failed(self) -> bool:
        """Whether it was asked in vain; one that was put off keeps the error that it had."""
        return self.state.error is not None and self.spared is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a batch of polls, or of a part of one, now stored."""

    polled: tuple[Polled, ...] = ()
    """The feeds, told with the last part of what they brought."""
    stories: tuple[Story, ...] = ()
    """New or changed, as they are now."""
    withdrawals: tuple[Withdrawal, ...] = ()
    progress: Progress | None = None
    """How many of its articles are told by now, where that takes several parts."""
    pause: bool = False
    """Nothing more comes for a while: a good time to publish."""
