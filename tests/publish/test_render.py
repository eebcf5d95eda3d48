import json
import pickle
import subprocess
import sys
from copy import deepcopy
from html import unescape
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aggregator.model import Enclosure, Part
from aggregator.publish import render
from aggregator.publish.item import EXCERPT, TITLE
from aggregator.publish.text import line

ATOM = "{http://www.w3.org/2005/Atom}"
WORDS = ("title", "lead", "name", "rest")
ANY = st.text(st.characters(codec=None), max_size=60)


def text(construct: Any) -> str:
    """Return what a text construct says (RFC 4287 section 3.1)."""
    said: str = construct.text or ""
    return unescape(said) if construct.get("type") == "html" else said


def test_these_files_are_published(make_edition):
    assert set(render(make_edition())) == {
        *("feed.atom", "feed.rss", "feed.json", "index.html", "feeds.opml")
    }


def test_the_same_edition_gives_the_same_bytes(make_edition, coverage_in_three_languages):
    edition = make_edition(coverage_in_three_languages, base_url="https://n.example/")
    assert render(edition) == render(deepcopy(edition))


def test_the_bytes_do_not_depend_on_the_process(make_edition, coverage_in_three_languages):
    edition = make_edition(coverage_in_three_languages)
    script = "import pickle, sys; from aggregator.publish import render;"
    script += "sys.stdout.buffer.write(pickle.dumps(render(pickle.load(sys.stdin.buffer))))"
    other = subprocess.run(
        [sys.executable, "-c", script],
        input=pickle.dumps(edition),
        stdout=subprocess.PIPE,
        check=True,
    )
    assert pickle.loads(other.stdout) == render(edition)


def test_all_formats_tell_the_same_stories(
    make_edition, make_story, make_article, coverage_in_three_languages
):
    files = render(make_edition(coverage_in_three_languages, make_story(make_article("other"))))
    atom = [(e.id, e.title) for e in feedparser.parse(files["feed.atom"]).entries]
    rss = [(e.id, e.title) for e in feedparser.parse(files["feed.rss"]).entries]
    feed = [(e["id"], e["title"]) for e in json.loads(files["feed.json"])["items"]]
    assert len(atom) == 2
    assert atom == rss == feed


@settings(max_examples=60, deadline=None)
@example(words=dict.fromkeys(WORDS, "\0\x1b\r\ud800\ufffe\x85\u202e]]>&<\"'"))
@given(words=st.fixed_dictionaries(dict.fromkeys(WORDS, ANY)))
def test_whatever_a_feed_says_the_documents_are_well_formed_and_say_it(
    make_edition, make_story, make_article, make_feed, words
):
    title, lead, name, rest = words.values()
    article = make_article(
        title=title,
        parts=(Part(language=None, title=title, lead=lead),),
        publisher=name,
        authors=(name,),
        categories=(name,),
        link="https://a.example/" + rest,
        enclosures=(Enclosure(url="https://a.example/" + rest, type=rest),),
    )
    feed = make_feed(category=name)
    other = make_article("other", title, publisher=name)
    edition = make_edition(make_story(article, other), feeds=[feed], title=name)
    files = render(edition)

    atom: Any = ET.fromstring(files["feed.atom"])
    rss = ET.fromstring(files["feed.rss"])
    ET.fromstring(files["feeds.opml"])
    (item,) = json.loads(files["feed.json"])["items"]
    files["index.html"].decode()

    expected = line(title) or line(lead) or line(name) or "daily"
    assert len(expected) <= min(TITLE, EXCERPT)
    entry = atom.find(ATOM + "entry")
    assert text(entry.find(ATOM + "title")) == expected
    assert rss.findtext("channel/item/title") == expected
    assert item["title"] == expected
    if line(lead) not in {"", expected}:
        assert text(entry.find(ATOM + "summary")) == line(lead)
        assert item["summary"] == line(lead)
    links = [link.get("href") for link in entry.findall(ATOM + "link")]
    assert item["url"] in links
    assert rss.findtext("channel/item/link") == item["url"]
