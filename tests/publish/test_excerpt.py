from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.publish.excerpt import cut, cut_html, cut_words, plain
from aggregator.publish.text import clean

ANY = st.text(st.characters(codec=None))


def test_a_short_text_is_quoted_whole():
    assert cut("short", 5) == "short"


def test_a_text_is_cut_at_a_words_end():
    assert cut("one two three, four", 16) == "one two three…"


def test_a_text_without_spaces_is_cut_between_characters():
    assert cut("美國總統川普在白宮會見烏克蘭總統", 8) == "美國總統川普在…"


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("ab" + "e\u0301" * 4, 5, "abe\u0301…"),
        ("a👩\u200d👩\u200d👧b", 4, "a…"),
        ("a👍🏽b", 3, "a…"),
        ("a🇹🇼🇯🇵", 3, "a…"),
    ],
)
def test_what_a_reader_sees_as_one_is_not_cut(text, limit, expected):
    assert cut(text, limit) == expected


@given(ANY, st.integers(1, 60))
def test_an_excerpt_is_a_beginning_of_the_text_and_no_longer_than_allowed(text, limit):
    for end in (cut, cut_words):
        shown = end(text, limit)
        assert len(shown) <= limit
        assert text == shown or text.startswith(shown.removesuffix("…").removesuffix(" "))


def test_nothing_is_quoted_where_nothing_may_be():
    assert cut("text", 0) == ""
    assert cut_html("<p>text</p>", 0) == ""


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("One is here. Two is longer than that", 20, "One is here. …"),
        ("One. Two is longer than that, by far", 20, "One. Two is longer…"),
        ("這是第一句話。這是第二句，還沒有完。", 10, "這是第一句話。…"),
        ("यह पहला वाक्य है। यह दूसरा वाक्य है", 24, "यह पहला वाक्य है।…"),
        ("هل هذا سؤال طويل؟ هذا جواب طويل عليه", 24, "هل هذا سؤال طويل؟…"),
    ],
)
def test_a_text_ends_with_a_sentence_where_one_does_in_its_second_half(text, limit, expected):
    assert cut(text, limit) == expected


def test_a_headline_is_not_taken_for_sentences():
    assert cut_words("Dr. No. 7 is out. And gone again", 26) == "Dr. No. 7 is out. And…"


PAGE = (
    '<div><p>One <a href="https://a.example/?a=1&amp;b=2" onclick="x">linked <b>word</b></a>, here.'
    "</p><ul><li>first &lt;item&gt;</li><li>second</li></ul></div>"
)
LINK = '<div><p>One <a href="https://a.example/?a=1&amp;b=2">'


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (8, f"{LINK}li…</a></p></div>"),
        (12, f"{LINK}linked…</a></p></div>"),
        (17, f"{LINK}linked <b>word…</b></a></p></div>"),
        (26, f"{LINK}linked <b>word</b></a>, here. …</p></div>"),
        (
            40,
            f"{LINK}linked <b>word</b></a>, here.</p><ul><li>first &lt;item&gt;…</li></ul></div>",
        ),
    ],
)
def test_markup_is_cut_by_its_words_and_closed(limit, expected):
    assert cut_html(PAGE, limit) == expected


def test_markup_that_is_short_enough_stays_whole():
    whole = PAGE.replace(' onclick="x"', "")
    assert cut_html(PAGE, 500) == cut_html(PAGE, None) == whole


@pytest.mark.parametrize(
    ("html", "excerpt", "full"),
    [
        (
            "<figure><img src='https://c.example/i.png' alt='a\"b'></figure><p>w</p>",
            "<p>w</p>",
            '<figure><img src="https://c.example/i.png" alt="a&quot;b"></figure><p>w</p>',
        ),
        ("<p><img src='http://127.0.0.1/x'>w</p>", "<p>w</p>", "<p>w</p>"),
        ("<script>alert(1)</script><p>w<iframe src=x>y</iframe></p>", "<p>w</p>", "<p>w</p>"),
        ("<a href='javascript:x'>w</a>", "<a>w</a>", "<a>w</a>"),
        (
            "<p lang='ar' dir='rtl' style='x'>w</p>",
            '<p lang="ar" dir="rtl">w</p>',
            '<p lang="ar" dir="rtl">w</p>',
        ),
        ("<p>w<custom>v</custom></p>", "<p>wv</p>", "<p>wv</p>"),
        ("<p><b>w</p>v</b>", "<p><b>w</b></p>v", "<p><b>w</b></p>v"),
        ("<p></p><p>w</p>", "<p>w</p>", "<p>w</p>"),
    ],
)
def test_only_running_text_is_quoted_and_pictures_only_in_full(html, excerpt, full):
    assert cut_html(html, 100) == excerpt
    assert cut_html(html, None) == full


HTML = st.recursive(
    st.text(st.sampled_from("ab .。中<>&\"'"), max_size=12),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(["p", "b", "ul", "li", "a href='https://a.example'", "script", "x"]),
        st.lists(inner, max_size=4),
    ),
)


@given(HTML, st.integers(1, 40))
@example("<p>a</p>\n<p>b</p>", 2)
@example("<x> <<<</x>", 3)
def test_what_is_cut_is_well_formed_and_no_longer_than_allowed(html, limit):
    shown = cut_html(html, limit)
    ET.fromstring(f"<body>{clean(shown).replace('<br>', '')}</body>")
    assert len(plain(shown)) <= limit
    assert cut_html(shown, limit) == shown
