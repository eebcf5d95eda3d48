"""The composition root's front: a configuration and its store, opened."""

import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from random import Random
from socket import gethostname
from threading import RLock
from types import TracebackType
from typing import Self
from uuid import uuid4

from aggregator.app.documents import Documents
from aggregator.app.encoder import chosen_encoder
from aggregator.app.explain import PairExplanation
from aggregator.app.mutes import muting
from aggregator.app.naming import article_named, story_of
from aggregator.app.notices import take_note
from aggregator.app.publishing import publish
from aggregator.app.pushes import Pushes
from aggregator.app.summary import Found, Summary
from aggregator.cluster import Clusterer, Constraints
from aggregator.config import Config
from aggregator.config_file import read_config
from aggregator.errors import PublishError, StoreLocked
from aggregator.match import SPAN, Matcher
from aggregator.model import FeedState, Story
from aggregator.parse.sandbox import SandboxedParser
from aggregator.pipeline import Clock, Fetcher, Parser, Pipeline, Polled, Progress, Taken
from aggregator.poll.fetcher import FeedFetcher
from aggregator.storage import SqlStore, open_store

_UNPUBLISHED = timedelta(seconds=30)
"""For so long what is stored may wait for the rest of its round."""


def system_clock() -> datetime:
    """Tell the time of this machine."""
    return datetime.now(UTC)


class Aggregator:
    """An open aggregator: a configuration, its store, and all that works on them.

    Use it as a context manager::

        with Aggregator.open("feeds.yaml") as aggregator:
            aggregator.run_once()
            for story in aggregator.stories(limit=10):
                print(story.lead_article.title)

    Every method raises StoreError where the store fails.
    """

    def __init__(
        self,
        config: Config,
        store: SqlStore,
        *,
        dry_run: bool = False,
        clock: Clock = system_clock,
        random: Random | None = None,
        fetcher: Fetcher | None = None,
        parse: Parser | None = None,
    ) -> None:
        """Wire what ``open`` opens; a clock, chance, fetcher or parser of one's own are for tests.

        Documents are parsed in a process of its own; ``aggregator.parse.parse`` does it in this.
        """
        self.config = config
        self.store = store
        self._dry_run = dry_run
        self.clock = clock
        self._random = random or Random()  # noqa: S311  jitter keeps no secret
        self.fetcher = fetcher or FeedFetcher(
            clock=clock,
            contact=config.network.contact or config.publish.base_url,
            allow=frozenset(config.network.allow),
            host_delay=config.host_delay,
            host_cool_down=config.network.host_cool_down,
            connections_per_host=config.network.connections_per_host,
            limits=config.limits,
        )
        limits = config.limits
        self._sandbox = SandboxedParser(time=limits.parse_time, memory=limits.parse_memory)
        self.parse = parse or self._sandbox
        self._pushes = Pushes(config, store, self.fetcher, clock)
        self._turn = RLock()
        """Held by the thread that may change the store."""
        self._pipeline: Pipeline | None = None
        """While other runs are excluded."""

    @classmethod
    def open(cls, config: Config | Path | str, *, dry_run: bool = False) -> Self:
        """Open a configuration, or the file of one, and its store.

        With ``dry_run`` everything works, and nothing is kept or published. Raises ConfigError
        and StoreError.
        """
        if not isinstance(config, Config):
            config = read_config(Path(config))
        return cls(config, open_store(config.store, discard=dry_run), dry_run=dry_run)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store, and of the process that parses."""
        self._sandbox.close()
        self.store.close()

    @contextmanager
    def exclusive(self) -> Iterator[Pipeline]:
        """Exclude other runs while the block lasts, and yield what may then change the store.

        Raises StoreLocked where another run was first.
        """
        if not self._turn.acquire(blocking=False):
            raise StoreLocked("another thread of this program holds the store")
        try:
            if self._pipeline:
                if self.store.regain_lock():  # others may have written what it does not know
                    self._pipeline = self._new_pipeline()
                yield self._pipeline
                return
            with self.store.lock(f"pid {os.getpid()} on {gethostname()}"):
                self._pipeline = self._new_pipeline()
                try:
                    yield self._pipeline
                finally:
                    self._pipeline = None
        finally:
            self._turn.release()

    def run_once(
        self,
        *,
        force: bool = False,
        tick: timedelta | None = None,
        watch: Callable[[Progress], None] = lambda _: None,
    ) -> Summary:
        """Poll what is due, store what came, and publish.

        ``force`` polls also what our own interval would not yet, never against a server's word.
        ``tick`` is the time until the next run, where there will be one: then hosts with many
        feeds are asked for some of them, half of the time is for asking, and a flood of articles
        is gone on with then. ``watch`` is told how far it is. What takes long is published on the
        way. KeyboardInterrupt stores what has come and goes its way. Raises StoreLocked where
        another run holds the store, and PublishError.
        """
        polled: list[Polled] = []
        found = Found()
        files: dict[str, None] = {}
        with (
            self.exclusive(),
            closing(self._poll(force=force, tick=tick, watch=watch)) as batches,
        ):
            published = self.clock()
            for taken in batches:
                polled += taken.polled
                found.take(taken)
                waited = self.clock() - published
                if not self._dry_run and (taken.pause or waited >= _UNPUBLISHED):
                    with suppress(PublishError):  # which the end of the run tells
                        files |= dict.fromkeys(self._publish())
                    published = self.clock()
            if not self._dry_run:
                files |= dict.fromkeys(self._publish())
            states = self.feeds().values()
            return Summary(
                subscribed=len(self.config.feeds),
                polled=tuple(polled),
                found=found,
                published=None if self._dry_run else tuple(files),
                directory=self.config.directory,
                all_failed=bool(polled) and all(state.error for state in states),
                languages=self.config.languages,
                next_due=min(filter(None, (state.next_poll for state in states)), default=None),
            )

    def stories(
        self, *, since: datetime | None = None, limit: int | None = None
    ) -> Sequence[Story]:
        """Return the stories told since then, newest first."""
        return self.store.stories(since=since, limit=limit)

    def feeds(self) -> Mapping[str, FeedState]:
        """Return what polling learned of each subscribed feed, by its id."""
        states = self._pushes.seen(self.store.states())
        return {feed.id: states.get(feed.id, FeedState(feed=feed.id)) for feed in self.config.feeds}

    def is_healthy(self) -> bool:
        """Whether a poll has succeeded within the longest interval at which feeds are polled."""
        since = self.clock() - max((f.max_interval for f in self.config.feeds), default=2 * SPAN)
        return any(s.succeeded and s.succeeded >= since for s in self.feeds().values())

    def explain(self, a: str, b: str) -> PairExplanation:
        """Tell why two articles, by id, its beginning, guid or url, are or are not one story.

        Raises NotFoundError where there is no such article, or several.
        """
        one, other = article_named(self.store, a), article_named(self.store, b)
        matcher = self._matcher()
        for article in (one, other):
            day = article.published
            near = self.store.stories(since=day - SPAN, until=day + SPAN, content=False)
            matcher.add(article for story in near for article in story.articles)
        matcher.add((one, other))
        return PairExplanation(
            a=one,
            b=other,
            story_a=story_of(self.store, one),
            story_b=story_of(self.store, other),
            constraints=Constraints(
                self.store.decisions.all(), self.config.rules, self.config.alone
            ),
            pair=matcher.explain(one.id, other.id),
        )

    def _matcher(self) -> Matcher:
        encoder = chosen_encoder(self.config.encoder, self.store)
        return Matcher(encoder, documents=Documents(self.store))

    def _new_pipeline(self) -> Pipeline:
        return Pipeline(
            feeds=self.config.feeds,
            store=self.store,
            fetcher=self.fetcher,
            parse=self.parse,
            clusterer=Clusterer(
                self._matcher(),
                draw_id=lambda: uuid4().urn,
                priorities={feed.id: feed.priority for feed in self.config.feeds},
                languages=self.config.languages,
                criteria=self.config.representative,
                rules=self.config.rules,
                alone=self.config.alone,
                private=frozenset(feed.id for feed in self.config.feeds if feed.private),
            ),
            clock=self.clock,
            random=self._random,
            mute=muting(self.config.feeds),
            redact=self.config.redact,
            pushed=self._pushes.relied_on,
        )

    def _publish(self) -> tuple[str, ...]:
        """Have others told of what is stored."""
        take_note(self)
        return publish(self)

    def _poll(
        self, *, force: bool, tick: timedelta | None, watch: Callable[[Progress], None]
    ) -> Generator[Taken, None, None]:
        """Run the path; yield what comes of it."""
        pipeline = self._pipeline or self._new_pipeline()
        polled: list[Polled] = []
        try:
            relied_on = self._pushes.relied_on()
            for taken in chain(
                chain.from_iterable(map(pipeline.take, self._pushes.deliveries())),
                pipeline.run(force=force, tick=tick, watch=watch),
            ):
                polled += taken.polled
                yield taken
            self._pushes.compare(polled, relied_on)
            if not self._dry_run:
                self._pushes.keep()
        except BaseException:
            self._pipeline = self._new_pipeline()  # the old one may know what was not stored
            raise
