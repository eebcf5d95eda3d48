from pathlib import Path

import pytest

from aggregator.app.bench import cost_record, costs
from aggregator.config import Config, load
from aggregator.errors import AggregatorError

FEED = """<rss version="2.0"><channel><title>Harbour Times</title>{}</channel></rss>"""
ITEM = "<item><guid>{0}</guid><title>Ship {0} enters the harbour</title></item>"


def config(folder: Path, url: str) -> Config:
    text = f"version: 1\nencoder: none\nfeeds: [{{url: '{url}'}}]"
    return load(text, directory=folder, environment={})


def test_every_stage_has_its_cost(tmp_path: Path):
    (tmp_path / "feed.xml").write_text(FEED.format("".join(map(ITEM.format, range(8)))))
    found = list(costs(config(tmp_path, "file:feed.xml"), items=10, polls=3))
    assert [cost.stage for cost in found] == ["parse", "normalize", "match", "publish", "poll"]
    assert [cost.number for cost in found] == [16, 16, 7, 8, 3]
    assert all(cost.cpu > 0 and cost.stage in cost.line for cost in found)
    assert cost_record(found[0]).keys() == {"stage", "number", "things", "cpu_seconds", "seconds"}
    assert [path.name for path in tmp_path.iterdir()] == ["feed.xml"]


def test_servers_are_not_measured_with(tmp_path: Path):
    with pytest.raises(AggregatorError, match="--config"):
        next(costs(config(tmp_path, "https://example.org/feed")))


def test_a_file_that_is_gone_is_named(tmp_path: Path):
    with pytest.raises(AggregatorError, match=r"gone\.xml"):
        next(costs(config(tmp_path, "file:gone.xml")))


def test_a_feed_without_items_is_no_measure(tmp_path: Path):
    (tmp_path / "feed.xml").write_text(FEED.format(""))
    with pytest.raises(AggregatorError, match="too few"):
        next(costs(config(tmp_path, "file:feed.xml")))
