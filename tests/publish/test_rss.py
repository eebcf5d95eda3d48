import re
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest

from aggregator.model import Enclosure
from aggregator.publish import Edition, render

ONCE, MAYBE = (1, 1), (0, 1)
CHANNEL = {
    "title": ONCE,
    "link": ONCE,
    "description": ONCE,
    "language": MAYBE,
    "lastBuildDate": MAYBE,
    "generator": MAYBE,
    "docs": MAYBE,
    "copyright": MAYBE,
    "ttl": MAYBE,
    "image": MAYBE,
}
ITEM = {
    "title": ONCE,
    "link": MAYBE,
    "description": ONCE,
    "guid": ONCE,
    "pubDate": ONCE,
    "enclosure": MAYBE,
    "source": MAYBE,
}
# RFC 822 as RSS reads it: four-digit years (RSS 2.0 specification, Best Practices Profile).
RFC822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")


def check(rss: Any) -> None:
    """Hold a document against RSS 2.0 and the Best Practices Profile."""
    assert (rss.tag, rss.attrib, len(rss)) == ("rss", {"version": "2.0"}, 1)
    for parent, allowed, repeated in (
        (rss.find("channel"), CHANNEL, {"item"}),
        *((item, ITEM, {"category"}) for item in rss.iter("item")),
    ):
        children = [child.tag for child in parent if "{" not in child.tag]
        assert set(children) <= set(allowed) | repeated
        for child, (least, most) in allowed.items():
            assert least <= children.count(child) <= most, child
    for date in (*rss.iter("pubDate"), *rss.iter("lastBuildDate")):
        assert RFC822.fullmatch(date.text)
    for enclosure in rss.iter("enclosure"):
        assert set(enclosure.attrib) == {"url", "length", "type"}
    for source in rss.iter("source"):
        assert set(source.attrib) == {"url"}
    guids = [guid.text for guid in rss.iter("guid")]
    assert len(guids) == len(set(guids))


def rss(edition: Edition) -> tuple[Any, Any]:
    document = render(edition)["feed.rss"]
    root = ET.fromstring(document)
    check(root)
    return root, feedparser.parse(document)


def test_a_story_is_an_item(make_edition, coverage_in_three_languages, noon):
    root, read = rss(make_edition(coverage_in_three_languages))
    (entry,) = read.entries
    assert read.version == "rss20"
    assert not read.bozo
    assert entry.id == coverage_in_three_languages.id
    assert root.find("channel/item/guid").get("isPermaLink") == "false"
    assert entry.title == "川普會見澤連斯基"
    assert entry.link == "https://zhongyang.example/zh"
    assert entry.summary == "兩人在白宮會談。"
    assert entry.author == "林小明"
    assert [tag.term for tag in entry.tags] == ["國際", "World", "Politics"]
    assert parsedate_to_datetime(entry.published) == noon
    assert entry.updated == "2025-10-17T13:00:00Z"
    assert "https://jazeera.example/ar" in entry.content[0].value


@pytest.mark.parametrize(
    ("enclosure", "written"),
    [
        (
            Enclosure(url="https://cdn.example/a.mp3", type="audio/mpeg", length=7),
            {"url": "https://cdn.example/a.mp3", "type": "audio/mpeg", "length": "7"},
        ),
        (
            Enclosure(url="https://cdn.example/a"),
            {"url": "https://cdn.example/a", "type": "application/octet-stream", "length": "0"},
        ),
    ],
)
def test_an_item_has_one_whole_enclosure(
    make_edition, make_story, make_article, enclosure, written
):
    article = make_article(enclosures=(enclosure, Enclosure(url="https://cdn.example/second")))
    root, _ = rss(make_edition(make_story(article)))
    assert root.find("channel/item/enclosure").attrib == written


def test_self_link_only_where_the_address_is_known(make_edition, coverage_in_three_languages):
    _, read = rss(make_edition(coverage_in_three_languages))
    assert read.feed.link == "index.html"
    assert [link.rel for link in read.feed.links] == ["alternate"]
    _, read = rss(make_edition(coverage_in_three_languages, base_url="https://n.example/f/"))
    assert [(link.rel, link.href) for link in read.feed.links] == [
        ("alternate", "https://n.example/f/index.html"),
        ("self", "https://n.example/f/feed.rss"),
    ]


def test_the_source_feed_is_named_but_no_file_of_ours(
    make_edition, make_story, make_article, make_feed
):
    story = make_story(make_article())
    root, _ = rss(make_edition(story))
    assert root.find("channel/item/source").attrib == {"url": "https://daily.example/feed.xml"}
    local = make_feed(url="file:/home/me/daily.xml", shown_url="file:daily.xml")
    root, _ = rss(make_edition(story, feeds=[local]))
    assert root.find("channel/item/source") is None


def test_plain_text_is_spelled_as_most_readers_get_it_right(make_edition, make_story, make_article):
    edition = make_edition(make_story(make_article(title="AT&T <3 R&D")))
    assert b"<title>AT&#x26;T &#x3C;3 R&#x26;D</title>" in render(edition)["feed.rss"]
    root, _ = rss(edition)
    assert root.findtext("channel/item/title") == "AT&T <3 R&D"


def test_what_a_view_is_part_of_is_no_markup(make_edition):
    files = render(make_edition(title="R&D <b>", view={}))
    assert ET.fromstring(files["views/part/feed.rss"]).findtext("channel/description") == (
        "A part of R&amp;D &lt;b&gt;, every event told once."
    )


def test_the_description_is_html_that_shows_the_plain_excerpt(
    make_edition, make_story, make_article
):
    root, _ = rss(make_edition(make_story(make_article(lead="if a < b & c"))))
    assert root.findtext("channel/item/description") == "if a &lt; b &amp; c"


def test_an_item_without_an_excerpt_still_has_a_description(make_edition, make_story, make_article):
    root, _ = rss(make_edition(make_story(make_article())))
    assert "Daily" in root.findtext("channel/item/description")


def test_an_empty_edition_is_a_valid_feed(make_edition):
    root, _ = rss(make_edition())
    assert root.findtext("channel/title") == "Merged"


def test_what_the_settings_say_of_the_feed(make_edition):
    edition = make_edition(
        base_url="https://n.example/",
        hubs=("https://hub.example/",),
        rights="Of their publishers",
        license="https://creativecommons.org/licenses/by/4.0/",
        icon="https://n.example/i.png",
        ttl=timedelta(minutes=90),
    )
    root, read = rss(edition)
    assert root.findtext("channel/copyright") == "Of their publishers"
    assert root.findtext("channel/ttl") == "90"
    assert [child.text for child in root.find("channel/image")] == [
        *("https://n.example/i.png", "Merged", "https://n.example/index.html")
    ]
    assert ("hub", "https://hub.example/") in [(link.rel, link.href) for link in read.feed.links]
    module = "{http://backend.userland.com/creativeCommonsRssModule}"
    assert root.findtext(f"channel/{module}license").startswith("https://creativecommons.org/")


def test_search_engines_are_asked_to_stay_away(make_edition):
    root = ET.fromstring(render(make_edition(robots="noindex"))["feed.rss"])
    restriction = root.find("{http://www.bloglines.com/about/specs/fac-1.0}restriction")
    assert restriction is not None
    assert restriction.get("relationship") == "deny"
