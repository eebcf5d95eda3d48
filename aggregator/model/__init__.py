"""One frozen type a stage: what flows through the house.

::

    Feed → Request → Response → ParsedFeed(Entry…) → Article → Match → Story
     └ FeedState: what polling learned about it

All times are aware datetimes in UTC. All languages are BCP 47 tags in their canonical spelling,
and Chinese always carries its script: ``zh-Hant`` or ``zh-Hans``.
"""

from aggregator.model.article import Article, Part, PublishedSource
from aggregator.model.batch import Batch, Known
from aggregator.model.decision import Decision, Rule, Verdict
from aggregator.model.entry import Content, Enclosure, Entry, ParsedFeed
from aggregator.model.exchange import Hop, Request, Respite, Response
from aggregator.model.feed import Access, Feed, FeedState, Moves, Mute
from aggregator.model.hub import Delivery, HubState, HubSubscription
from aggregator.model.match import Level, Match
from aggregator.model.message import Message
from aggregator.model.notice import Notice, Receiver, Watch
from aggregator.model.poll import Outcome, Poll
from aggregator.model.publication import ArchivePage, Issued, Told, Tombstone
from aggregator.model.story import Criterion, Member, Related, Story, Withdrawal

__all__ = [
    "Access",
    "ArchivePage",
    "Article",
    "Batch",
    "Content",
    "Criterion",
    "Decision",
    "Delivery",
    "Enclosure",
    "Entry",
    "Feed",
    "FeedState",
    "Hop",
    "HubState",
    "HubSubscription",
    "Issued",
    "Known",
    "Level",
    "Match",
    "Member",
    "Message",
    "Moves",
    "Mute",
    "Notice",
    "Outcome",
    "ParsedFeed",
    "Part",
    "Poll",
    "PublishedSource",
    "Receiver",
    "Related",
    "Request",
    "Respite",
    "Response",
    "Rule",
    "Story",
    "Told",
    "Tombstone",
    "Verdict",
    "Watch",
    "Withdrawal",
]
