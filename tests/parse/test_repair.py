from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.parse.outline import MAX_ATTRIBUTES, outline
from aggregator.parse.repair import repair

PIECES = st.sampled_from(
    [
        *("<", ">", "&", '"', "'", "=", "/", " ", "]]>", "<![CDATA[", "<!--", "-->", "<?", "?>"),
        *("<!DOCTYPE a [", "]>", "&amp;", "&nbsp;", "&#0;", "&#xD800;", "&#65;", "&a", "é", "漢"),
        *("<rss>", "</rss>", "<item>", "</Item>", "<ENTRY>", "</entry>", "<br>", "<x:y>", "</x:y>"),
        *("<a b='<'>", '<a b="c" b="d">', "<a xmlns=''>", '<a xmlns:x="">', "<a x:b='1' y:b='1'>"),
        *('<a xmlns:x="http://www.w3.org/XML/1998/namespace">', "<xmlns:a>", "<xml:a>", "<a:b:c>"),
        *('<a xmlns="u v">', "<a/>", "<a b/>", "<a b=c>", "<é>", "<a é='1'>", "text", "\n"),
    ]
)
DOCUMENTS = st.lists(PIECES | st.text(st.characters(exclude_categories=["C"]), max_size=5))


@given(DOCUMENTS.map("".join))
@example("<rss>" + "<a>" * 300)
@example('<a xmlns:p="u" xmlns:q="u" p:x="1" q:x="2">')
def test_what_comes_out_is_well_formed(text):
    repaired = repair("<rss>" + text)
    outline(repaired.text.encode())


@given(DOCUMENTS.map("".join))
def test_repairing_twice_changes_nothing(text):
    once = repair("<rss>" + text).text
    assert ET.canonicalize(repair(once).text) == ET.canonicalize(once)


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("<a>Fish & Chips &copy R&D</a>", "<a>Fish &amp; Chips &amp;copy R&amp;D</a>"),
        ("<a>1 < 2 && 3</a>", "<a>1 &lt; 2 &amp;&amp; 3</a>"),
        ("<a>&eacute;&nbsp;&nosuch;</a>", "<a>é\xa0&amp;nosuch;</a>"),
        ("<a>&lt;&LT;</a>", "<a>&lt;&lt;</a>"),
        ("<a>&#0;&#x1F;&#xFFFF;&#x110000;&#9;</a>", "<a>\ufffd\ufffd\ufffd\ufffd&#9;</a>"),
        ("<a>&#X41;&#x41;</a>", "<a>&#65;&#65;</a>"),
        ("<a><b>x</a>", "<a><b>x</b></a>"),
        ("<a>x</b></a>", "<a>x</a>"),
        ("<a>x<br>y</a>", "<a>x<br></br>y</a>"),
        ("<a><B>x</b></A>", "<a><B>x</B></a>"),
        ("<a b=c d='e' b='f' g>x</a>", '<a b="c" d="e">x</a>'),
        ("<a><![CDATA[<&]]></a>junk", "<a><![CDATA[<&]]></a>"),
        ("<a><!-- x --><?y z?>b</a>", "<a>b</a>"),
        ("<a>]]></a>", "<a>]]&gt;</a>"),
        ("<a/><b/>", "<a></a>"),
        ("<a><dc:b/></a>", '<a xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:b></dc:b></a>'),
        ("<a><q:b/></a>", '<a xmlns:q="urn:undeclared:q"><q:b></q:b></a>'),
        ("junk without a tag", ""),
    ],
)
def test_common_damage(broken, mended):
    assert repair(broken).text == mended


def test_prefix_declared_too_far_inside_is_declared_for_all():
    text = repair('<a><p:b/><c xmlns:p="urn:p"><p:d/></c></a>').text
    assert ET.fromstring(text)[0].tag == "{urn:p}b"


@pytest.mark.parametrize("opening", ["<![CDATA[", "<!--", "<?"])
def test_what_never_ends_is_text(opening):
    text = f"<a>{opening}x{opening}y</a>"
    assert ET.fromstring(repair(text).text).text == f"{opening}x{opening}y"


def test_attributes_beyond_measure_go():
    attributes = " ".join(f'a{n}="{n}"' for n in range(1000))
    assert len(ET.fromstring(repair(f"<a {attributes}>").text).attrib) == MAX_ATTRIBUTES


def test_cut_item_is_dropped():
    repaired = repair("<rss><channel><item>1</item><item><title>2</titl")
    assert repaired.text == "<rss><channel><item>1</item></channel></rss>"
    assert repaired.truncated


def test_end_missing_after_whole_items_loses_none():
    repaired = repair("<rss><channel><item>1</item><item>2</item>")
    assert repaired.text.count("<item>") == 2
    assert repaired.truncated


def test_item_opened_within_an_item_ends_it():
    repaired = repair("<rss><item><title>1<item><title>2</title></item></rss>")
    assert repaired.text == (
        "<rss><item><title>1</title></item><item><title>2</title></item></rss>"
    )
    assert not repaired.truncated
