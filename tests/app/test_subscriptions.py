"""What the configuration's file and lists for other readers have in common."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.app.subscriptions import (
    configuration,
    export,
    import_list,
    known,
    named,
    unsubscribe,
)
from aggregator.config import Config, load
from aggregator.config.edit import add
from aggregator.errors import NotFoundError
from aggregator.normalize.text import line
from aggregator.publish import category

EMPTY = "version: 1\nfeeds: []\n"
texts = st.text(max_size=40).map(line).filter(bool)
subscriptions = st.lists(
    st.fixed_dictionaries(
        {"url": st.from_regex(r"https://[a-z]{1,5}\.example/[a-z0-9?=&_-]{0,9}", fullmatch=True)},
        optional={
            "name": texts,
            "category": texts,
            "language": st.sampled_from(["en", "pt-BR", "zh-Hant"]),
        },
    ),
    max_size=6,
)


def told(config: Config) -> list[tuple[str, str, tuple[str, ...], str]]:
    """What feeds are, a category as the folders that it names: none, where it is a mere slash."""
    return sorted(
        (feed.url, feed.name, category.path(feed.category), feed.language or "")
        for feed in config.feeds
    )


@given(subscriptions)
@example([{"url": "https://a.example/", "category": "/"}])
@example([{"url": "https://a.example/", "category": "News// Asia"}])
def test_what_is_exported_and_imported_is_the_same(tmp_path_factory, entries):
    file = tmp_path_factory.mktemp("list") / "feeds.yaml"
    config = configuration(file)
    for entry in entries:
        if known(config, entry["url"]) is None:
            text = add(EMPTY if not file.exists() else file.read_text("utf-8"), [entry])
            file.write_text(text, "utf-8")
            config = configuration(file)
    listed, left_out = export(config)
    other = file.with_name("other.yaml")
    imported = import_list(other, configuration(other), listed)
    assert told(imported.config) == told(config) == told(configuration(other))
    assert (left_out, imported.known, imported.refused, imported.problems) == (0, 0, (), ())


@pytest.mark.parametrize("url", ["feed://a.example/f", "feed:https://a.example/f"])
def test_a_list_may_name_the_scheme_that_browsers_gave_feeds(tmp_path, url):
    listed = f"<opml version='1.0'><body><outline text='A' xmlUrl='{url}'/></body></opml>"
    path = tmp_path / "feeds.yaml"
    imported = import_list(path, configuration(path), listed.encode())
    assert [feed.url for feed in imported.added] == ["https://a.example/f"]


@pytest.mark.parametrize(
    ("url", "is_known"),
    [
        ("https://a.example/feed", True),
        ("http://a.example/feed", True),
        ("https://www.a.example:443/feed", True),
        ("HTTPS://A.EXAMPLE/feed#top", True),
        ("https://a.example/feed/", False),
        ("https://a.example/feed?x", False),
        ("http://a.example:443/feed", False),
        ("file:a.xml", True),
        ("file:./a.xml", True),
        ("file:/x/a.xml", True),
        ("file:/y/a.xml", False),
    ],
)
def test_one_feed_is_known_by_many_spellings(url, is_known):
    config = load(
        "version: 1\nfeeds: [{url: 'https://a.example/feed'}, {url: 'file:a.xml'}]\n",
        directory=Path("/x"),
        environment={},
    )
    assert (known(config, url) is not None) == is_known


def test_an_id_goes_before_a_name():
    config = load(
        "version: 1\nfeeds:\n"
        "  - {url: 'https://a.example/', id: one, name: two}\n"
        "  - {url: 'https://b.example/', id: two, name: one}\n",
        directory=Path("/x"),
        environment={},
    )
    assert named(config, "two").id == "two"
    with pytest.raises(NotFoundError):
        named(config, "three")


def test_ids_are_made_of_names_and_no_two_are_alike(tmp_path):
    path = tmp_path / "feeds.yaml"
    names = ["El País", "EL PAIS", "中央社", "", "...", "el-pais-2"]
    outlines = "".join(
        f'<outline text="{name}" xmlUrl="https://www.h{n}.example/"/>'
        for n, name in enumerate(names)
    )
    imported = import_list(
        path, configuration(path), f"<opml><body>{outlines}</body></opml>".encode()
    )
    assert [feed.id for feed in imported.added] == [
        "el-pais",
        "el-pais-2",
        "h2.example",
        "h3.example",
        "h4.example",
        "el-pais-2-2",
    ]


def test_a_file_with_nothing_behind_feeds_has_none(tmp_path):
    path = tmp_path / "feeds.yaml"
    path.write_text("version: 1\nfeeds:\n")
    assert configuration(path).feeds == ()
    assert path.read_text() == "version: 1\nfeeds:\n"
    with pytest.raises(NotFoundError):
        unsubscribe(path, "a")
