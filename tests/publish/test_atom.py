import re
from datetime import timedelta, timezone
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest

from aggregator.model import Enclosure
from aggregator.publish import Edition, render

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ABSOLUTE = re.compile(r"(https?://[^/]+/|urn:uuid:[0-9a-f-]{36}$)")

# RFC 4287 sections 4.1.1, 4.1.2 and 4.2.11: child → (at least, at most).
ONCE, MAYBE, ANY = (1, 1), (0, 1), (0, None)
CHILDREN: dict[str, dict[str, tuple[int, int | None]]] = {
    "feed": {
        "author": (1, None),
        "category": ANY,
        "contributor": ANY,
        "generator": MAYBE,
        "icon": MAYBE,
        "id": ONCE,
        "link": ANY,
        "logo": MAYBE,
        "rights": MAYBE,
        "subtitle": MAYBE,
        "title": ONCE,
        "updated": ONCE,
        "entry": ANY,
    },
    "entry": {
        "author": (1, None),
        "category": ANY,
        "content": ONCE,
        "contributor": ANY,
        "id": ONCE,
        "link": ANY,
        "published": MAYBE,
        "rights": MAYBE,
        "source": MAYBE,
        "summary": MAYBE,
        "title": ONCE,
        "updated": ONCE,
    },
    "source": {"id": ONCE, "title": ONCE, "updated": ONCE, "link": ANY},
    "author": {"name": ONCE, "uri": MAYBE, "email": MAYBE},
}
ATTRIBUTES = {
    "link": {"rel", "href", "type", "hreflang", "title", "length"},
    "category": {"term", "scheme", "label"},
    "content": {"type"},
    "generator": {"uri", "version"},
    "title": {LANG},
    "summary": {LANG},
    "feed": {LANG},
}


def check(feed: Any) -> None:
    """Hold a document against RFC 4287, stricter than its RELAX NG in what we promise."""
    assert feed.tag == ATOM + "feed"
    for element in feed.iter():
        if not element.tag.startswith(ATOM):
            continue
        name = element.tag.removeprefix(ATOM)
        assert set(element.attrib) <= ATTRIBUTES.get(name, set()), name
        allowed = CHILDREN.get(name, {})
        children = [child.tag.removeprefix(ATOM) for child in element if ATOM in child.tag]
        assert set(children) <= set(allowed), name
        for child, (least, most) in allowed.items():
            assert least <= children.count(child), (name, child)
            assert most is None or children.count(child) <= most, (name, child)
        if name in {"updated", "published"}:
            assert RFC3339.fullmatch(element.text)
        if name in {"id", "name"}:
            assert element.text.strip()
        if name == "id":
            assert ABSOLUTE.match(element.text)
        if name == "category":
            assert element.get("term")
        if name == "link":
            assert element.get("href").isascii()
    for parent in (feed, *feed.iter(ATOM + "entry")):
        alternates = [
            (link.get("type"), link.get("hreflang"))
            for link in parent.findall(ATOM + "link")
            if link.get("rel") == "alternate"
        ]
        assert len(alternates) == len(set(alternates))
    ids = [entry.findtext(ATOM + "id") for entry in feed.iter(ATOM + "entry")]
    assert len(ids) == len(set(ids))


def atom(edition: Edition) -> tuple[Any, Any]:
    document = render(edition)["feed.atom"]
    feed = ET.fromstring(document)
    check(feed)
    return feed, feedparser.parse(document)


def links(entry: Any, rel: str) -> list[Any]:
    return [link for link in entry.links if link.rel == rel]


def test_a_story_is_an_entry(make_edition, coverage_in_three_languages):
    feed, read = atom(make_edition(coverage_in_three_languages))
    (entry,) = read.entries
    assert read.version == "atom10"
    assert not read.bozo
    assert entry.id == coverage_in_three_languages.id
    assert entry.title == "川普會見澤連斯基"
    assert entry.title_detail.language == "zh-Hant"
    assert entry.summary == "兩人在白宮會談。"
    assert entry.author == "林小明"
    assert entry.link == "https://zhongyang.example/zh"
    assert [tag.term for tag in entry.tags] == ["國際", "World", "Politics"]
    assert entry.published == "2025-10-17T12:00:00Z"
    assert entry.updated == "2025-10-17T13:00:00Z"
    assert feed.findtext(ATOM + "updated") == entry.updated


def test_every_other_report_is_a_related_link(make_edition, coverage_in_three_languages):
    _, read = atom(make_edition(coverage_in_three_languages))
    assert [(link.href, link.hreflang) for link in links(read.entries[0], "related")] == [
        ("https://bbc.example/en1", "en"),
        ("https://guardian.example/en2", "en"),
        ("https://jazeera.example/ar", "ar"),
    ]


def test_the_content_names_every_source(make_edition, coverage_in_three_languages):
    _, read = atom(make_edition(coverage_in_three_languages))
    content = read.entries[0].content[0].value
    for words in ("Zhongyang", "Bbc", "Guardian", "Jazeera", "https://jazeera.example/ar"):
        assert words in content


def test_enclosures_and_image_come_along(make_edition, make_story, make_article):
    article = make_article(
        image="https://cdn.example/i.jpg",
        enclosures=(
            Enclosure(url="https://cdn.example/a.mp3", type="audio/mpeg", length=7),
            Enclosure(url="https://cdn.example/b"),
        ),
    )
    feed, read = atom(make_edition(make_story(article)))
    enclosures = [
        link.attrib for link in feed.iter(ATOM + "link") if link.get("rel") == "enclosure"
    ]
    assert enclosures == [
        {
            "rel": "enclosure",
            "href": "https://cdn.example/a.mp3",
            "type": "audio/mpeg",
            "length": "7",
        },
        {"rel": "enclosure", "href": "https://cdn.example/b"},
    ]
    assert read.entries[0].media_thumbnail[0]["url"] == "https://cdn.example/i.jpg"


def test_an_article_without_a_link(make_edition, make_story, make_article):
    _, read = atom(make_edition(make_story(make_article(link=None), make_article("b", link=None))))
    (entry,) = read.entries
    assert "links" not in entry
    assert "A title" in entry.content[0].value


def test_self_link_only_where_the_address_is_known(make_edition, coverage_in_three_languages):
    _, read = atom(make_edition(coverage_in_three_languages))
    assert [(link.rel, link.href) for link in read.feed.links] == [("alternate", "index.html")]
    _, read = atom(make_edition(coverage_in_three_languages, base_url="https://n.example/f/"))
    assert [(link.rel, link.href) for link in read.feed.links] == [
        ("alternate", "https://n.example/f/index.html"),
        ("self", "https://n.example/f/feed.atom"),
    ]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ({}, "https://daily.example/feed.xml"),
        ({"url": "file:/home/me/feeds/daily.xml", "shown_url": "file:feeds/daily.xml"}, None),
        ({"url": "https://u:p@daily.example/x", "shown_url": "https://daily.example/x"}, None),
    ],
)
def test_the_source_feed_is_named_but_not_its_secrets(
    *, make_edition, make_story, make_article, make_feed, address, shown
):
    edition = make_edition(make_story(make_article()), feeds=[make_feed(**address)])
    feed, _ = atom(edition)
    source = feed.find(f"{ATOM}entry/{ATOM}source")
    assert source.findtext(ATOM + "title") == "Daily"
    if shown is None:
        assert source.findtext(ATOM + "id").startswith("urn:uuid:")
        assert source.find(ATOM + "link") is None
    else:
        assert source.findtext(ATOM + "id") == shown
        assert source.find(ATOM + "link").get("href") == shown


def test_an_unknown_language_says_so(make_edition, make_story, make_article):
    feed, _ = atom(make_edition(make_story(make_article(language=None, lead="Hm."))))
    assert feed.find(f"{ATOM}entry/{ATOM}title").get(LANG) == "und"


def test_an_empty_edition_is_a_valid_feed(make_edition):
    feed, _ = atom(make_edition())
    assert feed.findtext(ATOM + "updated") == "1970-01-01T00:00:00Z"


def test_times_are_written_in_utc(make_edition, make_story, make_article, noon):
    east = noon.astimezone(timezone(timedelta(hours=8)))
    feed, _ = atom(make_edition(make_story(make_article(), created=east, updated=east)))
    assert feed.findtext(f"{ATOM}entry/{ATOM}published") == "2025-10-17T12:00:00Z"
