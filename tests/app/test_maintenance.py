"""What is too old goes, by dates that no wrong clock can make old, and is no news afterwards."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.app import Aggregator
from aggregator.app.maintenance import horizon, tidy
from aggregator.config import load
from aggregator.errors import ConfigError
from aggregator.model import Response
from aggregator.parse import parse
from aggregator.storage import open_store

NOW = datetime(2025, 10, 17, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Machine:
    """A clock, and a server with one feed."""

    def __init__(self) -> None:
        self.now = NOW
        self.items: dict[str, tuple[str, datetime]] = {}
        self.store = open_store("sqlite://")

    def open(self, more: str = "") -> Aggregator:
        text = (
            "version: 1\nencoder: none\npublish: {archive: false}\n"
            f"{more}\nfeeds:\n  - {{id: news, url: 'https://example.org/', interval: 1h}}\n"
        )
        config = load(text, directory=Path("/srv"), environment={})
        return Aggregator(config, self.store, clock=lambda: self.now, fetcher=self, parse=parse)

    def fetch(self, requests):
        items = "".join(
            f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title>"
            f"<link>https://example.org/{guid}</link>"
            f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
            for guid, (title, at) in self.items.items()
        )
        document = f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>"
        for request in requests:
            yield Response(
                feed=request.feed,
                url=request.url,
                final_url=request.url,
                status=200,
                at=self.now,
                body=document.encode(),
            )

    def poll(self, aggregator: Aggregator) -> None:
        with aggregator.exclusive() as pipeline:
            list(pipeline.run(force=True))

    def publish(self, guid: str, title: str) -> None:
        self.items[guid] = title, self.now


@pytest.fixture
def machine():
    machine = Machine()
    with machine.store:
        yield machine


def titles(aggregator: Aggregator) -> set[str]:
    return {story.lead_article.title for story in aggregator.stories()}


def test_what_a_feed_still_carries_does_not_come_back(machine):
    aggregator = machine.open()
    with aggregator.exclusive():
        machine.publish("1", "A bridge was opened in the harbour")
        machine.poll(aggregator)
        machine.now += 100 * DAY
        machine.publish("2", "Ministers agree on the new budget")
        machine.poll(aggregator)
        assert tidy(aggregator).stories == 1
        machine.items["1"] = "A bridge was opened in the harbour at last", NOW
        machine.now += DAY
        machine.publish("3", "Storm closes both northern airports")
        machine.poll(aggregator)
        assert titles(aggregator) == {
            "Ministers agree on the new budget",
            "Storm closes both northern airports",
        }
        assert not tidy(aggregator)


def test_a_story_goes_on_in_memory_as_in_the_store(machine):
    aggregator = machine.open("rules: [{feeds: [news], merge: always}]")
    with aggregator.exclusive():
        machine.publish("1", "A bridge was opened in the harbour")
        machine.poll(aggregator)
        machine.now += 91 * DAY
        machine.publish("2", "Ministers agree on the new budget")
        machine.poll(aggregator)
        tidy(aggregator)
        machine.now += DAY
        machine.publish("4", "A bridge was opened in the harbour")
        machine.poll(aggregator)
        assert len(aggregator.stories()) == 2
        assert machine.store.upkeep.damage() == []


@pytest.mark.parametrize("ahead", [timedelta(), 3650 * DAY])
def test_a_clock_that_runs_ahead_makes_nothing_old(machine, ahead):
    machine.publish("1", "A bridge was opened in the harbour")
    machine.poll(machine.open())
    machine.now += ahead
    assert horizon(machine.open()) == NOW - 90 * DAY
    assert not tidy(machine.open())


def test_one_that_is_behind_makes_less_old(machine):
    machine.publish("1", "A bridge was opened in the harbour")
    machine.poll(machine.open())
    machine.now -= 30 * DAY
    assert horizon(machine.open()) == NOW - 120 * DAY


def test_nothing_is_old_where_nothing_is(machine):
    assert horizon(machine.open()) == datetime.min.replace(tzinfo=UTC)
    assert not tidy(machine.open())


def test_nothing_goes_where_all_is_kept(machine):
    machine.publish("1", "A bridge was opened in the harbour")
    machine.poll(machine.open())
    assert horizon(machine.open("retention: {age: null}")) == datetime.min.replace(tzinfo=UTC)


def test_of_too_many_stories_the_oldest_go_but_none_that_is_fresh(machine):
    aggregator = machine.open("retention: {stories: 1000}")
    for number in range(1100):
        machine.items[f"{number}"] = f"Item {number}", NOW - timedelta(hours=number)
    machine.poll(aggregator)
    assert horizon(aggregator) == NOW - timedelta(hours=999)
    config = aggregator.config
    config = replace(config, publish=config.publish.model_copy(update={"max_age": 60 * DAY}))
    patient = Aggregator(config, machine.store, clock=lambda: NOW, fetcher=machine, parse=parse)
    assert horizon(patient) == NOW - 60 * DAY


def test_what_is_published_may_not_be_old():
    text = "version: 1\npublish: {max_age: 8d}\nretention: {age: 7d}\nfeeds: []\n"
    with pytest.raises(ConfigError, match=r"retention\.age is shorter than publish\.max_age"):
        load(text, directory=Path("/srv"), environment={})
