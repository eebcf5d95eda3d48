import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.publish.link import address, loadable


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
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/%E6%96%B0", "https://a.example/%E6%96%B0"),
        ('https://a.example/"><script>', "https://a.example/%22%3E%3Cscript%3E"),
        ("http://[2001:db8::1]/x", "http://[2001:db8::1]/x"),
    ],
)
def test_a_web_address_is_an_absolute_uri(url, expected):
    assert address(url) == expected


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8080",
        "localhost.",
        "printer.localhost",
        "127.0.0.1",
        "192.168.1.1:80",
        "169.254.169.254",
        "[::1]",
        "[fd00::1]",
        "[::ffff:10.0.0.1]",
        "2130706433",
        "0x7f.1",
        "127.1",
        "0300.0250.1.1",
    ],
)
def test_no_reader_is_made_to_ask_its_own_network(host):
    assert loadable(f"http://{host}/a.png") is None


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.example/a.png",
        "https://93.184.215.14/a.png",
        "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/a.png",
        "https://4chan.example/a.png",
    ],
)
def test_what_is_on_the_internet_may_be_loaded(url):
    assert loadable(url) == url


@pytest.mark.parametrize("url", [None, "", "data:image/png,x", "ftp://cdn.example/a.png"])
def test_what_is_no_web_address_is_not_loaded(url):
    assert loadable(url) is None


@given(st.text(st.characters(codec=None)))
@example("\ud800")
def test_an_address_is_ascii_and_stays_what_it_is(rest):
    url = address("https://a.example/" + rest)
    assert url is not None
    assert url.isascii()
    assert not set(url) & set(' <>"{}|\\^`[]\n\t')
    assert address(url) == url
