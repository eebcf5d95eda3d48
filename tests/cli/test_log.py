import json
import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.app import Found, Summary
from aggregator.app.delivery import Attempt
from aggregator.cli.log import Log
from aggregator.config import load
from aggregator.errors import StoreError
from aggregator.model import FeedState, Message
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
        found=Found(),
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


def test_a_hub_that_takes_nothing_is_a_warning_once_until_it_does(told):
    log = Log(CONFIG)
    now = datetime(2025, 10, 17, 12, tzinfo=UTC)
    hub = "https://hub.example/"
    ping = Message(id="1", kind="ping", target=hub, body="", created=now, due=now)
    for error in ("the hub answered 503", "the hub answered 503", None, None):
        log.sent(Attempt(message=ping, error=error))

    events = [(r["level"], r["event"], r["hub"]) for r in told()]
    assert events == [("warning", "hub fails", hub), ("info", "hub works again", hub)]


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


def attempts() -> list[Attempt]:
    """Return one that was taken, one that failed, and one after which nothing more is tried."""
    due = datetime(2025, 10, 17, 12, tzinfo=UTC)
    taken = Message(id="msg_1", kind="webhook", target="r", body="{}", created=due, due=due)
    failed = replace(taken, attempts=1, error="no connection")
    return [
        Attempt(message=taken, error=None),
        Attempt(message=failed, error=failed.error),
        Attempt(message=replace(failed, due=None, attempts=10), error=failed.error),
    ]


def test_what_could_not_be_told_is_a_warning_and_given_up_an_error(told):
    for attempt in attempts():
        Log(CONFIG).sent(attempt)

    taken, failed, given_up = told()
    assert (taken["level"], taken["event"], taken["rule"]) == ("info", "notice sent", "r")
    assert (failed["level"], failed["event"]) == ("warning", "notice fails")
    assert (failed["attempts"], failed["error"]) == (1, "no connection")
    assert (given_up["level"], given_up["event"]) == ("error", "notice given up")


def test_each_event_is_documented(told):
    documented = Path(__file__).parents[2].joinpath("docs/operations.md").read_text("utf-8")
    log = Log(CONFIG, verbose=True)
    log.ran(ran("404"))
    log.ran(ran(None))
    log.failed(StoreError("full"))
    log.reloaded(CONFIG)
    log.refused(StoreError("held"))
    for attempt in attempts():
        log.sent(attempt)

    assert {r["event"] for r in told() if f"`{r['event']}`" not in documented} == set()
