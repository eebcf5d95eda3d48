"""Nothing that can run stands in what is published, whatever feeds send.

The hostile server's documents go the whole way, republished in full; then every element,
attribute and address of every published file is held against what we mean to write.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from aggregator import Aggregator
from aggregator.config import load

SERVER = Path(__file__).parents[3] / "shared" / "tools" / "hostile_server.py"
pytestmark = pytest.mark.skipif(
    not SERVER.exists(), reason="the hostile server lies in ../shared, which is not here"
)
LARGEST = 200_000
"""Bytes of a document: those above test patience, and have tests of their own."""
CONFIG = """
version: 1
encoder: none
store: sqlite:///aggregator.db
retention: {{age: 36500d}}
publish: {{limit: 2000, max_age: 36500d, excerpt: full}}
feeds:
{}
"""
WEB = re.compile(r"https?://[^\s<>\"'`{}|\\^\x00-\x20@]+(@[^\s<>\"]*)?", re.ASCII)
TEXT = frozenset(
    re.findall(
        r"\w+",
        """a abbr b bdi bdo blockquote br caption cite code dd del div dl dt em figcaption figure
        h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong
        sub sup table tbody td th thead time tr u ul var wbr""",
    )
)
PAGE = TEXT | {"html", "head", "body", "meta", "title", "link", "style", "header", "nav", "main"}
PAGE |= {"section", "article", "footer", "details", "summary"}
ATTRIBUTES = {
    "entry": {"lang", "dir", "href", "src", "alt", "datetime"},
    "page": {"lang", "dir", "href", "datetime", "class", "id", "charset", "name", "content"}
    | {"media", "rel", "type", "title", "aria-label", "aria-current", "http-equiv"},
}
OURS = re.compile(r"#(stories|story-[0-9a-f-]{36})|feed\.(atom|rss|json)|feeds\.opml|index\.html")
ICON = "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%2032%2032'"


class Reading(HTMLParser):
    """Notes whatever is not meant to be there."""

    def __init__(self, html: str, kind: str) -> None:
        super().__init__()
        self._tags, self._names = (PAGE if kind == "page" else TEXT), ATTRIBUTES[kind]
        self.found: list[str] = []
        self.styles = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.styles += tag == "style"
        if tag not in self._tags or not given.keys() <= self._names or len(given) < len(attrs):
            self.found.append(self.get_starttag_text() or tag)
        for name in {"href", "src"} & given.keys():
            value = given[name] or ""
            ours = self._tags is PAGE and (
                OURS.fullmatch(value)
                or (given.get("rel") == "icon" and value.startswith(ICON) and "script" not in value)
            )
            if not ours and not WEB.fullmatch(value):
                self.found.append(self.get_starttag_text() or tag)

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}-->")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"<?{data}>")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    folder = tmp_path_factory.mktemp("hostile")
    command = [sys.executable, str(SERVER), "--dump", str(folder / "dump"), "--port", "0"]
    subprocess.run(command, check=True, capture_output=True)
    expected = json.loads((folder / "dump" / "expect.json").read_bytes())
    names = [
        name
        for name, said in expected.items()
        if said["parse"] != "error" and (folder / "dump" / name).stat().st_size < LARGEST
    ]
    feeds = "".join(
        f"  - {{url: 'file:dump/{n}', id: '{n.split('.')[0]}', dedup: 'off'}}\n" for n in names
    )
    config = load(CONFIG.format(feeds), directory=folder, environment={})
    with Aggregator.open(config) as aggregator:
        aggregator.run_once()
    assert len(names) > 100
    return {path.name: path.read_bytes() for path in config.directory.iterdir() if path.is_file()}


def entries(published: Mapping[str, bytes]) -> Iterator[dict[str, Any]]:
    yield from json.loads(published["feed.json"])["items"]


def test_no_entry_holds_more_than_text_links_and_pictures(published):
    contents = [item["content_html"] for item in entries(published)]
    assert [text for html in contents for text in Reading(html, "entry").found] == []
    assert len(contents) > 500


def test_the_page_holds_nothing_but_ours_and_links(published):
    page = Reading(published["index.html"].decode(), "page")
    assert page.found == []
    assert page.styles == 1


@pytest.mark.parametrize("name", ["feed.atom", "feed.rss", "feeds.opml"])
def test_no_address_in_a_document_leads_anywhere_but_the_web(published, name):
    text = published[name].decode()
    assert text.count("<?") == 1
    assert "<!" not in text
    own = {"index.html", "../feed.atom"}
    found = []
    for element in ET.fromstring(text).iter():
        plain = element.tag.rpartition("}")[2]
        addresses = [element.get(key) for key in ("href", "url", "xmlUrl", "src", "uri")]
        if plain in {"link", "url", "docs", "icon", "logo"}:
            addresses.append((element.text or "").strip())
        found += [a for a in addresses if a and a not in own and not WEB.fullmatch(a)]
        assert not any(key.lower().startswith("on") or key == "style" for key in element.attrib)
    assert found == []


def test_no_address_in_the_json_feed_leads_anywhere_but_the_web(published):
    found = []
    for item in entries(published):
        told = item["_aggregator"]
        addresses = [item.get("url"), item.get("image"), told["lead"].get("url")]
        addresses += [one["url"] for one in item.get("attachments", ())]
        addresses += [one.get("url") for one in (*told["also"], *told["earlier"])]
        found += [a for a in addresses if a and not WEB.fullmatch(a)]
    assert found == []


@pytest.mark.parametrize(
    "html",
    [
        "<script>1</script>",
        "<p onclick=x>",
        "<p style='color:red'>",
        "<a href='javascript:x'>",
        "<a href=' &#1;javascript:x'>",
        "<img src='data:image/svg+xml,x'>",
        "<svg><a href='https://a.example/'>",
        "<a href='/relative'>",
        "<a href='https://a.example/' href='https://b.example/'>",
        "<!-- x -->",
        "<?php x ?>",
    ],
)
def test_what_looks_for_it_finds_it(html):
    assert Reading(html, "entry").found
    assert Reading(html, "page").found
