import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.feed_links import MOST, PAGE, Link
from aggregator.poll import discover
from aggregator.poll.discover import by_address, looked_up, lookup, on_page, usual

SITE = "https://site.example/news/today"
CHANNEL = "UCX6OQ3DkcsbYNE6H8uQQuVA"


def urls(page: str, at: str = SITE) -> list[str]:
    return [link.url for link in on_page(page, at)]


@pytest.mark.parametrize(
    "element",
    [
        '<link rel="alternate" type="application/rss+xml" href="/feed">',
        "<LINK REL=ALTERNATE TYPE=application/atom+xml HREF=/feed />",
        "<link href='/feed' type='Application/RSS+XML; charset=utf-8' rel='ALTERNATE stylesheet'>",
        '<link rel="feed" href="/feed">',
        '<link rel="alternate" type="application/feed+json" href="https://site.example/feed">',
        '<link rel="alternate" type="application/rdf+xml" href="//site.example/feed">',
        '<link rel="alternate" type="text/x-rss" href="../feed">',
        '<link rel="alternate" type="application/xml" href="/feed">',
        '<link rel="alternate" type="application/json" href="/feed">',
        '<a rel="alternate" type="application/rss+xml" href="/feed">subscribe</a>',
        '<link rel="alternate" type="application/rss+xml" href="/feed#top">',
        '<link rel="alternate" type="application/rss+xml" href="feed:https://site.example/feed">',
        '<link rel="alternate" type="application/rss+xml" href="feed://site.example/feed">',
        '<link rel="alternate" type="application/rss+xml" href="\n/fe\ned ">',
        '<link href="/feed" href="/other" rel="feed">',
        '<link rel="alternate" type="application/rss+xml" href="/feed">' * 2,
    ],
)
def test_a_link_to_a_feed(element):
    (link,) = on_page(f"<html><head>{element}</head></html>", SITE)
    assert (link.url, link.is_stated) == ("https://site.example/feed", True)


@pytest.mark.parametrize(
    "element",
    [
        '<!-- <link rel="feed" href="/feed"> -->',
        '<script>document.write(\'<link rel="feed" href="/feed">\')</script>',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/rss+xml" href="file:///etc/passwd">',
        '<link rel="alternate" type="application/rss+xml" href="http://[::1/">',
        '<link rel="alternate" type="application/rss+xml" href="">',
        '<link rel="alternate" type="application/rss+xml">',
        '<link rel="alternate" hreflang="fr" href="/fr">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?url=x">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">',
        '<link rel="alternate" type="text/xml" href="/sitemap.xml">',
        '<link rel="stylesheet" type="application/rss+xml" href="/feed">',
        '<a href="/feedback">Feedback</a> <a href="/newsfeeder">x</a>',
        '<a href="https://feeds.example/about">x</a>',
    ],
)
def test_what_is_no_link_to_a_feed(element):
    assert on_page(element, SITE) == ()


def test_the_base_of_the_page_counts_the_first_one():
    page = '<base href="/a/"><base href="/b/"><link rel="feed" href="feed">'
    assert urls(page) == ["https://site.example/a/feed"]


def test_titles_and_formats_are_told():
    page = (
        '<link rel="alternate" type="application/atom+xml" title="A &amp;\n B" href="/a">'
        '<link rel="feed" href="/b">'
    )
    assert on_page(page, SITE) == (
        Link(url="https://site.example/a", title="A & B", kind="Atom"),
        Link(url="https://site.example/b"),
    )


def test_nothing_gets_through_to_a_terminal_that_it_would_obey():
    page = '<link rel="feed" title="A\x1b[2J\u202eB" href="/a"><link rel="feed" href="/\x1b[2J">'
    assert on_page(page, SITE) == (Link(url="https://site.example/a", title="A[2JB"),)


def test_comments_come_last_and_the_page_says_the_order_of_the_rest():
    page = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{href}">'
        for href, title in (
            ("/comments/feed/", "Kommentare"),
            ("/feed/", "All"),
            ("/sport/", "Sport"),
            ("/c", "Site » Comments Feed"),
        )
    )
    assert [url.removeprefix("https://site.example") for url in urls(page)] == [
        "/feed/",
        "/sport/",
        "/comments/feed/",
        "/c",
    ]


def test_links_that_look_like_feeds_are_guesses_and_their_own_site_comes_first():
    page = (
        '<a href="https://other.example/rss.xml">x</a><a href="/atom.xml" title="News">y</a>'
        '<a href="/?format=feed&type=rss">z</a><a href="mailto:rss@site.example">m</a>'
        + "".join(f'<a href="/{n}/feed/">{n}</a>' for n in range(50))
    )
    links = on_page(page, SITE)
    assert [link.url.removeprefix("https://site.example") for link in links] == [
        "/atom.xml",
        "/?format=feed&type=rss",
        *(f"/{n}/feed/" for n in range(MOST - 2)),
    ]
    assert not any(link.is_stated for link in links)
    assert links[0].title == "News"


def test_what_the_page_states_leaves_nothing_to_guess():
    assert urls('<a href="/rss.xml">x</a><link rel="feed" href="/feed">') == [
        "https://site.example/feed"
    ]


def test_a_page_of_feeds_is_told_in_part():
    page = "".join(f'<link rel="feed" href="/{n}">' for n in range(10 * MOST))
    assert len(on_page(page, SITE)) == MOST


@pytest.mark.parametrize("piece", ["<", "<a ", "<link rel=", "<!--", "<![CDATA[", "<a b='", "&#"])
def test_a_page_without_end_ends(piece):
    assert on_page(piece * (2 * PAGE // len(piece)), SITE) == ()


@given(st.text(max_size=300), st.text(max_size=50))
def test_no_page_is_too_strange(page, href):
    for link in on_page(f'{page}<link rel="feed" href="{href}"><a href="{href}/rss">', SITE):
        assert link.url.startswith(("http://", "https://"))
        assert link.is_stated or link.url.endswith("/rss") or "rss" in link.url


@pytest.mark.parametrize(
    ("address", "feeds"),
    [
        (
            f"https://www.youtube.com/channel/{CHANNEL}/videos",
            [f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"],
        ),
        (
            "https://youtube.com/playlist?si=x&list=PLYH8WvNV1YEnOwmzyWz4vR0HsX1Qn0PoU",
            [
                "https://www.youtube.com/feeds/videos.xml?playlist_id=PLYH8WvNV1YEnOwmzyWz4vR0HsX1Qn0PoU"
            ],
        ),
        ("https://old.reddit.com/r/python/", ["https://www.reddit.com/r/python/.rss"]),
        ("https://www.reddit.com/user/spez", ["https://www.reddit.com/user/spez/.rss"]),
        (
            "https://github.com/example/tool.git",
            [
                f"https://github.com/example/tool/{what}.atom"
                for what in ("releases", "tags", "commits")
            ],
        ),
        (
            "https://github.com/example/tool/releases",
            ["https://github.com/example/tool/releases.atom"],
        ),
        (
            "https://github.com/example/tool/commits/main/",
            ["https://github.com/example/tool/commits/main.atom"],
        ),
        ("https://medium.com/@example/a-story-1", ["https://medium.com/feed/@example"]),
        ("https://medium.com/tag/python", ["https://medium.com/feed/tag/python"]),
    ],
)
def test_addresses_that_tell_their_feeds(address, feeds):
    assert [link.url for link in by_address(address)] == feeds


@pytest.mark.parametrize(
    "address",
    [
        "https://www.reddit.com/r/python/.rss",
        "https://github.com/example/tool/releases.atom",
        "https://github.com/example/tool/commits/main.atom",
        "https://github.com/example",
        "https://github.com/topics/rss",
        "https://medium.com/feed/@example",
        f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}",
        f"https://evil.example/youtube.com/channel/{CHANNEL}",
        "https://www.youtube.com/watch?v=x&list=PLx",
        "file:feeds/a.xml",
    ],
)
def test_addresses_that_are_asked_as_they_are(address):
    assert by_address(address) == ()
    assert lookup(address) is None


@pytest.mark.parametrize(
    "page",
    [
        f'<script>var a = {{"externalId":"{CHANNEL}"}}</script>',
        f'<link rel="canonical" href="https://www.youtube.com/channel/{CHANNEL}">',
        f'<meta itemprop="identifier" content="{CHANNEL}">',
        "<script>" + "x" * PAGE + f'"externalId":"{CHANNEL}"',
    ],
)
def test_a_page_of_youtube_names_its_channel(page):
    feed = f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"
    assert urls(page, "https://www.youtube.com/@example") == [feed]
    assert urls(page, "https://site.example/") == []


def test_a_podcast_of_apple_is_looked_up():
    page = "https://podcasts.apple.com/us/podcast/a-show/id979020229?i=1"
    assert lookup(page) == "https://itunes.apple.com/lookup?entity=podcast&id=979020229"
    answer = {
        "results": [
            {"feedUrl": "https://show.example/rss", "collectionName": "A Show"},
            {"feedUrl": "file:///etc/passwd"},
            {},
            None,
        ]
    }
    assert looked_up(json.dumps(answer).encode()) == (
        Link(url="https://show.example/rss", title="A Show"),
    )


@pytest.mark.parametrize("answer", [b"", b"[]", b'{"results": 1}', b"\xff", b"[" * 100_000])
def test_an_answer_that_says_nothing(answer):
    assert looked_up(answer) == ()


def test_usual_places_are_few_and_those_nearest_to_the_page_come_first():
    assert usual("https://site.example/blog/?x=1#y")[:3] == (
        "https://site.example/blog/feed",
        "https://site.example/blog/index.xml",
        "https://site.example/feed",
    )
    assert len(usual("https://site.example")) == len(discover._USUAL)
