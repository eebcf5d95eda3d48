"""Reading only what is new must give what reading everything gives."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ParseError
from aggregator.parse import parse

CORPUS = Path(__file__).parent / "corpus"
DOCUMENTS = [
    path
    for path in sorted(CORPUS.iterdir())
    if path.suffix in {".xml", ".json"} and not path.name.endswith(".expect.json")
]
RSS = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"{}>'
    "<channel><title>Feed</title>{}<language>en</language></channel></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"{}><title>Feed</title>'
    "<author><name>Desk</name></author>{}</feed>"
)
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"{}>'
    "<channel><title>Feed</title></channel>{}</rdf:RDF>"
)
RSS_PARTS = st.sampled_from(
    [
        *("<title>A &amp; B</title>", "<title/>", "<link>https://example.org/1</link>"),
        *("<guid>g</guid>", '<guid isPermaLink="false">h</guid>', "<dc:language>fr</dc:language>"),
        *("<description><![CDATA[<item>x</item>]]></description>", "<description>s</description>"),
        *("<content:encoded>&lt;p&gt;c</content:encoded>", "<dc:creator>Ann</dc:creator>"),
        *("<category>c</category>", "<pubDate>Fri, 17 Oct 2025 10:00:00 GMT</pubDate>"),
        *('<media:thumbnail url="t.jpg"/>', '<source url="s">S</source>', "<!-- <item> -->"),
        *('<enclosure url="e.mp3" type="audio/mpeg" length="1"/>', "<dc:date>2025</dc:date>"),
        *("<media:group><media:title>m</media:title></media:group>", "<image><url>i</url></image>"),
    ]
)
ATOM_PARTS = st.sampled_from(
    [
        *('<title type="html">A</title>', "<title>B</title>", '<link href="x"/>', "<id>i</id>"),
        *(
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><b>x</b></div></content>',
        ),
        *('<summary xml:lang="de">s</summary>', "<author><name>Ann</name></author>"),
        *("<source><title>S</title><updated>2024</updated></source>", '<category term="c"/>'),
        *("<updated>2025</updated>", "<published>2024</published>", '<content xml:base="b/"/>'),
    ]
)


def item(name: str) -> st.SearchStrategy[str]:
    parts = RSS_PARTS if name == "item" else ATOM_PARTS
    return st.lists(parts, max_size=5).map(lambda inside: f"<{name}>{''.join(inside)}</{name}>")


def feeds() -> st.SearchStrategy[tuple[str, str, list[str]]]:
    attributes = st.sampled_from(["", ' xml:lang="zh-Hant"', ' xml:base="https://b.example/d/"'])
    return st.one_of(
        *(
            st.tuples(st.just(shell), attributes, st.lists(item(name), max_size=5))
            for shell, name in ((RSS, "item"), (RDF, "item"), (ATOM, "entry"))
        )
    )


@given(feeds(), st.data())
def test_the_new_items_are_read_as_within_the_whole(respond, feed, data):
    shell, attributes, items = feed
    whole = parse(respond(shell.format(attributes, "".join(items)).encode()))
    assert len(whole.digests) == len(items)
    seen = frozenset(data.draw(st.lists(st.sampled_from(whole.digests)))) if items else frozenset()
    part = parse(respond(shell.format(attributes, "".join(items)).encode()), seen)
    assert part.entries == tuple(
        entry
        for entry, digest in zip(whole.entries, whole.digests, strict=True)
        if digest not in seen
    )
    assert replace(part, entries=()) == replace(whole, entries=())


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_seen_before_has_nothing_new(respond, path):
    try:
        whole = parse(respond(path.read_bytes()))
    except ParseError:
        return
    again = parse(respond(path.read_bytes()), frozenset(whole.digests))
    assert not again.entries or not whole.digests
    assert again.digests == whole.digests
    assert again.title == whole.title
    assert again.format == whole.format


def test_an_edit_and_another_context_are_new(respond):
    def digests(attributes: str, title: str) -> tuple[str, ...]:
        return parse(respond(RSS.format(attributes, f"<item>{title}</item>").encode())).digests

    assert digests("", "a") == digests("", "a")
    assert digests("", "a") != digests("", "b")
    assert digests("", "a") != digests(' xml:lang="de"', "a")
