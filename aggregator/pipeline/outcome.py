"""What came of a round: feed by feed, and batch by batch."""

from dataclasses import dataclass

from aggregator.model import Feed, FeedState, Story, Withdrawal


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
    spared: bool = False
    """Not asked after all, since its host had enough of us: it comes first the next time."""
    pushed: bool = False
    """Not asked either: this is what its hub brought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a batch of polls, or of a part of one, now stored."""

    polled: tuple[Polled, ...] = ()
    """The feeds, told with the last part of what they brought."""
    stories: tuple[Story, ...]
    """New or changed, as they are now."""
    withdrawals: tuple[Withdrawal, ...]
