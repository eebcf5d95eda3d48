import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse import refusal

URL = "https://example.org/dir/"
PIECES = st.sampled_from(
    [b"<html>", b"<![", b"<!--", b"<link ", b"<base href=", b'"http://[', b">", b"<script>", b"</"]
)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<!DOCTYPE html><p>", True),
        (b"\n<HTML lang=en>", True),
        (b"<head><title>x</title></head>", True),
        (b"<rss><channel><description>&lt;html></description></channel></rss>", False),
        (b"<rss><![CDATA[<html>]]></rss>", False),
        (b"<br /><b>Warning</b>: x<rss></rss>", False),
        (b"<div>Notice</div><feed></feed>", False),
        (b"<urlset/>", False),
    ],
)
def test_pages_are_told_from_feeds(data, expected):
    assert refusal.is_page(data) is expected


@given(st.lists(PIECES | st.binary(max_size=5)).map(b"".join))
def test_every_page_gives_an_error_in_words(data):
    assert "HTML page" in str(refusal.page(data, URL))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"Not found", "“Not found”"),
        ("Seite nicht verfügbar".encode(), "verfügbar"),
        (b"\x1f\x9d\x90garbage", "binary data"),
        (b"\xff\xd8\xff\xe0", "binary data"),
    ],
)
def test_what_is_no_markup_is_shown_if_it_can_be(body, told):
    assert told in str(refusal.neither(body))
