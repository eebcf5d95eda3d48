"""What the path costs on this machine, stage by stage, with feeds that lie on it."""

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any
from uuid import uuid4

from aggregator import __version__
from aggregator.app.aggregator import system_clock
from aggregator.app.encoder import chosen_encoder
from aggregator.cluster import Clusterer
from aggregator.config import Config
from aggregator.errors import AggregatorError
from aggregator.match import Matcher
from aggregator.model import Article, Feed, Request, Response
from aggregator.normalize import normalize
from aggregator.parse import parse
from aggregator.poll import file
from aggregator.poll.fetcher import FeedFetcher
from aggregator.publish import Edition
from aggregator.publish.render import render
from aggregator.storage import open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a stage cost, once it was warm."""

    stage: str
    number: int
    things: str
    """What was counted: ``items``, ``stories``, ``polls``."""
    cpu: float
    """Seconds of this process."""
    wall: float
    """Seconds."""

    @property
    def line(self) -> str:
        """All of it in words: seconds a thousand are milliseconds each."""
        return (
            f"  {self.stage:10} {self.number:6,} {self.things:8}"
            f"{1000 * self.cpu / self.number:9.3f} s CPU per 1,000"
            f"{self.number / self.wall:11,.0f} a second"
        )


def machine(config: Config) -> dict[str, Any]:
    """Return what the figures rest on."""
    return {
        "version": __version__,
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "encoder": config.encoder if isinstance(config.encoder, str) else "onnx",
    }


def cost_record(cost: Cost) -> dict[str, Any]:
    """Return a cost as the JSON object that ``aggregate bench --json`` prints."""
    return {
        "stage": cost.stage,
        "number": cost.number,
        "things": cost.things,
        "cpu_seconds": round(cost.cpu, 6),
        "seconds": round(cost.wall, 6),
    }


def costs(config: Config, *, items: int = 1_000, polls: int = 200) -> Iterator[Cost]:
    """Yield what each stage costs with the feeds of a configuration that are files.

    So many ``items`` are parsed and normalized at least, the feeds over and over. Nothing of its
    store is touched, and nothing but loopback is asked. Raises AggregatorError where there are no
    such feeds, or they cannot be read.
    """
    feeds = [feed for feed in config.feeds if feed.is_local]
    if not feeds:
        raise AggregatorError(
            "no feed of this configuration is a file, and servers are not there to be measured"
            " with: name another with --config, such as examples/feeds.yaml"
        )
    responses = [_read(feed, config) for feed in feeds]
    documents = [parse(response) for response in responses]

    def normalized() -> list[Article]:
        return [
            article
            for feed, document, response in zip(feeds, documents, responses, strict=True)
            for article in normalize(
                feed, document, response_url=response.url, now=response.at, is_first=True
            )
        ]

    articles = normalized()
    if len(articles) < 2:  # noqa: PLR2004  one is taken to be warm, the others are measured
        raise AggregatorError("these feeds have too few items to measure with")
    rounds = range(-(-items // len(articles)))
    number = len(rounds) * len(articles)
    yield _cost("parse", number, "items", lambda: [parse(r) for _ in rounds for r in responses])
    yield _cost("normalize", number, "items", lambda: [normalized() for _ in rounds])
    with TemporaryDirectory() as folder:
        with open_store(f"sqlite:///{folder}/bench.db") as store:
            clusterer = Clusterer(
                Matcher(chosen_encoder(config.encoder, store)),
                draw_id=lambda: uuid4().urn,
                priorities={feed.id: feed.priority for feed in feeds},
            )
            first, *others = articles
            stories = {s.id: s for s in clusterer.add([first], first.first_seen).stories}

            def clustered() -> None:
                stories.update((s.id, s) for s in clusterer.add(others, first.first_seen).stories)

            yield _cost("match", len(others), "items", clustered)
        edition = Edition(
            settings=config.publish, stories=tuple(stories.values()), feeds=tuple(feeds)
        )
        yield _cost("publish", len(stories), "stories", lambda: render(edition))
        yield _polled(folder, responses[0].body, polls)


def _polled(folder: str, body: bytes, times: int) -> Cost:
    """Poll a document so often, served from a folder on loopback."""
    Path(folder, "feed.xml").write_bytes(body)
    with _served(folder) as authority:
        requests = [
            Request(feed=str(n), url=f"http://{authority}/feed.xml?{n}") for n in range(times)
        ]
        fetcher = FeedFetcher(
            clock=system_clock, allow=frozenset((authority,)), host_delay=timedelta()
        )
        return _cost("poll", times, "polls", lambda: list(fetcher.fetch(requests)))


def _cost(stage: str, number: int, things: str, work: Callable[[], object]) -> Cost:
    wall, cpu = perf_counter(), process_time()
    work()
    cpu, wall = process_time() - cpu, perf_counter() - wall
    return Cost(stage=stage, number=number, things=things, cpu=cpu, wall=wall)


def _read(feed: Feed, config: Config) -> Response:
    response = file.read(Request(feed=feed.id, url=feed.url), system_clock, config.limits.body_size)
    if response.failure is not None:
        raise AggregatorError(response.failure)
    return response


@contextmanager
def _served(folder: str) -> Iterator[str]:
    """Serve a folder on loopback from a process of its own; yield its host and port."""
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(  # noqa: S603  this very Python
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            said = server.stdout.readline() if server.stdout else ""
            yield f"127.0.0.1:{said.split()[5]}"
        finally:
            server.kill()
