from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import FetchError
from aggregator.poll.address import parse, redirected


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://example.org", "http://example.org/"),
        ("HTTP://Example.ORG:80/a", "http://example.org/a"),
        ("https://example.org:8443/a#top", "https://example.org:8443/a"),
        (
            "https://example.org/ä b?q=ü&x=%C3%BC",
            "https://example.org/%C3%A4%20b?q=%C3%BC&x=%C3%BC",
        ),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://例え.example/パス", "https://xn--r8jz45g.example/%E3%83%91%E3%82%B9"),
        ("http://[2001:DB8::1]:80/x", "http://[2001:db8::1]/x"),
        ("http://example.org./", "http://example.org./"),
        (" https://example.org/feed \n", "https://example.org/feed"),
    ],
)
def test_writes_a_url_in_ascii(url, asked):
    assert parse(url).url == asked


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/feed",
        "ftp://example.org/",
        "file:///etc/passwd",
        "data:,x",
        "http://",
        "http://a b/",
        "http://example.org:99999/",
        "http://example.org:port/",
        "http://[::1/",
        "http://a\N{ACCOUNT OF}b.example/",
        "http://" + "a" * 70 + ".example/",
        "http://exa%6dple.org/",
    ],
)
def test_refuses_what_cannot_be_asked_for(url):
    with pytest.raises(FetchError, match="no address that can be asked for"):
        parse(url)


def test_keeps_credentials_apart():
    address = parse("https://ann:p%40ss:word@example.org/feed")
    assert address.credentials == ("ann", "p@ss:word")
    assert address.url == "https://example.org/feed"


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("http://Example.org/", "example.org:80"),
        ("https://example.org/", "example.org:443"),
        ("http://[::1]:8099/", "[::1]:8099"),
    ],
)
def test_authority(url, authority):
    assert parse(url).authority == authority


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("next", "https://example.org/dir/next"),
        ("/next?x=1", "https://example.org/next?x=1"),
        ("//other.example/x", "https://other.example/x"),
        ("?page=2", "https://example.org/dir/feed?page=2"),
        (" https://other.example/ ", "https://other.example/"),
        ("/x%0d%0aSet-Cookie:%20a=b", "https://example.org/x%0d%0aSet-Cookie:%20a=b"),
        ("/caf\u00c3\u00a9", "https://example.org/caf%C3%A9"),
        ("http://example.org/dir/feed/", "https://example.org/dir/feed/"),
        ("http://other.example:80/", "https://other.example/"),
        ("/caf\u00e9", "https://example.org/caf%C3%A9"),
    ],
)
def test_resolves_a_location(location, target):
    start = parse("https://example.org/dir/feed")
    assert redirected(start, start, location).url == target


def test_credentials_stay_with_their_origin():
    start = parse("https://ann:secret@example.org/")
    assert redirected(start, start, "/b").credentials == ("ann", "secret")
    away = redirected(start, start, "https://other.example/")
    assert away.credentials is None
    assert redirected(start, away, "https://example.org/c").credentials == ("ann", "secret")
    assert redirected(start, start, "https://example.org:8443/").credentials is None
    assert redirected(start, start, "https://eve:x@other.example/").credentials is None


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "gopher://x/",
        "javascript:alert(1)",
        "http://example.org/",
        "http://example.org:8080/",
        "//[",
    ],
)
def test_does_not_follow(location):
    start = parse("https://example.org/")
    with pytest.raises(FetchError, match="redirects"):
        redirected(start, start, location)


@given(st.text())
def test_any_text_is_an_address_or_an_error_in_words(text):
    try:
        address = parse("http://" + text)
    except FetchError:
        return
    assert address.url.isascii()
    assert parse(address.url) == replace(address, credentials=None)
