from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import PublishedSource
from aggregator.publish import Edition

WEEK = timedelta(days=7)


def ids(edition: Edition) -> list[str]:
    return [story.members[0].article.id for story in edition.stories]


def test_newest_first_and_not_too_many(make_edition, make_story, make_article, noon):
    stories = [
        make_story(make_article(name, published=noon + timedelta(hours=hour)))
        for name, hour in (("old", -2), ("new", 0), ("mid", -1))
    ]
    assert ids(make_edition(*stories)) == ["new", "mid", "old"]
    assert ids(make_edition(*stories, limit=2)) == ["new", "mid"]


def test_a_story_older_than_max_age_before_the_newest_is_not_announced(
    make_edition, make_story, make_article, noon
):
    fresh = make_story(make_article("fresh"))
    edge = make_story(make_article("edge", published=noon - WEEK))
    stale = make_story(make_article("stale", published=noon - WEEK - timedelta(seconds=1)))
    assert ids(make_edition(stale, edge, fresh)) == ["fresh", "edge"]


def test_an_undated_item_seen_today_does_not_hide_an_old_archive(
    make_edition, make_story, make_article, noon
):
    archive = make_story(make_article("archive"))
    undated = make_story(
        make_article(
            "undated",
            published=noon + timedelta(days=400),
            published_source=PublishedSource.FIRST_SEEN,
        )
    )
    assert ids(make_edition(undated, archive)) == ["undated", "archive"]


def test_where_nothing_is_dated_first_sight_counts(make_edition, make_story, make_article, noon):
    stories = [
        make_story(make_article(name, published=at, published_source=PublishedSource.FIRST_SEEN))
        for name, at in (("now", noon), ("long ago", noon - 2 * WEEK))
    ]
    assert ids(make_edition(*stories)) == ["now"]


def test_a_private_story_does_not_make_the_others_look_old(
    make_edition, make_story, make_article, make_feed, noon
):
    secret = make_story(make_article("s", feed="secret", published=noon + 3 * WEEK))
    public = make_story(make_article("p"))
    edition = make_edition(
        secret, public, feeds=[make_feed("daily"), make_feed("secret", private=True)]
    )
    assert ids(edition) == ["p"]
    assert [feed.id for feed in edition.feeds] == ["daily"]


def test_updated_is_that_of_the_stories_not_of_the_run(
    make_edition, make_story, make_article, noon
):
    stories = [
        make_story(make_article("a"), updated=noon),
        make_story(make_article("b"), updated=noon + WEEK),
    ]
    assert make_edition(*stories).updated == noon + WEEK


def test_an_empty_edition_has_a_time_that_stands_still(make_edition):
    assert make_edition().updated == make_edition().updated


def test_the_feeds_identity_is_its_address_and_else_its_title(make_edition):
    here = make_edition(base_url="https://news.example/", title="A")
    assert here.uuid == make_edition(base_url="https://news.example", title="A").uuid
    assert here.uuid == make_edition(base_url="https://news.example/", title="B").uuid
    assert here.uuid != make_edition(base_url="https://other.example/", title="A").uuid
    assert make_edition(title="A").uuid != make_edition(title="B").uuid


def test_hrefs_are_absolute_where_the_base_is_known(make_edition):
    assert make_edition().href("feed.atom") == "feed.atom"
    for base in ("https://news.example/feeds", "https://news.example/feeds/"):
        assert make_edition(base_url=base).href("feed.atom") == (
            "https://news.example/feeds/feed.atom"
        )


def test_language_is_the_one_of_all_stories_or_several(
    make_edition, make_story, make_article, coverage_in_three_languages
):
    english = make_story(make_article("e"))
    assert make_edition(english).language == "en"
    assert make_edition(english, coverage_in_three_languages).language == "mul"
    assert make_edition().language == "mul"


@given(st.permutations(range(6)))
def test_the_order_in_which_stories_come_does_not_matter(
    make_edition, make_story, make_article, order
):
    stories = [make_story(make_article(f"a{number}")) for number in range(6)]
    assert make_edition(*(stories[i] for i in order), limit=4) == make_edition(*stories, limit=4)
