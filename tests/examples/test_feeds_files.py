"""The example feeds are what their README and expected.json say they are."""

import json
from collections import Counter
from pathlib import Path
from unicodedata import normalize

import feedparser
import pytest
import yaml

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
EXPECTED = json.loads((EXAMPLES / "expected.json").read_text("utf-8"))
SUBSCRIPTIONS = yaml.safe_load((EXAMPLES / "feeds.yaml").read_text("utf-8"))["feeds"]
FILES = {feed["id"]: feed["url"].removeprefix("file:") for feed in SUBSCRIPTIONS}
FORMATS = {
    "feeds/asagiri-shimbun.rdf": "rss10",
    "feeds/correo-del-sur.xml": "rss20",
    "feeds/formosa-daily.xml": "rss20",
    "feeds/harbour-times.xml": "rss20",
    "feeds/kowloon-herald.xml": "rss20",
    "feeds/meridian-wire.atom": "atom10",
    "feeds/nanyang-express.json": "json11",
    "feeds/northgate-post.json": "json11",
    "feeds/old-mill-bulletin.xml": "rss091n",
    "feeds/rheinblick.atom": "atom10",
    "feeds/signal-and-noise.xml": "rss20",
    "feeds/updates/harbour-times.xml": "rss20",
    "feeds/window-digest.xml": "rss20",
    "feeds/xinlu.xml": "rss20",
    "feeds/yushan-review.atom": "atom03",
}
ENCODINGS = {
    "feeds/correo-del-sur.xml": "iso-8859-1",
    "feeds/kowloon-herald.xml": "big5",
    "feeds/xinlu.xml": "gb18030",
}
COPIES = EXPECTED["copies"]
STORY_OF = {name: key for key, story in EXPECTED["stories"].items() for name in story["articles"]}


def read(file: str) -> tuple[str, list[tuple[str, str]]]:
    """Return a feed file's format and, by guid or else link, its items' links."""
    body = (EXAMPLES / file).read_bytes()
    if file.endswith(".json"):
        feed = json.loads(body)
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        return "json11", [(item["id"], item["url"]) for item in feed["items"]]
    feed = feedparser.parse(body)
    assert not feed.bozo, feed.bozo_exception
    return feed.version, [(entry.get("id") or entry.link, entry.link) for entry in feed.entries]


def text_of(name: str) -> str:
    """Return the text of an item that ``expected.json`` names."""
    feed, _, guid = name.partition("#")
    body = (EXAMPLES / FILES[feed]).read_bytes()
    if FILES[feed].endswith(".json"):
        texts = {item["id"]: item["content_text"] for item in json.loads(body)["items"]}
    else:
        texts = {e.get("id") or e.link: e.summary for e in feedparser.parse(body).entries}
    return str(texts[guid])


def test_every_file_is_listed():
    found = {p.relative_to(EXAMPLES).as_posix() for p in (EXAMPLES / "feeds").rglob("*.*")}
    assert found == set(FORMATS)
    assert set(FILES.values()) == {file for file in found if "/updates/" not in file}


@pytest.mark.parametrize("file", FORMATS)
def test_each_file_parses_in_its_format(file):
    version, items = read(file)
    assert version == FORMATS[file]
    assert 6 <= len(items) <= 12
    assert all(link for _, link in items)
    assert not [guid for guid, count in Counter(guid for guid, _ in items).items() if count > 1]


@pytest.mark.parametrize("file", FORMATS)
def test_each_file_is_in_the_encoding_that_it_declares(file):
    body = (EXAMPLES / file).read_bytes()
    encoding = ENCODINGS.get(file, "utf-8")
    assert not body.decode(encoding).isascii() or encoding == "utf-8"
    if not file.endswith(".json"):
        assert f'encoding="{encoding}"' in body.split(b"\n")[0].decode("ascii").lower()
    if encoding != "utf-8":
        with pytest.raises(UnicodeDecodeError):
            body.decode("utf-8")


def test_gb18030_is_more_than_gbk():
    with pytest.raises(UnicodeDecodeError):
        (EXAMPLES / "feeds/xinlu.xml").read_bytes().decode("gbk")


def test_every_publisher_is_invented():
    hosts = {link.split("/")[2].partition(":")[0] for file in FORMATS for _, link in read(file)[1]}
    assert [host for host in hosts if not host.endswith(".example")] == []


def test_each_item_stands_in_exactly_one_story():
    named = Counter(name for story in EXPECTED["stories"].values() for name in story["articles"])
    written = Counter(f"{feed}#{guid}" for feed, file in FILES.items() for guid, _ in read(file)[1])
    assert named == written
    assert set(named.values()) == {1}


def test_about_half_of_the_items_are_alone():
    alone = [s for s in EXPECTED["stories"].values() if len(s["articles"]) == 1]
    assert 0.4 < len(alone) / len(STORY_OF) < 0.6


def test_stories_named_elsewhere_exist():
    related = {key for story in EXPECTED["stories"].values() for key in story.get("related", ())}
    apart = {key for a, b, _ in EXPECTED["apart"] for key in (a, b)}
    assert related | apart <= set(EXPECTED["stories"])
    assert all(a != b for a, b, _ in EXPECTED["apart"])


@pytest.mark.parametrize(("a", "b"), COPIES + EXPECTED["items"])
def test_copies_and_items_stand_in_one_story(a, b):
    assert STORY_OF[a] == STORY_OF[b]


@pytest.mark.parametrize(("a", "b"), COPIES)
def test_a_copy_holds_the_text_of_its_original(a, b):
    assert normalize("NFKC", text_of(a)) in normalize("NFKC", text_of(b))


def test_the_meeting_is_told_in_every_language():
    languages = {feed["id"]: feed.get("language") for feed in SUBSCRIPTIONS}
    told = {
        languages[n.partition("#")[0]] for n, key in STORY_OF.items() if key == "white-house-1017"
    }
    assert {"zh-Hant", "zh-Hans", "en", "es", "de", "ja"} <= told


def test_the_update_changes_what_it_says():
    update = EXPECTED["update"]
    feed = "harbour-times"
    before = {f"{feed}#{guid}": link for guid, link in read(update["replaces"])[1]}
    after = {f"{feed}#{guid}": link for guid, link in read(update["file"])[1]}
    republished = dict(update["republished"])
    assert after.keys() - before.keys() == {*update["new"], *republished.values()}
    assert before.keys() - after.keys() == {*update["gone"], *republished}
    assert all(before[old] == after[new] for old, new in republished.items())
    assert set(update["edited"]) <= before.keys() & after.keys()
