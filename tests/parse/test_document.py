import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.characters import drop_forbidden
from aggregator.parse.document import DECLARATION, isolate

FEED = b"<rss><channel/></rss>"


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"\n\n \t",
        b'<?xml version="1.0"?>',
        b'<?xml version="1.1" encoding="big5" standalone="yes"?>\n',
        b"<!DOCTYPE rss>",
        b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://example.org/rss>.dtd">\n',
    ],
)
def test_what_belongs_before_a_feed_goes_silently(before):
    document = isolate(before + FEED)
    assert document.data == DECLARATION + FEED
    assert document.problems == ()


@pytest.mark.parametrize(
    "subset",
    [
        b'<!ENTITY a "b">',
        b"<!-- don't --><!ENTITY a SYSTEM 'file:///etc/passwd'>",
        b'<!ENTITY % p SYSTEM "http://example.org/x.dtd"> %p;',
        b'<!ENTITY a "]>"><!ELEMENT rss ANY>',
    ],
)
def test_internal_subsets_go_and_are_told(subset):
    document = isolate(b'<?xml version="1.0"?><!DOCTYPE rss [' + subset + b"] >" + FEED)
    assert document.data == DECLARATION + FEED
    assert len(document.problems) == 1


def test_text_before_is_told():
    document = isolate(b"<b>Notice</b>: Undefined index\n<?xml version='1.0'?>" + FEED)
    assert document.data == DECLARATION + FEED
    assert document.problems == ("31 bytes of other text stood before it",)
    assert isolate(b"." + FEED).problems == ("1 byte of other text stood before it",)


def test_declaration_within_an_item_is_no_beginning():
    feed = b'<rss><channel><item><![CDATA[<?xml version="1.0"?>]]></item></channel></rss>'
    assert isolate(feed).data == DECLARATION + feed


@given(st.binary(max_size=300))
def test_isolating_twice_changes_nothing(data):
    once = isolate(drop_forbidden(data).data).data
    assert isolate(once).data == once
