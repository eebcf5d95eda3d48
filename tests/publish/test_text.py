import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.publish.text import clean, excerpt, line

ANY = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\0b\x0bc\x1bd\x7fe\x9bf", "abcdef"),
        ("a\ud800b\ufffec\uffffd", "abcd"),
        ("tab\tline\nreturn\r", "tab\tline\nreturn\r"),
        ("澤連斯基 😀 é", "澤連斯基 😀 é"),
    ],
)
def test_what_no_document_may_hold_goes(text, expected):
    assert clean(text) == expected


@given(ANY)
def test_cleaning_twice_changes_nothing(text):
    assert clean(clean(text)) == clean(text)
    assert line(line(text)) == line(text)


@given(ANY)
def test_a_clean_text_can_be_encoded_and_holds_no_control(text):
    cleaned = clean(text)
    cleaned.encode()
    assert not any(
        unicodedata.category(c) in {"Cc", "Cs"} for c in cleaned if c not in "\t\n\r\x85"
    )


def test_a_line_has_no_breaks_and_turns_nothing_around():
    assert line(" a\r\n b\u2028c ") == "a b c"
    assert line("abc\u202edef\u2066") == "abcdef"
    assert line("川普\u3000會見") == "川普\u3000會見"


def test_a_short_text_is_quoted_whole():
    assert excerpt("short", 5) == "short"


def test_a_text_is_cut_at_a_words_end():
    assert excerpt("one two three, four", 16) == "one two three…"


def test_a_text_without_spaces_is_cut_between_characters():
    assert excerpt("美國總統川普在白宮會見烏克蘭總統", 8) == "美國總統川普在…"


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
    assert excerpt(text, limit) == expected


@given(ANY, st.integers(2, 60))
def test_an_excerpt_is_a_beginning_of_the_text_and_no_longer_than_allowed(text, limit):
    cut = excerpt(text, limit)
    assert len(cut) <= limit
    assert text == cut or text.startswith(re.sub("…$", "", cut))
