from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis.strategies import integers

from aggregator.app.library import standing
from aggregator.model import Article, Member, PublishedSource, Story

NOW = datetime(2025, 10, 17, 12, tzinfo=UTC)


def story(publishers: int, *, minutes: int) -> Story:
    """Return a story that so many publishers told, the last of them so long ago."""
    articles = [
        Article(
            id=str(number),
            feed="f",
            title="Rain",
            parts=(),
            publisher=f"Paper {number}",
            published=NOW - timedelta(minutes=minutes),
            published_source=PublishedSource.FEED,
            first_seen=NOW,
            content_hash="",
        )
        for number in range(publishers)
    ]
    return Story(
        id="urn:uuid:1",
        members=tuple(Member(article=article, match=None) for article in articles),
        representative="0",
        created=NOW,
        updated=NOW,
        fingerprint="",
    )


@given(integers(1, 30), integers(0, 10_000), integers(1, 10_000))
def test_more_publishers_and_fresher_news_stand_higher(publishers, minutes, more):
    here = standing(story(publishers, minutes=minutes), NOW)

    assert standing(story(publishers + 1, minutes=minutes), NOW) > here
    assert standing(story(publishers, minutes=minutes + more), NOW) < here


def test_what_is_dated_ahead_stands_no_higher_than_what_is_new():
    assert standing(story(2, minutes=-500), NOW) == standing(story(2, minutes=0), NOW)
