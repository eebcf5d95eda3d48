import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.normalize.text import sanitize

BASE = "https://example.org/dir/page"
PHOTO = "https://example.org/photo.jpg"


def pictures(html: str) -> list[str]:
    return [tag.split('src="')[1].split('"')[0] for tag in sanitize(html, BASE).split("<img")[1:]]


@pytest.mark.parametrize(
    "pixel",
    [
        '<img src="/p" width="1" height="1">',
        '<img src="/p" width="1">',
        '<img src="/p" height="1px" width="600">',
        '<img src="/p" width=" 2 px ">',
        '<img src="/p" width="0.5">',
        '<img src="/p" style="display: none">',
        '<img src="/p" style="float:left; DISPLAY:NONE !important;">',
        '<img src="/p" style="width:1px;height:1px">',
        '<img src="/p" style="visibility:hidden">',
        '<img src="/p" style="opacity: 0">',
        '<img src="/p" hidden>',
        '<img src="https://pixel.wp.com/b.gif?host=x">',
        '<img src="//a.b.scorecardresearch.com/p?c=1" width="200">',
        '<img src="http://feeds.feedburner.com/~r/site/~4/x">',
        '<img src="http://feeds.feedburner.com/~ff/site?d=yIl2AUoC8zA" border="0">',
        '<img src="https://site.example/track/pixel.gif?u=1">',
        '<img src="https://www.facebook.com/tr?id=1&amp;ev=PageView">',
        '<img data-src="https://stats.wordpress.com/x.gif" src="/p">',
        '<a href="https://feeds.example/~a"><img src="/p" width="1" height="1"></a>',
    ],
)
def test_what_only_counts_readers_goes(pixel):
    assert sanitize(f"<p>x{pixel}</p>", BASE) == "<p>x</p>"


@pytest.mark.parametrize(
    "picture",
    [
        '<img src="/photo.jpg">',
        '<img src="/photo.jpg" width="100%" height="auto">',
        '<img src="/photo.jpg" width="16" height="16">',
        '<img src="/photo.jpg" style="width:10px;max-height:200px;opacity:0.9">',
        '<img src="data:image/gif;base64,R0lGODlhAQ" data-src="/photo.jpg">',
        '<img src="/grey.png" data-lazy-src="/photo.jpg">',
        '<img src="/grey.png" data-original="/photo.jpg" class="lazy">',
        '<img data-src="loading" src="/photo.jpg">',
        '<img srcset="/small.jpg 320w, /photo.jpg 1024w, /middle.jpg 640w">',
        '<img srcset="/photo.jpg 2x,/small.jpg 1x">',
        '<img data-srcset="/photo.jpg">',
        '<img srcset="/photo.jpg, /photo2.jpg 0.5x">',
        '<img src="javascript:x" srcset="javascript:x 9x, /photo.jpg 10x">',
        '<img src="data:," data-src="/photo.jpg"><noscript><img src="/photo.jpg"></noscript>',
    ],
)
def test_a_picture_has_the_address_that_a_script_would_have_given_it(picture):
    assert pictures(picture) == [PHOTO]


def test_commas_within_an_address_of_a_set_stay():
    assert pictures('<img srcset="/w_3,h_2/a.jpg 1x, /w_6,h_4/a.jpg 2x">') == [
        "https://example.org/w_6,h_4/a.jpg"
    ]


@pytest.mark.parametrize("source", ["javascript:alert(1)", "data:image/png;base64,AA", "file:///x"])
@pytest.mark.parametrize("name", ["src", "data-src", "data-original", "srcset", "data-srcset"])
def test_no_attribute_brings_in_another_scheme(name, source):
    assert pictures(f'<img {name}="{source} 2x">') == pictures(f'<img {name}="{source}">') == []


@pytest.mark.parametrize(
    ("frame", "page"),
    [
        (
            "//www.youtube.com/embed/dQw4w9WgXcQ?rel=0",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        ),
        (
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        ),
        (
            "https://www.youtube.com/embed/videoseries?si=x&amp;list=PL1",
            "https://www.youtube.com/playlist?list=PL1",
        ),
        ("https://player.vimeo.com/video/76979871?h=8", "https://vimeo.com/76979871"),
        (
            "https://player.bilibili.com/player.html?aid=1&bvid=BV1xx411c7mD&page=1",
            "https://www.bilibili.com/video/BV1xx411c7mD",
        ),
        ("https://open.spotify.com/embed/episode/4rOo", "https://open.spotify.com/episode/4rOo"),
        ("https://w.soundcloud.com/player/?url=x", "https://w.soundcloud.com/player/?url=x"),
    ],
)
def test_a_player_becomes_a_link(frame, page):
    html = sanitize(f'<p>x</p><iframe width="560" src="{frame}" allowfullscreen></iframe>', BASE)

    assert f'<a href="{page}"' in html
    assert "iframe" not in html


@pytest.mark.parametrize(
    "frame",
    [
        '<iframe src="https://ads.example/"></iframe>',
        '<iframe src="javascript:alert(1)"></iframe>',
        '<iframe src="https://evil.example/?youtube.com/embed/x"></iframe>',
        '<iframe src="https://youtube.com.evil.example/embed/x"></iframe>',
        "<iframe></iframe>",
        '<iframe srcdoc="x"></iframe>',
    ],
)
def test_other_frames_go(frame):
    assert sanitize(f"<p>x</p>{frame}", BASE) == "<p>x</p>"


def test_links_without_anything_to_click_on_go():
    assert sanitize('<p>x <a href="/y"> </a><a name="z"></a></p>', BASE) == "<p>x </p>"


@given(st.text("a/. ,0129xw\n\t", max_size=60))
def test_any_set_of_sizes_can_be_read(srcset):
    html = sanitize(f'<img srcset="{srcset}">', BASE)

    assert sanitize(html, None) == html


@pytest.mark.parametrize(
    "html",
    [
        '<img srcset="' + "a" * 200_000 + ' x y">',
        '<img srcset="' + "a " * 100_000 + '">',
        '<img srcset="' + "a,b " * 100_000 + '">',
        '<img style="' + "display:" * 50_000 + '">',
        "<iframe " * 60_000,
        "<iframe src=" + " " * 400_000,
        '<img alt="' + "a" * 400_000 + '">',
    ],
)
def test_long_attributes_are_read_in_one_go(html):
    assert "<img" not in sanitize(html, BASE)
