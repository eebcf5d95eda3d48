import gzip
import pickle
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ParseError
from aggregator.parse import parse

CORPUS = [
    path.read_bytes()
    for path in sorted((Path(__file__).parent / "corpus").iterdir())
    if not path.name.endswith(".expect.json")
]
RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>%s</channel></rss>'


def test_it_can_be_sent_to_another_process(respond):
    feed = parse(respond(RSS % b"<item><title>One</title></item>"))
    assert pickle.loads(pickle.dumps(parse)) is parse
    assert pickle.loads(pickle.dumps(feed)) == feed


def test_errors_can_be_sent_back(respond):
    with pytest.raises(ParseError) as caught:
        parse(respond(b""))
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_gzip_file_without_content_encoding(respond):
    assert len(parse(respond(gzip.compress(RSS % b"<item/>"))).entries) == 1


def test_credentials_stay_out_of_what_links_resolve_against(respond):
    response = replace(respond(RSS % b"<item/>"), final_url="https://u:secret@e.org:81/d/f?key=k")
    assert parse(response).base == "https://e.org:81/d/f"
    page = replace(response, body=b'<html><link rel=alternate type="text/xml" href="x.rss">')
    with pytest.raises(ParseError, match=r"https://e\.org:81/d/x\.rss"):
        parse(page)


def test_ten_thousand_items(respond):
    items = b"".join(b"<item><title>Item %d</title></item>" % i for i in range(10_000))
    feed = parse(respond(RSS % items))
    assert len(feed.entries) == len(set(feed.digests)) == 10_000
    assert not feed.truncated
    assert feed.problems == ()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (RSS % (b"<a>" * 100_000 + b"</a>" * 100_000), "deep"),
        (RSS % (b"<item " + b" ".join(b'a%d="1"' % i for i in range(100_000)) + b"/>"), "attrib"),
        (
            RSS
            % (b"<item " + b" ".join(b'xmlns:a%d="u%d"' % (i, i) for i in range(20_000)) + b"/>"),
            "namespaces",
        ),
    ],
    ids=["depth", "attributes", "namespaces"],
)
def test_what_feedparser_cannot_finish_is_refused(respond, body, reason):
    with pytest.raises(ParseError, match=reason):
        parse(respond(body))


@pytest.mark.parametrize(
    ("body", "entries"),
    [
        (RSS % (b"&nbsp;<a " + b"b" * 1_000_000 + b"='1'/><item/>"), 1),
        (b"<!DOCTYPE rss [" + b"<!--" * 250_000 + RSS % b"<item/>", 1),
        (RSS % (b"&nbsp;<item/>" + b"<" * 1_000_000), 1),
        (
            b"<rss a='%s'><channel>%s</channel></rss>" % (b"x" * 1_000_000, b"<item/>" * 20_000),
            20_000,
        ),
    ],
    ids=["attribute's name", "open comments", "brackets", "inherited text"],
)
def test_what_would_take_quadratic_time_is_read(respond, body, entries):
    assert len(parse(respond(body)).entries) == entries


def test_entity_bombs_do_not_expand(respond):
    laughs = b"".join(
        b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 10)
    )
    body = b'<!DOCTYPE rss [<!ENTITY l0 "lol">%s]><rss><channel><item><title>&l9;</title></item>'
    [entry] = parse(respond(body % laughs + b"</channel></rss>")).entries
    assert entry.title is not None
    assert entry.title.value == "&l9;"


def test_what_every_item_inherits_does_not_grow_with_their_number(respond):
    names = b"".join(b"<author><name>%d %s</name></author>" % (n, b"x" * 5000) for n in range(500))
    tag = b"a" * 10_000
    body = (
        b"<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='%s'>%s<entry><title>t</title></entry>"
    )
    feed = parse(respond((body + b"</feed>") % (tag, names)))
    [entry] = feed.entries
    assert feed.language is None
    assert len(entry.authors) == 100
    assert max(map(len, entry.authors)) == 1000
    assert entry.title is not None
    assert entry.title.language is None


def test_huge_title_is_kept(respond):
    [entry] = parse(respond(RSS % (b"<item><title>%s</title></item>" % (b"x" * 1_000_000)))).entries
    assert entry.title is not None
    assert len(entry.title.value) == 1_000_000


def test_html_as_deep_as_it_likes_is_text(respond):
    html = b"<![CDATA[" + b"<div>" * 50_000 + b"]]>"
    [entry] = parse(respond(RSS % (b"<item><description>%s</description></item>" % html))).entries
    assert entry.summary is not None


def test_many_broken_items_are_given_up(respond):
    broken = b"<item><textInput><link>x</link></textInput></item>"
    with pytest.raises(ParseError, match="more than 20 items"):
        parse(respond(RSS % (broken * 100)))


@pytest.mark.parametrize("items", [b"", b"<item/>"])
def test_a_channel_that_feedparser_fails_on_is_refused(respond, items):
    channel = b"<textInput><link>u<x/></link></textInput>"
    with pytest.raises(ParseError, match="feedparser cannot read it"):
        parse(respond(RSS % (channel + items)))


def test_what_only_looks_like_xml_is_refused(respond):
    with pytest.raises(ParseError, match="too broken to read"):
        parse(respond(b'<rss version="2.0></rss>'))


@pytest.mark.parametrize("link", [b"http://[", b"javascript:alert(1)", b"mailto:a@example.org"])
def test_a_site_that_is_no_address_is_none(respond, link):
    feed = parse(respond(RSS % (b"<link>%s</link>" % link)))
    assert feed.link is None
    assert feed.base == "https://feeds.example.org/dir/feed.xml"


@pytest.mark.parametrize("length", range(0, 335, 13))
def test_a_feed_cut_anywhere_gives_its_whole_items(respond, length):
    whole = RSS % b"".join(
        b"<item><guid>%d</guid><description>&lt;b&gt; <![CDATA[x]]></description></item>" % i
        for i in range(4)
    )
    cut = whole[: 50 + length]
    complete = cut.count(b"</item>")
    if not complete:
        with pytest.raises(ParseError, match="cut off before its first item"):
            parse(respond(cut))
        return
    feed = parse(respond(cut))
    assert [entry.guid for entry in feed.entries] == [str(i) for i in range(complete)]
    assert "cut off" in feed.problems[-1]
    assert feed.truncated


@given(st.sampled_from(CORPUS), st.data())
def test_damage_raises_nothing_but_parse_errors(respond, body, data):
    at = data.draw(st.integers(0, len(body)))
    cut = data.draw(st.integers(0, 20))
    noise = data.draw(
        st.binary(max_size=4)
        | st.sampled_from([b"<", b"&", b'"', b"<item>", b"</item>", b"]]>", b"<![CDATA[", b"<!--"])
    )
    with suppress(ParseError):
        feed = parse(respond(body[:at] + noise + body[at + cut :]))
        assert pickle.loads(pickle.dumps(feed)) == feed
