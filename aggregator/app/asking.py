"""Single requests for a person who waits: one after the other, with the manners of polling."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from urllib.parse import urlsplit

from aggregator.app.aggregator import Aggregator
from aggregator.config import Config
from aggregator.errors import ParseError
from aggregator.model import Feed, FeedState, ParsedFeed, Response
from aggregator.normalize.text import cleaned
from aggregator.phrase import Phrase
from aggregator.poll import policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of asking for a feed, as a poll would have seen it."""

    feed: Feed
    response: Response
    document: ParsedFeed | None
    """None where it is no feed, or nothing came."""
    state: FeedState
    """What a first poll would have learned: ``error`` says in words why there is no feed."""


class Asker:
    """Asks for one feed at a time, and never sooner for the next than polling would."""

    def __init__(
        self,
        aggregator: Aggregator,
        *,
        watch: Callable[[Feed], None] = lambda _feed: None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take what knows the network, what is told before each request, and what waits."""
        self._aggregator = aggregator
        self._watch = watch
        self._pause = pause
        self._asked: dict[str | None, datetime] = {}
        """When each host's last answer came."""

    def ask(self, feed: Feed, *, found: bool = False) -> Answer:
        """Make one unconditional request; never raise for what a server does.

        ``found``: a server named its address, and not the person who waits.
        """
        aggregator = self._aggregator
        self._wait(feed.url)
        self._watch(feed)
        request = replace(policy.request(feed, None), found=found)
        (response,) = aggregator.fetcher.fetch([request])
        for url in (response.url, response.final_url):
            self._asked[urlsplit(url).hostname] = response.at
        document, error = None, None
        if policy.has_document(response):
            try:
                document = aggregator.parse(response, frozenset())
            except ParseError as problem:
                error = str(problem)
        state = policy.after(
            feed,
            None,
            response,
            document=document,
            error=error,
            changed=document is not None,
            now=response.at,
            random=Random(0),  # noqa: S311  what is shown needs no chance
        )
        redact = aggregator.config.redact
        told = Phrase.of(state.error or response.failure or "").mapped(
            lambda text: cleaned(redact(text))
        )
        state = replace(state, error=told or None)
        return Answer(feed=feed, response=response, document=document, state=state)

    def _wait(self, url: str) -> None:
        """Keep the pause between two requests to one host; a file needs none."""
        last = self._asked.get(host) if (host := urlsplit(url).hostname) else None
        if last is not None:
            left = last + self._aggregator.config.host_delay - self._aggregator.clock()
            self._pause(max(left.total_seconds(), 0))


@contextmanager
def asking(
    config: Config, *, watch: Callable[[Feed], None] = lambda _feed: None
) -> Iterator[Asker]:
    """Open what it takes to ask, without the store: nothing of what is asked is kept."""
    with Aggregator.open(replace(config, store="sqlite://")) as aggregator:
        yield Asker(aggregator, watch=watch)
