import json
import tomllib
from importlib.resources import files
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.normalize.url import (
    LONGEST,
    canonical,
    fetchable,
    is_home,
    registrable_domain,
    resolve,
)

RULES = files("aggregator.normalize") / "url.toml"
CASES = json.loads(Path(__file__).with_name("urls.json").read_text(encoding="utf-8"))
BASE = "https://example.org/dir/page?q=1"

anything = st.text(st.characters(exclude_categories=()))
addresses = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTP:/", "https:\\\\"]),
    st.sampled_from(
        ["example.org", "m.example.org", "www.google.com", "youtu.be", "例え.example", "[::1]:80"]
    ),
    st.sampled_from(["", "/", "//", "/amp", "/amp/s/", "/url", "/./../", "/index.html", "/%41"]),
    st.text(max_size=30),
    st.sampled_from(["", "?utm_source=x", "?url=http://a.example/b", "#!x", "?%3d&=&&a", "/amp/"]),
)


@pytest.mark.parametrize("spellings", CASES["same"], ids=lambda spellings: spellings[0])
def test_spellings_of_one_address_have_one_canonical_form(spellings):
    assert len({canonical(spelling) for spelling in spellings}) == 1
    assert canonical(spellings[0]) is not None


@pytest.mark.parametrize(
    ("link", "fetched"),
    [
        ("https://www.example.org/a/?utm_source=x#top", "https://www.example.org/a/"),
        ("http://127.0.0.1:8099/story/1", "http://127.0.0.1:8099/story/1"),
        ("http://Example.org:80/a?id=1", "http://example.org/a?id=1"),
        ("https://m.example.org/a", "https://example.org/a"),
        ("https://www.example.org/a/b-c-d-e/amp/", "https://www.example.org/a/b-c-d-e"),
    ],
)
def test_an_address_can_be_fetched_as_its_link_spells_it(link: str, fetched: str):
    assert fetchable(canonical(link) or "", link) == fetched


@given(addresses)
def test_what_is_fetched_is_the_same_address(address: str):
    link = resolve(None, address)
    if link and (url := canonical(link)):
        assert canonical(fetchable(url, link)) == url


@given(
    st.from_regex(
        r"https?://[a-z0-9.-]{1,70}(?::[0-9]{1,5})?/[A-Za-z0-9._~/-]{,20}(?:\?[a-z=&;-]{,9})?",
        fullmatch=True,
    )
)
@example("https://example.org/a?b=c")
@example(f"https://{'a' * 63}.example/")
@example(f"https://{'a' * 64}.example/")
def test_white_space_around_a_plain_address_changes_nothing(address: str):
    assert resolve(BASE, address) == resolve(BASE, f" {address}\t")


@pytest.mark.parametrize("others", CASES["different"], ids=lambda others: others[0])
def test_different_articles_never_become_one(others):
    for one, other in combinations(others, 2):
        assert canonical(one) != canonical(other)


@pytest.mark.parametrize("text", CASES["none"])
def test_what_is_no_web_address_has_no_canonical_form(text):
    assert canonical(text) is None


@given(st.one_of(anything, addresses))
@example("http://example.org/%%34%31")
@example("https://example.org//other.example/x")
@example("http://www.google.com/url?url=http%3A//www.google.com/url%3Furl%3Dhttp%253A//a.example")
def test_canonical_is_a_fixed_point(text):
    form = canonical(text)

    assert form is None or canonical(form) == form


@given(st.one_of(st.none(), addresses), st.one_of(anything, addresses))
def test_resolving_gives_an_ascii_web_address_or_nothing(base, link):
    address = resolve(base, link)

    if address is not None:
        assert address.isascii()
        assert address.startswith(("http://", "https://"))
        assert not set(address) & set(' <>"\n\t\0')
        assert resolve(None, address) == address


@given(anything)
def test_the_registrable_domain_of_anything_is_text_or_nothing(text):
    assert registrable_domain(text) is None or registrable_domain(text)


def test_the_rules_are_kept_in_order():
    data = tomllib.loads(RULES.read_text(encoding="utf-8"))
    lists = [data["labels"], *data["keep"].values(), *data["hosts"].values()]
    lists += [data["tracking"][key] for key in ("prefixes", "names")]
    lists += [data["tracking"]["values"][key] for key in ("names", "values")]
    lists += [list(data[table]) for table in ("redirectors", "aliases", "keep", "hosts")]

    for names in lists:
        assert names == sorted({name.lower() for name in names})


def test_wrappers_around_wrappers_without_end_have_no_canonical_form():
    address = "http://example.org/"
    for _ in range(12):
        address = "https://google.com/url?url=" + address.replace("%", "%25").replace("?", "%3F")

    assert canonical(address) is None


@pytest.mark.parametrize("text", ["-", "1", "/-", "amp/", "%41", "&utm_a", ";jsessionid=", "/../"])
def test_addresses_made_to_be_slow_come_to_an_end(text):
    address = canonical("http://example.org/" + text * (7000 // len(text)))

    assert address is None or address.startswith("https://example.org/")


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("story", "https://example.org/dir/story"),
        ("/story", "https://example.org/story"),
        ("../story", "https://example.org/story"),
        ("?q=2", "https://example.org/dir/page?q=2"),
        ("#part", "https://example.org/dir/page?q=1#part"),
        ("//cdn.example/i.png", "https://cdn.example/i.png"),
        (" http://example.org/a b?x=1&y=2 \n", "http://example.org/a%20b?x=1&y=2"),
        ("http://example.org/a?x=1&amp;y=2", "http://example.org/a?x=1&y=2"),
        ("http://example.org/a?copy=1&copy2=2", "http://example.org/a?copy=1&copy2=2"),
        ("ht\ntp://exam\tple.org/a", "http://example.org/a"),
        ("http:\\\\example.org\\a", "http://example.org/a"),
        ("www.example.net/a", "https://www.example.net/a"),
        ("http://user:pw@example.org:8080/", "http://example.org:8080/"),
        ("http://EXAMPLE.org/Pfad/ü", "http://example.org/Pfad/%C3%BC"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ('http://example.org/"onmouseover="x', "http://example.org/%22onmouseover=%22x"),
    ],
)
def test_resolve(link, address):
    assert resolve(BASE, link) == address


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "java\0script:alert(1)",
        "\x01javascript:alert(1)",
        "\u200bjavascript:alert(1)",
        "javascript&colon;alert(1)",
        "javascript&#58;alert(1)",
        "&#x6A;avascript:alert(1)",
        "java&Tab;script:alert(1)",
        "&NewLine;javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "feed:http://example.org/",
        "view-source:http://example.org/",
        "about:blank",
        "blob:https://example.org/x",
        "mailto:ann@example.org",
        "http://[::1",
        "http://example.org:99999/",
        "http://" + "a" * 70 + "é.example/",
        "https://example.org/" + "a" * LONGEST,
        "https://example.org/" + "é" * (LONGEST // 2),
    ],
)
def test_what_is_no_safe_link_is_none(link):
    assert resolve(BASE, link) is None


def test_mail_is_let_through_where_it_is_asked_for():
    assert resolve(BASE, "mailto:ann@example.org", mail=True) == "mailto:ann@example.org"
    assert resolve(BASE, "mailto:ann@example.org?body=<b>", mail=True) is None
    assert resolve(BASE, "javascript:x", mail=True) is None


def test_a_base_that_is_no_web_address_gives_no_link():
    assert resolve("javascript:alert(1)//", "story") is None
    assert resolve("file:///srv/feed.xml", "story") is None
    assert resolve(None, "story") is None


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://news.bbc.co.uk/x", "bbc.co.uk"),
        ("https://www.example.com.tw:8080/x", "example.com.tw"),
        ("https://blog.someone.github.io/", "someone.github.io"),
        ("https://例え.example/", "xn--r8jz45g.example"),
        ("http://127.0.0.1:8099/", "127.0.0.1"),
        ("http://[::1]/", "[::1]"),
        ("http://localhost/", "localhost"),
        ("https://co.uk/", "co.uk"),
        ("story", None),
        ("http://[::1", None),
    ],
)
def test_registrable_domain(url, domain):
    assert registrable_domain(url) == domain


def test_a_front_page_is_told_from_a_page():
    assert is_home("https://example.org/")
    assert not is_home("https://example.org/?p=1")
    assert not is_home("https://example.org/a")
    assert not is_home("https://example.org/#!/a")
