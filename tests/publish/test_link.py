import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.publish.link import address


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "/relative",
        "//host/path",
        "https://",
        "https:///path",
        "https://user:secret@host.example/",
        "https://bank.example@evil.example/",
        "https://host.example:port/",
        "https://[::1/",
        "https://" + "a" * 64 + ".example/",
    ],
)
def test_what_is_no_web_address_is_not_linked(url):
    assert address(url) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/b?c=d&e=f#g", "https://a.example/b?c=d&e=f#g"),
        ("HTTPS://A.Example:8443/B", "https://a.example:8443/B"),
        ("https://a.example/新聞/1 2", "https://a.example/%E6%96%B0%E8%81%9E/1%202"),
        ("https://新聞.example/", "https://xn--efvv70d.example/"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/%E6%96%B0", "https://a.example/%E6%96%B0"),
        ('https://a.example/"><script>', "https://a.example/%22%3E%3Cscript%3E"),
        ("http://[2001:db8::1]/x", "http://[2001:db8::1]/x"),
    ],
)
def test_a_web_address_is_an_absolute_uri(url, expected):
    assert address(url) == expected


@given(st.text(st.characters(codec=None)))
def test_an_address_is_ascii_and_stays_what_it_is(rest):
    url = address("https://a.example/" + rest)
    assert url is not None
    assert url.isascii()
    assert not set(url) & set(' <>"{}|\\^`[]\n\t')
    assert address(url) == url
