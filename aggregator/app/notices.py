"""Who is told at once of which story: rules that watch how many publishers report, how fast.

Only news counts. A new rule, and a new feed, has a past that is not told; nor is anything told a
day after it was reported, for the machine may have been off for a week.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.app.message import kinds, message
from aggregator.app.mutes import muting
from aggregator.app.redact import redacted
from aggregator.config import Config, NotifyRule
from aggregator.model import Article, Feed, Notice, Story, Watch
from aggregator.publish.privacy import public
from aggregator.publish.view import matching

if TYPE_CHECKING:
    from aggregator.app.aggregator import Aggregator

NEWS = timedelta(days=1)
"""A report is news for so long."""


def take_note(aggregator: "Aggregator") -> None:
    """Put into the outbox what rules tell of the stories that changed: each story once a rule.

    Raises StoreError; then nothing is kept, and the next call looks at the same stories.
    """
    config, store, now = aggregator.config, aggregator.store, aggregator.clock()
    before = store.notices.watches()
    watches = {rule.id: _watch(rule.id, before.get(rule.id), now) for rule in config.notify}
    seen = min((watch.seen for watch in watches.values()), default=now)
    changed = store.notices.changed(seen) if watches else ()
    if not changed and watches == before:
        return
    feeds = public_feeds(config)
    stories = list(visible(config, changed))
    subscribed = store.subscribed()
    told = [
        (rule, story, at)
        for rule in config.notify
        for story in matching(rule, stories, feeds)
        if (at := passed(rule, story, _news(watches[rule.id], subscribed, now)))
        and rule.id not in store.notices.rules_of(story.id)
    ]
    store.notices.keep(
        [replace(watch, seen=now) for watch in watches.values()],
        [Notice(rule=rule.id, story=story.id, at=now) for rule, story, _ in told],
        [
            message(config, rule, kind, story, at=at, now=now)
            for rule, story, at in told
            for kind in kinds(rule)
        ],
    )


def public_feeds(config: Config) -> dict[str, Feed]:
    """Return the feeds that others may be told of, by id."""
    return {feed.id: feed for feed in config.feeds if not feed.private}


def visible(config: Config, stories: Iterable[Story]) -> Iterator[Story]:
    """Yield stories as they may be told: nothing of private feeds, nothing that is muted whole."""
    feeds, muted = public_feeds(config), muting(config.feeds)
    for story in stories:
        shown = public(redacted(story, config.redact) if config.secrets else story, feeds)
        if shown and not all(muted(article) for article in shown.articles):
            yield shown


def passed(rule: NotifyRule, story: Story, news: Mapping[str, datetime]) -> datetime | None:
    """Return when a story passed a rule: with the first news that was one of reports enough.

    ``rule.publishers`` different ones published within ``rule.within``, up to the news. ``news``
    tells from when on a feed's reports are any; one that it does not name brings none.
    """
    publishers: Counter[str] = Counter()
    window: deque[Article] = deque()
    for article in sorted(story.articles, key=lambda article: article.published):
        window.append(article)
        publishers[article.publisher] += 1
        while window[0].published < article.published - rule.within:
            publishers[window.popleft().publisher] -= 1
        since = news.get(article.feed)
        if since is None or article.published < since:
            continue
        if sum(count > 0 for count in publishers.values()) >= rule.publishers:
            return article.published
    return None


def _watch(rule: str, known: Watch | None, now: datetime) -> Watch:
    """Return a rule's watch: a new one, or that known, whose clock may have run ahead."""
    if known is None:
        return Watch(rule=rule, since=now, seen=now)
    if known.seen > now:
        return replace(known, since=min(known.since, now), seen=now - NEWS)
    return known


def _news(watch: Watch, subscribed: Mapping[str, datetime], now: datetime) -> dict[str, datetime]:
    """Return from when on the reports of each feed are news to a rule."""
    return {feed: max(since, watch.since, now - NEWS) for feed, since in subscribed.items()}
