"""What is wrong is found, and what to do is said with it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.app import Aggregator
from aggregator.app.doctor import Severity, examine, finding_record
from aggregator.app.status import status, status_record
from aggregator.config import load
from aggregator.model import Article, Batch, FeedState, Message, PublishedSource
from aggregator.storage import open_store

NOW = datetime(2025, 10, 17, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WELL = {"checked": NOW, "succeeded": NOW, "changed": NOW, "due": NOW + DAY}


@pytest.fixture
def opened(tmp_path: Path):
    """Return a function that opens an aggregator with one feed, of which this is known."""
    stores = []

    def opened(more: str = "", url: str = "http://example.org/", **known) -> Aggregator:
        text = (
            f"version: 1\n{more or 'encoder: none'}\nnetwork: {{contact: 'https://me.example/'}}\n"
            f"feeds:\n  - {{id: news, url: '{url}'}}\n"
        )
        config = load(text, directory=tmp_path, environment={})
        store = open_store("sqlite://")
        stores.append(store)
        store.subscribe(config.feeds, NOW)
        store.save(Batch(states=(FeedState(feed="news", **{**WELL, **known}),)))
        return Aggregator(config, store, clock=lambda: NOW)

    yield opened
    for store in stores:
        store.close()


def article(**changes) -> Article:
    told = {"published": NOW, "published_source": PublishedSource.FEED, "first_seen": NOW}
    return Article(
        **{
            "id": "a" * 16,
            "feed": "news",
            "keys": ("guid:1",),
            "guid": "1",
            "url": None,
            "link": None,
            "title": "t",
            "language": None,
            "parts": (),
            "summary": "",
            "content": "",
            "publisher": "p",
            "content_hash": "",
            **told,
            **changes,
        }
    )


def test_nothing_is_wrong_where_all_is_well(opened):
    assert examine(opened()) == ()


@pytest.mark.parametrize(
    ("known", "severity", "subject", "words"),
    [
        (
            {"succeeded": None, "error": "404", "failures": 3},
            "warning",
            "feed news",
            "never worked",
        ),
        (
            {"succeeded": NOW - 8 * DAY, "error": "503", "failures": 9},
            *("warning", "feed news", "failing since 2025-10-09: 503"),
        ),
        ({"gone": True, "error": "410", "failures": 1}, "warning", "feed news", "aggregate remove"),
        ({"changed": NOW - 40 * DAY}, "warning", "feed news", "nothing new since 2025-09-07"),
        ({"moved_to": "https://b.example/"}, "warning", "feed news", "moved to https://b.example/"),
        ({"redirect_to": "https://example.org/"}, "warning", "feed news", "write https:// in its"),
        ({"succeeded": NOW - 8 * DAY}, "error", "polling", "no poll has succeeded"),
        ({"checked": NOW + DAY}, "error", "clock", "the last poll was at 2025-10-18 12:00"),
    ],
)
def test_what_polling_learned_is_weighed(opened, known, severity, subject, words):
    findings = [one for one in examine(opened(**known)) if one.subject == subject]
    assert [(one.severity, words in one.line) for one in findings] == [(severity, True)]


def test_a_feed_that_failed_lately_is_no_finding(opened):
    assert examine(opened(error="503", failures=2, succeeded=NOW - timedelta(hours=20))) == ()


def test_a_clock_far_ahead_of_every_feed_is_one(opened):
    aggregator = opened()
    aggregator.store.save(
        Batch(articles=(article(published=NOW - 300 * DAY),), muted=((16 * "a", "w"),))
    )
    (finding,) = examine(aggregator)
    assert (finding.subject, finding.severity) == ("clock", Severity.WARNING)
    assert "2024-12-21" in finding.problem


def test_rows_astray_are_one(opened):
    aggregator = opened()
    aggregator.store.save(Batch(articles=(article(),)))
    (finding,) = examine(aggregator)
    assert finding.line == (
        "warning: store: 1 articles in no story: report it as a bug, with what happened before"
    )


def test_an_encoder_that_does_not_load_is_an_error(opened, tmp_path):
    aggregator = opened()
    text = "version: 1\nencoder: {onnx: model}\nfeeds: []\n"
    config = load(text, directory=tmp_path, environment={})
    with Aggregator(config, aggregator.store, clock=lambda: NOW) as broken:
        (finding,) = examine(broken)
    assert (finding.subject, finding.severity) == ("encoder", Severity.ERROR)


def test_the_configurations_warnings_are_repeated(opened):
    (finding,) = examine(opened(url="https://me:secret@example.org/"))
    assert finding.subject == "configuration"
    assert "secret" not in finding.line
    assert set(finding_record(finding)) == {"severity", "subject", "problem", "advice"}


def test_nobody_to_complain_to_is_one(tmp_path):
    text = "version: 1\nencoder: none\nfeeds: [{url: 'https://example.org/'}]\n"
    config = load(text, directory=tmp_path, environment={})
    with Aggregator(config, open_store("sqlite://"), clock=lambda: NOW) as aggregator:
        assert [one.advice for one in examine(aggregator) if one.subject == "configuration"] == [
            "name a page about you in network.contact: those with complaints write, not block"
        ]


def test_a_directory_that_is_none_is_an_error(opened, tmp_path):
    (tmp_path / "public").write_text("")
    (finding,) = examine(opened())
    assert (finding.subject, finding.severity) == ("publish.directory", Severity.ERROR)


def test_the_status_counts_and_names_the_last_errors(opened):
    told = status(opened(error="503", failures=2, due=NOW))
    record = status_record(told)
    assert (record["feeds"]["failing"], record["due"], record["stories"]) == (1, 1, 0)
    assert record["errors"] == [
        {"feed": "news", "at": "2025-10-17T12:00:00Z", "failures": 2, "error": "503"}
    ]
    assert told.lines[0] == "feeds    1: 1 failing; 0 silent"
    assert told.lines[-1] == "failed   news: 503"


def test_a_feed_that_was_never_asked_is_polled_with_the_next_run(tmp_path):
    text = "version: 1\nencoder: none\nfeeds: [{url: 'https://example.org/'}]\n"
    config = load(text, directory=tmp_path, environment={})
    with Aggregator(config, open_store("sqlite://"), clock=lambda: NOW) as aggregator:
        assert status(aggregator).lines[1] == "polling  1 due, last never, next with the next run"


def test_what_a_rule_cannot_tell_is_one_and_stands_in_the_status(opened):
    rule = "{id: breaking, publishers: 5, command: [/nowhere/tell]}"
    aggregator = opened(f"encoder: none\nnotify: [{rule}]")
    error = "it ended with exit status 1"
    message = Message(
        id="msg_1", kind="command", target="breaking", body="", created=NOW, due=None, error=error
    )
    aggregator.store.outbox.put([message])
    missing, failing = examine(aggregator)
    assert missing.line == (
        "error: notify breaking: there is no program /nowhere/tell: correct command, or make it "
        "executable"
    )
    assert failing.severity is Severity.WARNING
    assert "aggregate notify --retry breaking" in failing.advice
    told = status(aggregator)
    assert status_record(told)["notify"][0]["given_up"] == 1
    assert told.lines[-1] == (
        "notify   breaking (command): 0 waiting, 1 given up, since 2025-10-17 12:00 UTC: "
        "it ended with exit status 1"
    )
