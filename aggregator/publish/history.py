"""What a feed published before it was subscribed to: no news to those who read already. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from aggregator.model import Story

KEPT = 10
"""Stories of a new feed's past that are told, the newest: enough to see that it is there."""


def without_history(stories: Iterable[Story], since: Mapping[str, datetime]) -> Iterator[Story]:
    """Leave out what only tells of the past of feeds that came later than the others.

    ``stories`` come newest first; ``since`` has when each feed that may be shown was subscribed to.
    The feeds that were there from the beginning have no past: nobody was reading yet.
    """
    beginning = min(since.values(), default=None)
    told: Counter[str] = Counter()
    for story in stories:
        reports = [article for article in story.articles if article.feed in since]
        past = [
            article.feed
            for article in reports
            if since[article.feed] != beginning and article.published < since[article.feed]
        ]
        if len(past) < len(reports):
            yield story
        elif past and told[past[0]] < KEPT:
            told[past[0]] += 1
            yield story
