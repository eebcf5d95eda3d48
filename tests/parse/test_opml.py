import pytest

from aggregator.errors import ParseError
from aggregator.parse.opml import MAX_DEPTH, Subscription, read


def document(body: str, head: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    return f'{head}<opml version="2.0"><head/><body>{body}</body></opml>'.encode()


def urls(data: bytes) -> list[str]:
    return [subscription.url for subscription in read(data).subscriptions]


def test_folders_and_what_is_said_of_a_feed():
    found = read(
        document(
            '<outline text="News"><outline title="Asia &amp; Pacific">'
            '<outline type="rss" text=" A " title="B" xmlUrl=" https://a.example/ "'
            ' htmlUrl="https://a.example" language="en"/></outline>'
            '<outline xmlUrl="https://b.example/"/></outline>'
            '<outline title="C" xmlUrl="https://c.example/"/>'
        )
    )
    assert found.subscriptions == (
        Subscription(
            url="https://a.example/", title="A", folders=("News", "Asia & Pacific"), language="en"
        ),
        Subscription(url="https://b.example/", folders=("News",)),
        Subscription(url="https://c.example/", title="C"),
    )
    assert found.problems == ()


@pytest.mark.parametrize("name", ["xmlUrl", "xmlurl", "XMLURL", "xmlURL"])
@pytest.mark.parametrize("element", ["outline", "Outline", "OUTLINE"])
def test_names_count_in_any_case(name, element):
    assert urls(document(f'<{element} {name}="https://a.example/"/>')) == ["https://a.example/"]


def test_an_exporter_that_says_url_where_it_means_xmlurl():
    assert urls(document('<outline type="rss" url="https://a.example/"/>')) == [
        "https://a.example/"
    ]


def test_other_lists_are_counted_and_not_followed():
    found = read(
        document(
            '<outline type="include" url="https://a.example/list.opml"/>'
            '<outline type="link" url="https://b.example/"/>'
        )
    )
    assert (found.subscriptions, found.elsewhere) == ((), 2)


def test_what_is_commented_out_stays_out_with_all_below_it():
    assert urls(
        document(
            '<outline text="x" isComment="true"><outline text="y">'
            '<outline xmlUrl="https://a.example/"/></outline></outline>'
            '<outline xmlUrl="https://b.example/"/>'
        )
    ) == ["https://b.example/"]


def test_a_category_stands_in_for_folders():
    (one,) = read(
        document('<outline xmlUrl="https://a.example/" category="/News/Asia,/Other"/>')
    ).subscriptions
    assert one.folders == ("News", "Asia")


@pytest.mark.parametrize("codec", ["windows-1252", "utf-16", "gb18030", "utf-8-sig"])
def test_an_encoding_that_is_named(codec):
    text = '<outline text="“é”" xmlUrl="https://a.example/"/>'
    head = f'<?xml version="1.0" encoding="{codec.removesuffix("-sig")}"?>'
    data = document(text, head).decode().encode(codec)
    assert read(data).subscriptions[0].title == "“é”"


def test_an_encoding_that_is_not_named():
    data = document('<outline text="Les échos" xmlUrl="https://a.example/"/>', "")
    found = read(data.decode().encode("cp1252"))
    assert found.subscriptions[0].title == "Les échos"
    assert "windows-1252" in found.problems[0]


@pytest.mark.parametrize(
    "body",
    [
        '<outline text="a & b" xmlUrl="https://a.example/?x=1&y=2"/>',
        '<outline text="a &nbsp; b" xmlUrl="https://a.example/?x=1&amp;y=2"/>',
        '<outline text="a" xmlUrl="https://a.example/?x=1&amp;y=2">',
    ],
)
def test_a_broken_document_is_mended_and_says_so(body):
    found = read(document(body))
    assert [subscription.url for subscription in found.subscriptions] == [
        "https://a.example/?x=1&y=2"
    ]
    assert found.problems


def test_entities_are_neither_blown_up_nor_fetched():
    bomb = "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    head = (
        f'<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a "ha">{bomb}'
        '<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    )
    found = read(document('<outline text="&i; &x;" xmlUrl="https://a.example/"/>', head))
    assert found.subscriptions[0].title == "&i; &x;"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no markup"),
        (b"\x00\x01\x02", "no markup"),
        (b"version: 1\nfeeds: []\n", "no markup"),
        (b"<html><body>hello</body></html>", "<html>"),
        (b"<rss version='2.0'><channel/></rss>", "<rss>"),
        (b"<<<<", "no OPML"),
        (document("<outline text='x'>" * (MAX_DEPTH + 1)), "slow to read"),
        (b"\x1f\x8b\x08garbage", "gzip"),
    ],
)
def test_what_is_no_list_says_what_it_is(data, says):
    with pytest.raises(ParseError, match=says):
        read(data)
