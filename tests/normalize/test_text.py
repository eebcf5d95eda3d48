import json
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.normalize.text import (
    LEAD,
    MARKUP,
    TITLE,
    blocks,
    cut,
    lead,
    line,
    made_title,
    paragraphs,
    sanitize,
    title,
)

PAYLOADS = json.loads(Path(__file__).with_name("payloads.json").read_text(encoding="utf-8"))
BASE = "https://example.org/dir/page"
TAGS = frozenset(
    """a abbr audio b blockquote br caption cite code col colgroup dd del dfn div dl dt em
    figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q rp rt ruby s
    samp small source span strong sub sup table tbody td tfoot th thead time tr u ul var video
    wbr""".split()  # noqa: SIM905  a list of words reads best as words
)
ATTRIBUTES = frozenset(
    """alt colspan controls datetime dir headers height href hreflang lang loading preload
    referrerpolicy rel reversed rowspan scope span src start title type
    width""".split()  # noqa: SIM905  as above
)

anything = st.text(st.characters(exclude_categories=()))
markup = st.lists(
    st.one_of(
        st.sampled_from(PAYLOADS),
        st.sampled_from(["<p>", "</p>", "<b", ">", "<svg>", "</style>", "&lt;", "<!--", "'", '"']),
        st.text(max_size=8),
    ),
    max_size=6,
).map("".join)


class Reader(HTMLParser):
    """Collects what a browser would be given."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_decl(self, decl):
        raise AssertionError(decl)

    def handle_pi(self, data):
        raise AssertionError(data)

    def handle_comment(self, data):
        raise AssertionError(data)


def assert_harmless(html: str) -> None:
    read = Reader(html)
    assert read.tags <= TAGS
    for name, value in read.attributes:
        assert name in ATTRIBUTES
        if name in {"href", "src"}:
            assert value.startswith(("http://", "https://", "mailto:"))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_runs_is_left(payload):
    assert_harmless(sanitize(payload, BASE))


@given(markup)
def test_nothing_that_runs_is_left_of_payloads_in_any_order(html):
    assert_harmless(sanitize(html, BASE))


@given(markup)
@example("<b><p></b>x</p>")
@example("<h1><form><h2><form><math><mtext></h1><style><!--</style><img src onerror=alert(1)>")
def test_sanitized_markup_stays_as_it_is(html):
    once = sanitize(html, BASE)

    assert sanitize(once, None) == once


@given(st.one_of(anything, markup))
def test_plain_text_is_one_clean_line(text):
    for plain in (title(text, html=True), title(text, html=False), *blocks(sanitize(text, None))):
        assert plain == " ".join(plain.split())
        assert unicodedata.is_normalized("NFC", plain)
        assert all(unicodedata.category(character) not in {"Cc", "Cs"} for character in plain)


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("plain", "plain"),
        ("a < b & c", "a &lt; b &amp; c"),
        (
            '<a href="deep" target="_blank">x</a>',
            '<a href="https://example.org/dir/deep" rel="nofollow noopener noreferrer">x</a>',
        ),
        (
            '<a href="mailto:ann@example.org">x</a>',
            '<a href="mailto:ann@example.org" rel="nofollow noopener noreferrer">x</a>',
        ),
        (
            '<img src="//e.org/a b" alt="q &gt; r" width=6 onclick=x>',
            "<img alt='q &gt; r' width=6 loading=lazy referrerpolicy=no-referrer src=https://e.org/a%20b>",
        ),
        ('<p dir=rtl lang=he style="color:red">x</p>', '<p dir="rtl" lang="he">x</p>'),
        ('<p dir="evil">x</p>', "<p>x</p>"),
        ("<font color=red>x</font><o:p>y</o:p>", "xy"),
        ("<form><p>kept</p><input name=x></form>", "<p>kept</p>"),
    ],
)
def test_sanitize(html, safe):
    read = Reader(sanitize(html, BASE))

    assert (read.tags, sorted(read.attributes)) == (
        Reader(safe).tags,
        sorted(Reader(safe).attributes),
    )
    assert blocks(sanitize(html, BASE)) == blocks(safe)


@pytest.mark.parametrize(
    "pixel",
    [
        '<img src="https://t.example/p.gif" width="1" height="1">',
        '<img height=1 src="https://t.example/p.gif" alt="" width=1>',
        '<img src="https://t.example/p.gif" width="0" height="0">',
        '<img src="https://t.example/p.gif" width="1px" height="1px">',
        '<img src="javascript:x">',
        "<img>",
    ],
)
def test_tracking_pixels_and_pictures_without_address_go(pixel):
    assert sanitize(f"<p>x{pixel}</p>", BASE) == "<p>x</p>"


def test_characters_that_escapes_bring_back_go_too():
    assert sanitize("<p>a&#x202e;b&#x92;s</p>", BASE) == "<p>ab’s</p>"


@given(markup)
@example("<p>&#x338;</p>")
@example("<a href='https://e.org/'>&#824; onclick=alert(1) </a>")
def test_normalizing_sanitized_markup_opens_no_tag(html):
    assert_harmless(unicodedata.normalize("NFC", sanitize(html, BASE)))
    assert ">\u0338" not in sanitize(html, BASE)


def test_a_picture_for_readers_without_script_is_shown():
    lazy = '<img src="data:image/gif;base64,R0" data-src="/p.png">'
    html = sanitize(f'{lazy}<noscript><img src="/p.png"></noscript>', BASE)

    assert html.count("<img") == html.count('src="https://example.org/p.png"') == 1


def test_sources_that_lead_nowhere_go():
    html = '<picture><source srcset="/a.webp 2x"><img src="/a.png"></picture>'

    assert "<source" not in sanitize(html, BASE)


def test_small_pictures_stay():
    html = sanitize('<img src="https://e.example/i.png" width="16" height="3">', BASE)

    assert 'src="https://e.example/i.png"' in html


def test_without_a_base_relative_links_go():
    assert "href" not in sanitize('<a href="deep">x</a>', None)


@pytest.mark.parametrize("element", ["div", "blockquote", "ul><li", "b><p", "table><td"])
def test_markup_nested_without_end_becomes_its_text(element):
    html = f"<{element}>" * 20_000 + "R&amp;D <!-- x --> &lt;b&gt;"

    assert sanitize(html, BASE) == "R&amp;D &lt;b&gt;"


def test_long_flat_markup_keeps_its_elements():
    html = "<ul>" + "<li>x<br>y" * 3000 + "</ul>" + "<p>z" * 3000 + "<div></i></div>" * 3000

    assert sanitize(html, BASE).count("<li>") == 3000


def test_markup_without_end_is_cut_but_for_the_pictures_written_into_it():
    picture = f'<img src="data:image/png;base64,{"A" * MARKUP}">'

    assert sanitize(picture + "<p>x</p>", BASE) == "<p>x</p>"
    assert len(sanitize("x" * 2 * MARKUP, BASE)) == MARKUP


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", ()),
        ("one", ("one",)),
        ("<p>one</p><p>two</p>", ("one", "two")),
        ("one<br>two<br/><br/>three", ("one", "two", "three")),
        ("one\nline\n\nanother", ("one line", "another")),
        ("<p>un<b>believ</b>able, <a href=x>he</a> said</p>", ("unbelievable, he said",)),
        ("<ul><li>one<li>two</ul>", ("one", "two")),
        ("<table><tr><td>one<td>two</table>", ("one two",)),
        ("a &amp;lt;b&amp;gt; &amp;amp; c", ("a &lt;b&gt; &amp; c",)),
        ("a&nbsp;b &#8230;&shy;", ("a b …",)),
        ("<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>字</p>", ("漢字",)),
        ("<p>e\u0301\u202e\u200b\ufeff\x00\x07x\x92s\ud800</p>", ("éx’s",)),
        ("<p>one</p><p>The post <a>X</a> appeared first on <a>Y</a>.</p>", ("one",)),
        ("<p>one</p>submitted by <a>/u/x</a> <br><a>[link]</a> <a>[comments]</a>", ("one",)),
        ("<p>one [&#8230;]</p>", ("one…",)),
        ("<p>one</p><p>Continue reading...</p>", ("one",)),
        ("<p>全文</p><p>閱讀全文</p>", ("全文",)),
        ('<p title="a > b">one</p>', ("one",)),
        ("<p> \n </p><p>&nbsp;</p>", ()),
    ],
)
def test_blocks(html, expected):
    assert blocks(sanitize(html, BASE)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("A &amp; B", "A & B"),
        ("A <b>bold</b> <i>claim</i>", "A bold claim"),
        ("one<br>two", "one two"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("AT&amp;amp;T don&amp;#8217;t", "AT&T don’t"),
        ("&amp;#60;b&amp;#x3E;", "&#60;b&#x3E;"),
        ("vector<int> and map<k, v>", "vector<int> and map<k, v>"),
        ("I <3 you, 5 < 6 > 4", "I <3 you, 5 < 6 > 4"),
        ("<script>alert(1)</script>", ""),
        ("R&D", "R&D"),
        ("  a\n\tb  ", "a b"),
        ("\u202eevil\u202c", "evil"),
        ("e\u0301", "é"),
        ("", ""),
    ],
)
def test_a_title_in_markup(value, expected):
    assert title(value, html=True) == expected


def test_a_title_in_plain_text_is_what_it_says():
    assert title("<b>bold</b> & 5 < 6", html=False) == "<b>bold</b> & 5 < 6"
    assert title("AT&amp;T", html=False) == "AT&T"


def test_a_title_of_megabytes_is_cut():
    assert len(title("word " * 1_000_000, html=True)) <= TITLE
    assert len(title("<b>字</b>" * 1_000_000, html=True)) <= TITLE


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 5, "short"),
        ("one two three", 10, "one two…"),
        ("一二三四五六", 4, "一二三…"),
        ("ab👩‍👩‍👧‍👦", 6, "ab…"),
        ("abe\u0323\u0302\u0301x", 6, "ab…"),
        ("abcde\u0323\u0302\u0301x", 6, "abcd…"),
        ("ab🇭🇰🇯🇵x", 5, "ab🇭🇰…"),
        ("ab🇭🇰🇯🇵x", 6, "ab🇭🇰…"),
        ("abc👍🏽d", 5, "abc…"),
    ],
)
def test_cut(text, limit, expected):
    assert unicodedata.normalize("NFC", cut(text, limit)) == unicodedata.normalize("NFC", expected)


@given(anything, st.integers(min_value=2, max_value=60))
def test_a_cut_text_fits(text, limit):
    assert len(cut(text, limit)) <= limit


def test_marks_without_end_are_cut_too():
    assert len(cut("a" + "\u0301" * 1000, 100)) == 100


def test_a_lead_is_the_first_paragraphs():
    assert lead(["one", "two"]) == "one two"
    assert lead([]) == ""
    assert len(lead(["word " * 30] * 10)) <= LEAD


def test_a_title_is_made_of_the_first_sentence():
    assert made_title(["Dogs bark. Cats purr.", "More."]) == "Dogs bark."
    assert made_title(["狗吠。貓叫。"]) == "狗吠。"
    assert made_title(["word " * 100]).endswith("word…")
    assert made_title([]) == ""


def test_plain_text_becomes_markup():
    assert paragraphs("a < b\nc\n\n\nd & e\n") == "<p>a &lt; b<br>c</p><p>d &amp; e</p>"
    assert paragraphs(" \n ") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("so\u00adft\u200b \u2060x\ufeff", "soft x"),
        ("pay\u200cpal \u200dTr\u200d\u200cump", "paypal \u200dTrump"),
        ("a\u3164b\u115fc\u180ed\u2063e\uffa0f", "abcdef"),
        ("x\U000e0068\U000e0069\U000e007f", "x"),
        ("a\ufe0f\ufe01\U000e0121\U000e0122", "a\ufe0f"),
        ("q" + "\u0331" * 30, "q\u0331\u0331\u0331"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("👩\u200d👩\u200d👧 ❤\ufe0f", "👩\u200d👩\u200d👧 ❤\ufe0f"),
        (
            "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
            "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        ),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("Tie\u0302\u0301ng Vie\u0323\u0302t", "Tiếng Việt"),
        ("\u200fשלום\u200e a", "\u200fשלום\u200e a"),
        ("ขี้ผึ้ง བོད་ཡིག", "ขี้ผึ้ง བོད་ཡིག"),
    ],
)
def test_a_line_has_nothing_hidden_in_it(text, expected):
    assert line(text) == unicodedata.normalize("NFC", expected)


@given(anything)
def test_a_line_stays_as_it_is(text):
    assert line(line(text)) == line(text)
