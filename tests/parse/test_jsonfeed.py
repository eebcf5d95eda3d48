import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aggregator.errors import ParseError
from aggregator.parse.jsonfeed import read

VERSION = "https://jsonfeed.org/version/1.1"
URL = "https://example.org/feed.json"
FIELDS = [
    *("id", "url", "title", "summary", "content_html", "content_text", "image", "tags", "authors"),
    *("author", "attachments", "language", "date_published", "items", "hubs", "name", "version"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_wrong_types_never_cost_the_feed(document):
    document["version"] = VERSION
    feed = read(json.dumps(document).encode(), URL)
    items = document.get("items")
    expected = sum(isinstance(item, dict) for item in items) if isinstance(items, list) else 0
    assert len(feed.entries) == expected


@given(JSON)
def test_other_json_is_refused_in_words(document):
    assume(not (isinstance(document, dict) and isinstance(document.get("items"), list)))
    assume(not (isinstance(document, dict) and document.get("version") == VERSION))
    with pytest.raises(ParseError, match="no JSON Feed"):
        read(json.dumps(document).encode(), URL)


def test_nesting_beyond_measure_is_refused():
    with pytest.raises(ParseError):
        read(b'{"items":' + b"[" * 100_000, URL)


def test_numbers_beyond_measure_are_refused():
    with pytest.raises(ParseError):
        read(b'{"items":[{"id":' + b"1" * 10_000 + b"}]}", URL)


def test_items_seen_before_are_left_out():
    def feed(*titles: str) -> bytes:
        items = [{"id": title, "title": title} for title in titles]
        return json.dumps({"version": VERSION, "items": items}).encode()

    first = read(feed("a", "b"), URL)
    second = read(feed("c", "a", "b"), URL, frozenset(first.digests))
    assert [entry.guid for entry in second.entries] == ["c"]
    assert second.digests[1:] == first.digests
