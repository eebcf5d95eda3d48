import json
import re
from typing import Any

from aggregator.model import Enclosure
from aggregator.publish import Edition, render

TOP = {
    *("version", "title", "description", "home_page_url", "feed_url", "language", "items"),
    *("icon", "favicon", "hubs", "_aggregator"),
}
ITEM = {
    *("id", "url", "title", "content_html", "summary", "image", "date_published"),
    *("date_modified", "authors", "tags", "language", "attachments", "_aggregator"),
}
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")


def feed(edition: Edition) -> Any:
    read = json.loads(render(edition)["feed.json"])
    assert read["version"] == "https://jsonfeed.org/version/1.1"
    assert {"version", "title", "items"} <= set(read) <= TOP
    for item in read["items"]:
        assert {"id", "content_html"} <= set(item) <= ITEM
        assert None not in item.values()
        assert RFC3339.fullmatch(item["date_published"])
        assert RFC3339.fullmatch(item["date_modified"])
        assert all(author["name"] for author in item["authors"])
        assert all({"url", "mime_type"} <= set(one) for one in item.get("attachments", ()))
    return read


def test_a_story_is_an_item(make_edition, coverage_in_three_languages):
    (item,) = feed(make_edition(coverage_in_three_languages))["items"]
    extension = item.pop("_aggregator")
    assert "Guardian" in item.pop("content_html")
    assert item == {
        "id": coverage_in_three_languages.id,
        "url": "https://zhongyang.example/zh",
        "title": "川普會見澤連斯基",
        "language": "zh-Hant",
        "summary": "兩人在白宮會談。",
        "date_published": "2025-10-17T12:00:00Z",
        "date_modified": "2025-10-17T13:00:00Z",
        "authors": [{"name": "林小明"}],
        "tags": ["國際", "World", "Politics"],
    }
    assert extension["publishers"] == ["Zhongyang", "Guardian", "Bbc", "Jazeera"]
    assert extension["languages"] == ["zh-Hant", "en", "ar"]
    assert extension["also"][2] == {
        "publisher": "Jazeera",
        "title": "ترامب يلتقي زيلينسكي",
        "language": "ar",
        "url": "https://jazeera.example/ar",
        "date_published": "2025-10-17T12:00:00Z",
        "published_source": "feed",
        "level": "event",
        "reasons": ["both name the White House"],
    }


def test_addresses_only_where_they_are_known(make_edition):
    assert {"home_page_url", "feed_url"}.isdisjoint(feed(make_edition()))
    read = feed(make_edition(base_url="https://n.example"))
    assert read["home_page_url"] == "https://n.example/index.html"
    assert read["feed_url"] == "https://n.example/feed.json"


def test_attachments_always_have_a_type(make_edition, make_story, make_article):
    enclosures = (
        Enclosure(url="https://cdn.example/a.mp3", type="audio/mpeg", length=7),
        Enclosure(url="https://cdn.example/b"),
    )
    (item,) = feed(make_edition(make_story(make_article(enclosures=enclosures))))["items"]
    assert item["attachments"] == [
        {"url": "https://cdn.example/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 7},
        {"url": "https://cdn.example/b", "mime_type": "application/octet-stream"},
    ]


def test_what_the_settings_say_of_the_feed(make_edition):
    read = feed(
        make_edition(
            base_url="https://n.example/",
            hubs=("https://hub.example/",),
            rights="Of their publishers",
            license="https://creativecommons.org/licenses/by/4.0/",
            icon="https://n.example/i.png",
            logo="https://n.example/l.png",
            robots="noindex",
        )
    )
    assert read["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]
    assert read["icon"] == "https://n.example/l.png"
    assert read["favicon"] == "https://n.example/i.png"
    about = read["_aggregator"]
    assert about.pop("generator").startswith("aggregator ")
    assert about == {
        "rights": "Of their publishers",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "robots": "noindex",
    }
