from typing import Any
from xml.etree import ElementTree as ET

from aggregator.publish import Edition, render


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
