import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.publish.text import clean, line

ANY = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\0b\x0bc\x1bd\x7fe\x9bf", "abcdef"),
        ("a\ud800b\ufffec\uffffd\ufdd0e\U0010ffff", "abcde"),
        ("next\x85line", "next\nline"),
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
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in cleaned if c not in "\t\n\r")


def test_a_line_has_no_breaks_and_turns_nothing_around():
    assert line(" a\r\n b\u2028c ") == "a b c"
    assert line("abc\u202edef\u2066") == "abcdef"
    assert line("川普\u3000會見") == "川普\u3000會見"
