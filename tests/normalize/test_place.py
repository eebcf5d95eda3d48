from datetime import UTC, datetime, timedelta

from aggregator.model import Entry, Feed, ParsedFeed, PublishedSource
from aggregator.normalize import normalize
from aggregator.normalize.place import APART

FEED = Feed(id="f", url="https://example.org/feed", shown_url="https://example.org/feed", name="F")
NOW = datetime(2025, 10, 17, 12, tzinfo=UTC)


def first(*dates: str | None):
    entries = tuple(
        Entry(guid=str(number), published=date, link=f"https://example.org/{number}")
        for number, date in enumerate(dates)
    )
    document = ParsedFeed(format="rss20", entries=entries)
    return normalize(FEED, document, response_url=FEED.url, now=NOW, is_first=True)


def test_of_a_feed_without_dates_the_newest_stands_first():
    articles = first(*[None] * 500)

    assert [article.published for article in articles] == [NOW - n * APART for n in range(500)]
    assert {article.published_source for article in articles} == {PublishedSource.FIRST_SEEN}
    assert {article.first_seen for article in articles} == {NOW}


def test_an_undated_item_is_as_old_as_the_dated_one_above_it_or_below():
    articles = first(None, "2025-10-16T12:00Z", None, "2025-10-10T12:00Z", None)

    assert [(NOW - article.published).days for article in articles] == [1, 1, 1, 7, 7]


def test_what_is_dated_keeps_its_date():
    (article,) = first("2025-10-16T12:00Z")

    assert article.published == NOW - timedelta(days=1)
    assert article.published_source is PublishedSource.FEED
