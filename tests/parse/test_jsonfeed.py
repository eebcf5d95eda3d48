import json
import re

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


ITEMS = [{"id": str(number), "title": 'Brot, {["]}, {', "tags": ["a"]} for number in range(3)]
DOCUMENT = json.dumps({"version": VERSION, "title": "t", "items": ITEMS})
ENDS = [found.end() - 1 for found in re.finditer(r'"a"\]\}.', DOCUMENT)]
"""Where each item ends."""


@given(st.integers(ENDS[0], len(DOCUMENT) - 1))
def test_of_a_document_that_is_cut_off_the_complete_items_are_read(length):
    whole, cut = read(DOCUMENT.encode(), URL), read(DOCUMENT[:length].encode(), URL)
    complete = sum(end <= length for end in ENDS)
    assert cut.entries == whole.entries[:complete]
    assert cut.digests == whole.digests[:complete]
    assert (cut.title, cut.format, cut.truncated) == ("t", "json11", True)
    assert f"after {complete} item" in cut.problems[0]
    assert not whole.truncated


@given(st.integers(0, ENDS[0] - 1))
def test_a_document_that_is_cut_off_before_its_first_item_ends_is_refused(length):
    with pytest.raises(ParseError, match="cannot be read"):
        read(DOCUMENT[:length].encode(), URL)


def test_items_before_a_broken_one_are_read():
    feed = read(b'{"items": [{"id": "1"}, {"id": 2 2}, {"id": "3"}], "title": "t"}', URL)
    assert [entry.guid for entry in feed.entries] == ["1"]
    assert feed.truncated


def test_a_list_of_items_in_another_place_is_not_taken_for_the_feeds():
    with pytest.raises(ParseError, match="cannot be read"):
        read(b'{"x": {"items": [{"id": "1"}, {"id"', URL)


def test_more_items_than_any_feed_has_are_refused():
    with pytest.raises(ParseError, match="more than 50000 items"):
        read(b'{"items": [%s{}]}' % (b"{}," * 50_000), URL)


def test_half_a_character_becomes_a_whole_one():
    feed = read(rb'{"items": [{"id": "a\ud800", "tags": ["\udc00b"]}]}', URL)
    assert (feed.entries[0].guid, feed.entries[0].categories) == ("a\ufffd", ("\ufffdb",))


def test_authors_of_a_feed_do_not_grow_with_its_items():
    authors = [{"name": f"{number} {'x' * 5000}"} for number in range(500)]
    feed = read(json.dumps({"authors": authors, "items": [{}]}).encode(), URL)
    assert len(feed.entries[0].authors) == 100
    assert max(map(len, feed.entries[0].authors)) == 1000
