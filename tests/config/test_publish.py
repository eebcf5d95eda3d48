from pathlib import Path

import pytest

from aggregator.config import Config, load
from aggregator.errors import ConfigError


def read(publish: str) -> Config:
    text = f"version: 1\nfeeds:\n  - {{url: 'https://a.example/', id: a}}\npublish:\n{publish}"
    return load(text, directory=Path("/folder"), environment={})


def test_a_view_may_ask_for_all_of_it_at_once():
    (view,) = read(
        "  views:\n  - {name: a-1, title: A, category: C, language: zh-Hant, publishers: 2,\n"
        "     query: '\"a b\" -c', feeds: [a], without: [a], story: urn:x, limit: 5}\n"
    ).publish.views
    assert (view.name, view.publishers, view.feeds, view.limit) == ("a-1", 2, ("a",), 5)


@pytest.mark.parametrize(
    "name", ["Big", "a b", "../a", "", "-a", "a/b", "中文", "a" * 64, "7.atom"]
)
def test_a_name_that_makes_no_safe_address_is_refused(name):
    with pytest.raises(ConfigError, match=r"feeds\.yaml:6: publish\.views\[0\]\.name: .*small"):
        read(f"  views:\n  - {{name: '{name}'}}\n")


def test_two_views_of_one_name_are_refused():
    with pytest.raises(ConfigError, match="two views have the name x; rename one"):
        read("  views: [{name: x}, {name: x}]\n")


@pytest.mark.parametrize("key", ["feeds", "without"])
def test_a_feed_that_nobody_subscribed_to_is_named(key):
    with pytest.raises(
        ConfigError, match=rf"feeds\.yaml:6: .*{key}: no feed has the id aa.*mean a"
    ):
        read(f"  views:\n  - {{name: x, {key}: [aa]}}\n")


def test_a_private_feed_in_a_view_is_warned_of():
    config = load(
        "version: 1\nfeeds: [{url: 'https://a.example/', id: a, private: true}]\n"
        "publish: {views: [{name: x, without: [a]}]}\n",
        directory=Path("/folder"),
        environment={},
    )
    assert "the feed a is private: others are told nothing of it" in config.warnings[0]


@pytest.mark.parametrize(("written", "read_as"), [("0", 0), ("2000", 2000), ("full", "full")])
def test_an_excerpt_has_a_length_or_is_everything(written, read_as):
    assert read(f"  excerpt: {written}\n").publish.excerpt == read_as


@pytest.mark.parametrize("written", ["-1", "much", "1.5", "true", "100001"])
def test_any_other_excerpt_is_refused_with_what_to_write(written):
    with pytest.raises(ConfigError, match=r"publish\.excerpt: write a number of characters"):
        read(f"  excerpt: {written}\n")


def test_hubs_need_an_address_to_tell():
    with pytest.raises(ConfigError, match="hubs need base_url"):
        read("  hubs: ['https://hub.example/']\n")
    settings = read("  base_url: https://a.example\n  hubs: ['https://hub.example/']\n").publish
    assert settings.hubs == ("https://hub.example/",)
