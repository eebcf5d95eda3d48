from typing import Any
from xml.etree import ElementTree as ET

import listparser
import pytest

from aggregator.publish import Edition, render
from aggregator.publish.opml import by_category, file_name


def outlines(edition: Edition) -> Any:
    opml = ET.fromstring(render(edition)["feeds.opml"])
    assert (opml.tag, opml.get("version")) == ("opml", "2.0")
    assert [child.tag for child in opml] == ["head", "body"]
    assert opml.findtext("head/title") == "Merged"
    assert all(outline.get("text") for outline in opml.iter("outline"))
    return opml.find("body")


def test_a_folder_a_category_in_the_order_of_the_subscriptions(make_edition, make_feed):
    body = outlines(
        make_edition(
            feeds=[
                make_feed("a", category="World"),
                make_feed("loose", language="zh-Hant"),
                make_feed("b", category="Culture & <Arts>"),
                make_feed("c", category="World"),
            ]
        )
    )
    assert [(o.get("text"), [feed.get("text") for feed in o]) for o in body] == [
        ("World", ["A", "C"]),
        ("Loose", []),
        ("Culture & <Arts>", ["B"]),
    ]
    assert body[1].attrib == {
        "type": "rss",
        "text": "Loose",
        "title": "Loose",
        "xmlUrl": "https://loose.example/feed.xml",
        "language": "zh-Hant",
    }


def test_categories_lie_in_one_another(make_edition, make_feed):
    edition = make_edition(
        feeds=[
            make_feed("a", category="News/Asia"),
            make_feed("b", category="News"),
            make_feed("c", category=" News / Asia/台灣"),
            make_feed("d", category="News/Europe"),
        ]
    )
    (news,) = outlines(edition)
    assert [outline.get("text") for outline in news] == ["Asia", "B", "Europe"]
    assert [outline.get("text") for outline in news[0]] == ["A", "台灣"]
    files = by_category(edition)
    assert set(files) == {
        *("opml/news.opml", "opml/news-asia.opml"),
        *("opml/news-asia-台灣.opml", "opml/news-europe.opml"),
    }
    read = listparser.parse(files["opml/news-asia.opml"])
    assert read.meta.title == "Merged: News/Asia"
    assert [(feed.title, feed.categories) for feed in read.feeds] == [
        ("A", [["News", "Asia"]]),
        ("C", [["News", "Asia", "台灣"]]),
    ]


def test_what_nobody_else_can_subscribe_to_is_left_out(make_edition, make_feed):
    body = outlines(
        make_edition(
            feeds=[
                make_feed("p", private=True, category="Secret"),
                make_feed("l", url="file:/home/me/l.xml", shown_url="file:l.xml", category="Mine"),
                make_feed("k", url="https://k.example/?k=1", shown_url="https://k.example/?k=${K}"),
            ]
        )
    )
    assert [outline.attrib.keys() for outline in body] == [{"text"}]
    assert "others" in body[0].get("text")


def test_each_category_has_a_document_of_its_own(make_edition, make_feed):
    files = by_category(
        make_edition(
            feeds=[
                make_feed("a", category="World"),
                make_feed("b", category="國際"),
                make_feed("c", category="world"),
                make_feed("d"),
                make_feed("e", category="Mine", url="file:/e.xml", shown_url="file:e.xml"),
                make_feed("f", category="Mine", private=True),
            ]
        )
    )
    assert set(files) == {"opml/world.opml", "opml/國際.opml"}
    world = ET.fromstring(files["opml/world.opml"])
    assert world.findtext("head/title") == "Merged: World"
    assert [o.get("xmlUrl") for o in world.iter("outline") if o.get("xmlUrl")] == [
        "https://a.example/feed.xml",
        "https://c.example/feed.xml",
    ]


@pytest.mark.parametrize(
    ("category", "name"),
    [
        ("Science & Technology", "opml/science-technology.opml"),
        ("../../etc/passwd", "opml/etc-passwd.opml"),
        ("中文", "opml/中文.opml"),
        ("***", "opml/other.opml"),
        ("x" * 300, f"opml/{'x' * 40}.opml"),
        (".hidden", "opml/hidden.opml"),
    ],
)
def test_its_name_is_safe_anywhere(category, name):
    assert file_name(category) == name


def test_a_views_document_has_the_feeds_that_it_may_tell_of(make_edition, make_feed):
    feeds = [make_feed("a", category="World"), make_feed("b"), make_feed("c", category="world")]
    edition = make_edition(feeds=feeds, view={"category": "World", "without": ("c",)})
    opml = ET.fromstring(render(edition)["views/part/feeds.opml"])
    assert [o.get("text") for o in opml.iter("outline") if o.get("xmlUrl")] == ["A"]


def test_listparser_reads_it(make_edition, make_feed):
    edition = make_edition(feeds=[make_feed("a", category="World"), make_feed("b")])
    read = listparser.parse(render(edition)["feeds.opml"])
    assert not read.bozo
    assert [(feed.title, feed.url, feed.categories) for feed in read.feeds] == [
        ("A", "https://a.example/feed.xml", [["World"]]),
        ("B", "https://b.example/feed.xml", []),
    ]
