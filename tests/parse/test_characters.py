import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.characters import drop_forbidden, escape


@given(st.text(max_size=100))
def test_no_control_character_is_left(text):
    clean = drop_forbidden(text.encode("utf-8", "replace")).data.decode()
    assert not {c for c in clean if ord(c) < 32} - set("\t\n\r")
    assert not {"\ufffe", "\uffff"} & set(clean)


def test_what_was_dropped_is_told():
    assert drop_forbidden(b"a\0b\x1f") == (b"ab", ("dropped 2 bytes of control characters",))
    assert drop_forbidden(b"a\0") == (b"a", ("dropped 1 byte of control characters",))
    assert drop_forbidden(b"a\tb\r\n") == (b"a\tb\r\n", ())


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Fish & Chips < R&D", "Fish &amp; Chips &lt; R&amp;D"),
        ("&amp; &lt; &#65; &#x41; &#X41;", "&amp; &lt; &#65; &#65; &#65;"),
        ("&eacute;&nbsp;&LT;&nosuch;&copy", "é\xa0&lt;&amp;nosuch;&amp;copy"),
        ("&#0;&#x1F;&#xD800;&#xFFFF;&#x110000;&#9;", "\ufffd" * 5 + "&#9;"),
        ("&#99999999999;", "&amp;#99999999999;"),
        ("]]>", "]]&gt;"),
    ],
)
def test_escape(text, escaped):
    assert escape(text) == escaped


@given(st.text(max_size=50))
def test_escaping_twice_changes_nothing(text):
    assert escape(escape(text)) == escape(text)
