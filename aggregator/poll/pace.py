"""How many feeds of one host a run asks, where run follows run: never all of them in a burst."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from aggregator.model import Feed, FeedState


def paced(
    due: Sequence[Feed],
    feeds: Iterable[Feed],
    states: Mapping[str, FeedState],
    tick: timedelta,
) -> list[Feed]:
    """Leave those of the feeds that are due whose turn it is now, in their order.

    A host is asked for as many feeds a tick as brings each of its ``feeds`` its turn within the
    shortest interval: 200 feeds and an hour are 4 a minute. Feeds never asked, whose reader is
    waiting, go at once.
    """
    load: dict[str, float] = {}
    for feed in feeds:
        turns = tick / feed.min_interval if feed.min_interval else math.inf
        load[_host(feed)] = load.get(_host(feed), 0.0) + turns
    taken: Counter[str] = Counter()
    turn = []
    for feed in due:
        known = states.get(feed.id)
        is_new = known is None or known.checked is None
        if is_new or feed.is_local or taken[_host(feed)] < load[_host(feed)]:
            turn.append(feed)
        taken[_host(feed)] += not is_new
    return turn


def _host(feed: Feed) -> str:
    return urlsplit(feed.url).hostname or ""
