"""What other programs make of the feeds: they find what was written, and nothing to complain of.

``NODE_MODULES`` names a folder with npm's feedsmith, jsonfeed-schema and vnu-jar, ``READER`` one
with PyPI's reader, as .ci/run makes them.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from html import escape, unescape
from pathlib import Path
from typing import Any

import feedparser
import jsonschema
import pytest

from aggregator.model import Enclosure, Level, Match, Related, Tombstone
from aggregator.publish import Edition, render
from aggregator.publish.html import content
from aggregator.publish.item import Item, items

MODULES = Path(os.environ.get("NODE_MODULES", "node_modules")).absolute()
FEEDSMITH = Path(__file__).with_name("feedsmith.mjs")
FEEDS = ("feed.atom", "feed.rss", "feed.json")
TITLES = {
    "markup": ("en", 'Why <b> & <script>alert(1)</script> ]]> are "text" in R&D\'s &amp;'),
    "hebrew": ("he", "קונצרט חדש: 3 הופעות (2025)"),
    "turned": ("ar", "ترامب \u202eيلتقي\u202c زيلينسكي – 17/10"),
    "joined": ("ja", "東京🗼で👨‍👩‍👧‍👦の祭り\u3000🏳️‍🌈"),
    "long": ("zh-Hant", "很長的標題，" * 400),
    "unfit": ("en", "One\0two\x1b\ud800three\ufffe\x85four\u2028five"),
    "unknown": (None, "…"),
}


@pytest.fixture(scope="module")
def edition(make_edition, make_story, make_article, make_feed, noon) -> Edition:
    """Everything that a feed of ours can hold, in words that are hard to write down."""
    articles = [
        make_article(
            name,
            title,
            f"{title} It is told at length.",
            feed="daily" if number % 2 else "weekly",
            language=language,
            publisher=f"The {title}"[:60],
            authors=(f"By {title[:40]}", "Zoë O'Neil & Sons"),
            categories=(title[:30], "World"),
            link=f"https://daily.example/{name}?a=1&b={title[:9]}",
            content=f"<p>{escape(title.replace(chr(0), ''))}</p><ul><li>one</li><li>two</li></ul>",
            image="https://cdn.example/i.jpg?w=1&h=2",
            enclosures=(
                Enclosure(url="https://cdn.example/a.mp3?x=1&y=2", type="audio/mpeg", length=7),
            ),
            published=noon + timedelta(minutes=number),
        )
        for number, (name, (language, title)) in enumerate(TITLES.items())
    ]
    match = Match(a="markup", b="hebrew", level=Level.EVENT, probability=0.6, reasons=())
    stories = [
        make_story(article, updated=noon + timedelta(hours=1, milliseconds=number))
        for number, article in enumerate(articles[1:])
    ]
    large = make_story(
        articles[0],
        *(
            make_article(f"{a.id}-too", a.title, feed="other", language=a.language)
            for a in articles
        ),
        related=(Related(story=stories[0].id, match=match),),
    )
    made: Edition = make_edition(
        large,
        *stories,
        feeds=[make_feed("daily", category="News/Asia"), make_feed("weekly"), make_feed("other")],
        title="News & <views>",
        base_url="https://news.example/f/",
        hubs=("https://hub.example/",),
        rights="Of their publishers",
        license="https://creativecommons.org/licenses/by/4.0/",
        icon="https://news.example/i.png",
        ttl=timedelta(minutes=30),
        robots="noindex",
        excerpt="full",
    )
    stone = Tombstone(
        story="urn:uuid:5b0d9c5e-1f0c-5b43-9c7e-6f0f6a1c2d11", survivor=large.id, at=noon
    )
    return replace(made, withdrawn=(stone,))


@pytest.fixture(scope="module")
def told(edition) -> Sequence[Item]:
    return items(edition)


@pytest.fixture(scope="module")
def published(edition, tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("published")
    for name, text in render(edition).items():
        (folder / name).write_bytes(text)
    (folder / "contents.html").write_text(
        "<!doctype html><html lang=en><title>Entries as readers show them</title>"
        + "".join(f"<article>{content(item)}</article>" for item in items(edition)),
        encoding="utf-8",
    )
    return folder


@pytest.fixture(scope="module")
def feedsmith(published) -> Mapping[str, Any]:
    """What feedsmith reads in each file."""
    if not (MODULES / "feedsmith").exists():
        pytest.skip("feedsmith is not installed: npm install feedsmith, and NODE_MODULES=…")
    names = (*FEEDS, "feeds.opml")
    command = ["node", FEEDSMITH, MODULES, *(published / name for name in names)]
    done = subprocess.run(command, check=True, capture_output=True)
    return dict(zip(names, json.loads(done.stdout), strict=True))


def seconds(time: datetime) -> datetime:
    return time.replace(microsecond=0)


def test_feedparser_finds_every_story_in_the_documents(published, told):
    for name in FEEDS[:2]:
        text = (published / name).read_bytes()
        read = feedparser.parse(text, sanitize_html=False, resolve_relative_uris=False)
        assert not read.bozo, name
        assert [(e.id, e.link) for e in read.entries] == [(i.id, i.lead.link) for i in told]
        for entry, item in zip(read.entries, told, strict=True):
            assert tuple(author.name for author in entry.authors) == item.authors
            assert tuple(tag.term for tag in entry.tags) == item.categories
            assert entry.content[0].value == content(item)
            assert datetime.fromisoformat(entry.updated) == item.updated
        if name == "feed.atom":
            assert [unescape(e.title) for e in read.entries] == [i.lead.title for i in told]


def test_feedsmith_finds_every_story_in_the_atom_feed(feedsmith, told):
    read = feedsmith["feed.atom"]
    assert read["format"] == "atom"
    for entry, item in zip(read["feed"]["entries"], told, strict=True):
        links = {link["rel"]: link for link in reversed(entry["links"])}
        assert entry["id"] == item.id
        assert unescape(entry["title"]["value"]) == item.lead.title
        assert entry["title"]["xml"] == {"lang": item.lead.language or "und"}
        assert links["alternate"]["href"] == item.lead.link
        assert links["enclosure"]["href"] == item.enclosures[0].url
        assert [author["name"] for author in entry["authors"]] == [*item.authors]
        assert [category["term"] for category in entry["categories"]] == [*item.categories]
        assert entry["content"] == {"value": content(item), "type": "html"}
        assert datetime.fromisoformat(entry["updated"]) == item.updated
        assert datetime.fromisoformat(entry["published"]) == seconds(item.published)
        assert entry["media"]["thumbnails"] == [{"url": item.image}]
        assert entry["source"]["title"]["value"] == item.feed.name


def test_feedsmith_finds_every_story_in_the_rss_feed(feedsmith, told, edition):
    read = feedsmith["feed.rss"]
    assert read["format"] == "rss"
    assert read["feed"]["title"] == edition.title
    for entry, item in zip(read["feed"]["items"], told, strict=True):
        assert entry["guid"] == {"value": item.id, "isPermaLink": False}
        assert entry["title"] == item.lead.title
        assert entry["link"] == item.lead.link
        assert entry["dc"]["creators"] == [*item.authors]
        assert [category["name"] for category in entry["categories"]] == [*item.categories]
        assert entry["content"]["encoded"] == content(item)
        assert entry["enclosures"][0]["url"] == item.enclosures[0].url
        assert parsedate_to_datetime(entry["pubDate"]) == seconds(item.published)
        assert datetime.fromisoformat(entry["atom"]["updated"]) == item.updated


def test_feedsmith_finds_every_story_in_the_json_feed(feedsmith, told, edition):
    read = feedsmith["feed.json"]
    assert read["format"] == "json"
    assert read["feed"]["title"] == edition.title
    for entry, item in zip(read["feed"]["items"], told, strict=True):
        assert (entry["id"], entry["url"]) == (item.id, item.lead.link)
        assert (entry["title"], entry["content_html"]) == (item.lead.title, content(item))
        assert [author["name"] for author in entry["authors"]] == [*item.authors]
        assert entry["tags"] == [*item.categories]
        assert entry["attachments"][0]["url"] == item.enclosures[0].url
        assert datetime.fromisoformat(entry["date_modified"]) == item.updated


def test_feedsmith_finds_every_subscription(feedsmith):
    news, *others = feedsmith["feeds.opml"]["body"]["outlines"]
    (asia,) = news["outlines"]
    assert (news["text"], asia["text"], asia["outlines"][0]["text"]) == ("News", "Asia", "Daily")
    assert [feed["xmlUrl"] for feed in others] == [
        "https://weekly.example/feed.xml",
        "https://other.example/feed.xml",
    ]


def test_the_json_feed_is_as_its_schema_says(published):
    schema = MODULES / "jsonfeed-schema" / "schema-v1.1.json"
    if not schema.exists():
        pytest.skip("jsonfeed-schema is not installed: npm install jsonfeed-schema, NODE_MODULES=…")
    validator = jsonschema.Draft7Validator(
        json.loads(schema.read_bytes()), format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER
    )
    feed = json.loads((published / "feed.json").read_bytes())
    assert list(validator.iter_errors(feed)) == []
    assert list(validator.iter_errors({**feed, "items": 7}))


def test_the_page_and_the_entries_are_valid_html(published):
    vnu = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    if not vnu.exists() or shutil.which("java") is None:
        pytest.skip("vnu is not installed: npm install vnu-jar, NODE_MODULES=…; it needs Java")
    pages = [published / "index.html", published / "contents.html"]
    command = ["java", "-jar", vnu, "--stdout", "--exit-zero-always", "--format", "json", *pages]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert [one["message"] for one in found["messages"] if one["type"] == "error"] == []


def test_reader_finds_every_story(published, told):
    sys.path.append(os.environ.get("READER", ""))
    library = pytest.importorskip("reader", reason="reader (PyPI) is not installed; READER=…")
    with library.make_reader(":memory:", feed_root=str(published)) as reader:
        for name in FEEDS:
            reader.add_feed(name)
        reader.update_feeds()
        assert not reader.get_feed_counts().broken
        for name in FEEDS:
            read = {entry.id: entry for entry in reader.get_entries(feed=name)}
            assert set(read) == {item.id for item in told}
            for item in told:
                entry = read[item.id]
                assert entry.link == item.lead.link
                assert entry.published == seconds(item.published)
                assert seconds(entry.updated) == seconds(item.updated)
                assert item.authors[-1] in entry.authors_str
