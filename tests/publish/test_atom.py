import re
from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest

from aggregator.model import ArchivePage, Enclosure, Level, Match, Related, Tombstone
from aggregator.publish import Edition, render
from aggregator.publish.item import items
from aggregator.publish.render import archive_entries, render_archives

ATOM = "{http://www.w3.org/2005/Atom}"
STONE = "{http://purl.org/atompub/tombstones/1.0}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
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
    "title": {LANG, "type"},
    "subtitle": {"type"},
    "rights": {"type"},
    "summary": {LANG, "type"},
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


def test_a_text_that_could_be_taken_for_markup_is_declared_as_what_shows_it(
    make_edition, make_story, make_article
):
    """Many readers take every title for HTML, and those that ask get the same."""
    story = make_story(make_article(title="AT&T <3 R&D", lead="1 < 2"))
    feed, read = atom(make_edition(story))
    title, summary = (feed.find(f"{ATOM}entry/{ATOM}{name}") for name in ("title", "summary"))
    assert (title.get("type"), title.text) == ("html", "AT&amp;T &lt;3 R&amp;D")
    assert (summary.get("type"), summary.text) == ("html", "1 &lt; 2")
    assert feed.find(ATOM + "title").get("type") is None
    assert read.entries[0].title_detail.type == "text/html"


def test_what_follows_a_title_keeps_its_direction_where_readers_drop_attributes(
    make_edition, coverage_in_three_languages
):
    feed, _ = atom(make_edition(coverage_in_three_languages))
    content = feed.findtext(f"{ATOM}entry/{ATOM}content")
    assert "ترامب يلتقي زيلينسكي</a>&lrm;, <time" in content
    assert "Trump meets Zelenskyy</a>, <time" in content


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


def test_times_tell_milliseconds_where_they_tell_stories_apart(
    make_edition, make_story, make_article, noon
):
    late = noon + timedelta(microseconds=7999)
    feed, _ = atom(make_edition(make_story(make_article(), created=late, updated=late)))
    assert feed.findtext(f"{ATOM}entry/{ATOM}updated") == "2025-10-17T12:00:00.007Z"
    assert feed.findtext(f"{ATOM}entry/{ATOM}published") == "2025-10-17T12:00:00Z"


@pytest.fixture
def withdrawn(make_edition, make_story, make_article, noon):
    """An edition with two tombstones: of a story that one here took up, and of one elsewhere."""
    story = make_story(make_article())
    stones = (
        Tombstone(story="urn:uuid:younger", survivor=story.id, at=noon),
        Tombstone(story="urn:uuid:other", survivor="urn:uuid:unseen", at=noon),
    )
    return replace(make_edition(story), withdrawn=stones)


def test_a_withdrawn_story_has_a_tombstone_that_names_its_survivor(withdrawn):
    """RFC 6721 section 3."""
    feed, read = atom(withdrawn)
    assert len(read.entries) == 1
    one, other = feed.findall(STONE + "deleted-entry")
    assert one.attrib == {"ref": "urn:uuid:younger", "when": "2025-10-17T12:00:00Z"}
    assert one.findtext(f"{STONE}by/{ATOM}name") == "Merged"
    assert one.findtext(STONE + "comment") == "It turned out to be one story with: A title"
    link = one.find(ATOM + "link")
    assert (link.get("rel"), link.get("href")) == ("related", withdrawn.stories[0].id)
    assert other.find(ATOM + "link") is None
    assert "unseen" not in ET.tostring(feed, encoding="unicode")


def test_a_withdrawal_is_a_change_of_the_feed(withdrawn, noon):
    stone = replace(withdrawn.withdrawn[0], at=noon + timedelta(hours=9))
    feed, _ = atom(replace(withdrawn, withdrawn=(stone,)))
    assert feed.findtext(ATOM + "updated") == "2025-10-17T21:00:00Z"


def rels(feed: Any) -> dict[str, str]:
    return {link.get("rel"): link.get("href") for link in feed.findall(ATOM + "link")}


@pytest.mark.parametrize(
    ("base_url", "folder", "up"),
    [("https://n.example/", "https://n.example/", "https://n.example/"), (None, "", "../")],
)
def test_archives_lead_to_one_another_and_to_the_feed(withdrawn, noon, base_url, folder, up):
    """RFC 5005 section 4."""
    settings = withdrawn.settings.model_copy(update={"base_url": base_url})
    edition = replace(withdrawn, settings=settings, archives=3)
    current, _ = atom(edition)
    assert rels(current)["prev-archive"] == f"{folder}archive/3.atom"
    assert current.find(HISTORY + "archive") is None
    entries = archive_entries(edition, items(edition), edition.withdrawn)
    pages = [
        ArchivePage(view="", number=number, updated=noon, entries=entries) for number in (1, 2, 3)
    ]
    read = {name: ET.fromstring(text) for name, text in render_archives(edition, pages).items()}
    assert set(read) == {f"archive/{number}.atom" for number in (1, 2, 3)}
    there = f"{folder}archive/" if base_url else ""
    for number in (1, 2, 3):
        feed = read[f"archive/{number}.atom"]
        check(feed)
        assert feed.find(HISTORY + "archive") is not None
        assert feed.findtext(ATOM + "id") == current.findtext(ATOM + "id")
        assert [e.findtext(ATOM + "id") for e in feed.iter(ATOM + "entry")] == [
            edition.stories[0].id
        ]
        assert len(feed.findall(STONE + "deleted-entry")) == 2
        links = rels(feed)
        assert links["current"] == f"{up}feed.atom"
        assert links.get("prev-archive") == (f"{there}{number - 1}.atom" if number > 1 else None)
        assert links.get("next-archive") == (f"{there}{number + 1}.atom" if number < 3 else None)


def test_what_the_settings_say_of_the_feed(make_edition, make_story, make_article):
    feed, _ = atom(
        make_edition(
            make_story(make_article()),
            base_url="https://n.example/",
            hubs=("https://a.example/", "https://b.example/"),
            rights="Of their publishers",
            license="https://creativecommons.org/licenses/by/4.0/",
            icon="https://n.example/i.png",
            logo="https://n.example/l.png",
            ttl=timedelta(minutes=30),
            robots="noindex",
        )
    )
    links = [(link.get("rel"), link.get("href")) for link in feed.findall(ATOM + "link")]
    assert links[2:] == [
        ("hub", "https://a.example/"),
        ("hub", "https://b.example/"),
        ("license", "https://creativecommons.org/licenses/by/4.0/"),
    ]
    assert feed.findtext(ATOM + "rights") == "Of their publishers"
    assert feed.findtext(ATOM + "icon") == "https://n.example/i.png"
    assert feed.findtext(ATOM + "logo") == "https://n.example/l.png"
    module = "{http://purl.org/rss/1.0/modules/syndication/}"
    assert feed.findtext(module + "updatePeriod") == "daily"
    assert feed.findtext(module + "updateFrequency") == "48"
    restriction = feed.find("{http://www.bloglines.com/about/specs/fac-1.0}restriction")
    assert restriction.get("relationship") == "deny"
    assert feed.find(ATOM + "generator").text == "aggregator"


def test_a_story_leads_to_what_it_follows_up(make_edition, make_story, make_article):
    earlier = make_story(make_article("x", "The day before"))
    article = make_article("y", feed="other")
    match = Match(a="y", b="x", level=Level.EVENT, probability=0.6, reasons=())
    story = make_story(
        article,
        related=(
            Related(story=earlier.id, match=match),
            Related(story="urn:uuid:unpublished", match=match),
        ),
    )
    _, read = atom(make_edition(earlier, story))
    entry = next(entry for entry in read.entries if entry.id == story.id)
    assert [(link.href, link.title) for link in links(entry, "related")] == [
        ("https://daily.example/x", "Earlier: The day before")
    ]
    assert "Earlier:" in entry.content[0].value


@pytest.mark.parametrize(
    ("excerpt", "expected"),
    [("full", "<p>One. Two <b>three</b>.</p><p>Four.</p>"), (8, "<p>One. …</p>"), (0, "")],
)
def test_the_content_is_as_long_as_the_settings_allow(
    make_edition, make_story, make_article, excerpt, expected
):
    article = make_article(
        content="<p>One. Two <b>three</b>.</p><p>Four.</p>", lead="One. Two three. Four."
    )
    _, read = atom(make_edition(make_story(article), excerpt=excerpt))
    content = read.entries[0].content[0].value
    assert expected in content
    assert ("Four" in content) is (excerpt == "full")
    assert ("One" in content) is (excerpt != 0)
