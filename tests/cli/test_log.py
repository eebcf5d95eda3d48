import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.app import Summary
from aggregator.cli.log import Log
from aggregator.config import load
from aggregator.errors import StoreError
from aggregator.model import FeedState
from aggregator.pipeline import Polled

SECRET = 'se"cret-of-mine'
CONFIG = load(
    "version: 1\nfeeds: [{url: 'https://a.example/feed?key=${KEY}', id: a}]\n",
    directory=Path("/nowhere"),
    environment={"KEY": SECRET},
)


@pytest.fixture(autouse=True)
def _as_it_was():
    root, ours = logging.getLogger(), logging.getLogger("aggregator")
    before = root.handlers[:], root.level, ours.level
    root.handlers = []  # so that what pytest listens with is not closed
    yield
    root.handlers[:], root.level, ours.level = before


@pytest.fixture
def told(capsys):
    """Return what was logged since the last call."""

    def told():
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    return told


def ran(error: str | None) -> Summary:
    state = FeedState(feed="a", error=error, rule="min_interval 1 h")
    return Summary(
        subscribed=1,
        polled=(Polled(feed=CONFIG.feeds[0], state=state),),
        stories=(),
        published=(),
        directory=Path("public"),
        all_failed=False,
        languages=(),
        next_due=datetime(2025, 10, 17, 12, tzinfo=UTC),
    )


def test_a_feed_that_fails_is_a_warning_once_until_it_works_again(told):
    log = Log(CONFIG)
    for error in ("404", "404", None, None, "404"):
        log.ran(ran(error))

    events = [(r["level"], r["event"]) for r in told() if "feed" in r]
    assert events == [
        ("warning", "feed fails"),
        ("info", "feed works again"),
        ("warning", "feed fails"),
    ]


def test_what_stops_every_tick_is_said_once(told):
    log = Log(CONFIG)
    log.failed(StoreError("the disk is full"))
    log.failed(StoreError("the disk is full"))
    log.ran(ran(None))
    log.failed(StoreError("the disk is full"))

    assert [r["event"] for r in told()] == ["failed", "polled", "failed"]


def test_verbose_adds_a_line_a_poll_and_quiet_leaves_troubles_alone(told):
    Log(CONFIG, verbose=True).ran(ran(None))
    assert [r["event"] for r in told()] == ["poll", "polled"]
    Log(CONFIG, quiet=True).ran(ran("404"))
    assert [r["event"] for r in told()] == ["feed fails"]


def test_secrets_are_blotted_out_whoever_says_them(told):
    Log(CONFIG).failed(StoreError(f"it has {SECRET}"))
    try:
        int(SECRET)
    except ValueError:
        logging.getLogger("a.library").exception("%s is wrong", SECRET)

    ours, theirs = told()
    assert ours["error"] == "it has ***"
    assert (theirs["event"], theirs["logger"]) == ("*** is wrong", "a.library")
    assert SECRET not in theirs["exception"]
    assert "***" in theirs["exception"]


def test_each_event_is_documented(told):
    documented = Path(__file__).parents[2].joinpath("docs/operations.md").read_text("utf-8")
    log = Log(CONFIG, verbose=True)
    log.ran(ran("404"))
    log.ran(ran(None))
    log.failed(StoreError("full"))
    log.reloaded(CONFIG)
    log.refused(StoreError("held"))

    assert {r["event"] for r in told() if f"`{r['event']}`" not in documented} == set()
