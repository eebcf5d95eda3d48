from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.reader import MAX_LOST, read_items
from aggregator.parse.sound import make_sound

FATAL = "<item><textInput><link>x</link></textInput></item>"
"""Well-formed, and yet feedparser raises KeyError on it."""


@given(st.lists(st.booleans(), max_size=MAX_LOST))
def test_items_that_it_fails_on_cost_no_other(good):
    items = (f"<item><title>{n}</title></item>" if one else FATAL for n, one in enumerate(good))
    document = f"<rss version='2.0'><channel><title>t</title>{''.join(items)}</channel></rss>"
    sound = make_sound(document.encode())
    reading = read_items(sound, sound.outline.items, "https://example.org/feed")
    titles = [raw["title"] for raw, _ in reading.entries]
    assert titles == [str(n) for n, one in enumerate(good) if one]
    assert reading.lost == good.count(False)
    assert reading.about["title"] == "t"


def test_relative_addresses_are_resolved_only_where_the_document_says_how():
    def link(base: str) -> str:
        document = f"<rss {base}><channel><item><link>story</link></item></channel></rss>"
        sound = make_sound(document.encode())
        [(raw, _)] = read_items(sound, sound.outline.items, "https://example.org/d/feed").entries
        return str(raw["link"])

    assert link("") == "story"
    assert link('xml:base="sub/"') == "https://example.org/d/sub/story"
