from datetime import date, timedelta

import pytest

from aggregator.model import Batch, Level, PublishedSource


@pytest.fixture
def filled(store, samples):
    """Yield a store with three articles, two of them in one story."""
    first = samples.article(1)
    second = samples.article(2, hours=30, feed="berlin")
    third = samples.article(3, hours=31, feed="berlin")
    stories = (samples.story("1", first, second), samples.story("2", third))
    store.save(Batch(articles=(first, second, third), stories=stories))
    return store


def test_everything_is_counted(filled):
    counts = filled.statistics.counts()

    assert (counts.articles, counts.stories, counts.merged) == (3, 2, 1)


def test_hidden_feeds_count_nowhere(filled):
    counts = filled.statistics.counts(["berlin"])

    assert (counts.articles, counts.stories, counts.merged) == (1, 1, 0)
    assert filled.statistics.feeds(["berlin"]).keys() == {"taipei"}
    assert filled.statistics.duplicates(["berlin"]) == {}
    assert filled.statistics.days(["berlin"])[-1].day == date(2025, 10, 17)


def test_days_are_told_without_gaps(filled):
    days = filled.statistics.days(days=3)

    assert [day.day for day in days] == [date(2025, 10, d) for d in (16, 17, 18)]
    assert [day.articles for day in days] == [0, 1, 2]
    assert [day.stories for day in days] == [0, 1, 1]


def test_each_feed_has_its_days(filled):
    assert filled.statistics.feeds(days=2) == {"taipei": [1, 0], "berlin": [0, 2]}


def test_duplicates_are_counted_by_their_sense(filled):
    assert filled.statistics.duplicates() == {"berlin": {Level.EVENT: 1}}


def test_of_nothing_there_are_no_days(store):
    assert store.statistics.days() == []
    assert store.statistics.feeds() == {}
    assert store.statistics.counts().articles == 0


def test_an_undated_article_does_not_hide_an_archive(filled, samples):
    undated = samples.article(4, hours=24 * 400, published_source=PublishedSource.FIRST_SEEN)
    filled.save(Batch(articles=(undated,)))

    assert filled.statistics.days()[-1].day == (samples.noon + timedelta(hours=31)).date()
