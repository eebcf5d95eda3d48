"""What Prometheus scrapes (text exposition format 0.0.4); docs/operations.md documents the names.

Private feeds count nowhere, as on the page that tells people the same.
"""

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import PlainTextResponse

from aggregator import __version__
from aggregator.app import Aggregator
from aggregator.app.backlog import Tally, tallies
from aggregator.app.monitor import Condition, Overview, overview

_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[str, float]
"""Labels as they are written, ``{name="value"}`` or nothing, and the value."""


def router(aggregator: Aggregator) -> APIRouter:
    """Return the route of an aggregator's figures."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/metrics")
    def metrics() -> PlainTextResponse:
        told = "".join(
            (*_figures(overview(aggregator)), _messages(tallies(aggregator)), *_process())
        )
        return PlainTextResponse(told, headers={"Cache-Control": "no-store"}, media_type=_TYPE)

    return routes


def _figures(now: Overview) -> Iterator[str]:
    yield _gauge(
        "build_info", "1, labelled with the version.", [(f'{{version="{__version__}"}}', 1)]
    )
    yield _gauge(
        "feeds",
        "Feeds by condition.",
        [(f'{{condition="{each}"}}', now.feeds.get(each, 0)) for each in Condition],
    )
    yield _gauge("feeds_due", "Feeds whose time to be polled has come.", [("", now.queue)])
    yield _gauge("feed_failures", "Failed polls in a row, of all feeds.", [("", now.failures)])
    yield _gauge("articles", "Articles kept.", [("", now.counts.articles)])
    yield _gauge("stories", "Stories told.", [("", now.counts.stories)])
    yield _gauge(
        "articles_merged",
        "Articles that came into a story which was there already.",
        [("", now.counts.merged)],
    )
    if now.polled:
        polled = [("", now.polled.timestamp())]
        yield _gauge("last_poll_timestamp_seconds", "When a feed was last asked.", polled)


def _messages(tallies: Iterable[Tally]) -> str:
    return _gauge(
        "messages",
        "What rules of notify told of stories, by kind and state.",
        [
            (f'{{kind="{tally.kind}",state="{state}"}}', count)
            for tally in tallies
            for state, count in tally.counts.items()
        ],
    )


def _process() -> Iterator[str]:
    """Tell of this process, under the names that Prometheus' own clients use."""
    cpu = [("", time.process_time())]
    yield _metric("process_cpu_seconds_total", "counter", "Processor time spent.", cpu)
    here = Path("/proc/self")
    if here.is_dir():  # Linux
        pages = int((here / "statm").read_text().split()[1])
        resident = [("", float(pages * os.sysconf("SC_PAGE_SIZE")))]
        yield _metric("process_resident_memory_bytes", "gauge", "Memory in use.", resident)
        opened = [("", float(sum(1 for _ in (here / "fd").iterdir())))]
        yield _metric("process_open_fds", "gauge", "Open files and sockets.", opened)


def _gauge(name: str, meaning: str, samples: Iterable[Sample]) -> str:
    return _metric(f"aggregator_{name}", "gauge", meaning, samples)


def _metric(name: str, kind: str, meaning: str, samples: Iterable[Sample]) -> str:
    lines = [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
    lines += [f"{name}{labels} {value!r}" for labels, value in samples]
    return "\n".join(lines) + "\n"
