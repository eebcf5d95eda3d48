from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model import Enclosure, Feed, Level, Match, Related
from aggregator.publish import render
from aggregator.publish.privacy import feed_address, public


def by_id(*feeds: Feed) -> dict[str, Feed]:
    return {feed.id: feed for feed in feeds}


def test_a_story_that_only_private_feeds_tell_is_not_told(make_story, make_article):
    assert public(make_story(make_article()), {}) is None


def test_the_best_public_member_stands_in_for_a_private_representative(
    make_story, make_article, make_feed, noon
):
    story = make_story(
        make_article("hidden", feed="secret"),
        make_article("late", feed="big", published=noon + timedelta(hours=1)),
        make_article("early", feed="big"),
        make_article("earliest", feed="small", published=noon - timedelta(hours=1)),
    )
    told = public(story, by_id(make_feed("big", priority=1), make_feed("small")))
    assert told is not None
    assert told.lead_article.id == "early"
    assert [article.id for article in told.articles] == ["late", "early", "earliest"]


def test_a_reason_that_speaks_of_a_hidden_article_goes_with_it(make_story, make_article, make_feed):
    story = make_story(make_article("hidden", feed="secret"), make_article("a"), make_article("b"))
    told = public(story, by_id(make_feed()))
    assert told is not None
    assert [member.match for member in told.members] == [None, None]


def test_a_story_that_began_in_private_begins_with_what_is_shown(
    make_story, make_article, make_feed, noon
):
    later = noon + timedelta(days=1)
    story = make_story(make_article("hidden", feed="secret"), make_article("a", first_seen=later))
    told = public(replace(story, created=noon), by_id(make_feed()))
    assert told is not None
    assert told.created == later


def test_a_relation_that_a_hidden_article_has_goes_with_it(make_story, make_article, make_feed):
    hidden, shown = make_article("hidden", feed="secret"), make_article("a")
    relations = tuple(
        Related(
            story="urn:uuid:earlier",
            match=Match(a=one.id, b="x", level=Level.EVENT, probability=0.6, reasons=()),
        )
        for one in (hidden, shown)
    )
    story = replace(make_story(hidden, shown), related=relations)
    told = public(story, by_id(make_feed()))
    assert told is not None
    assert told.related == relations[1:]


def test_a_public_story_stays_what_it_is(coverage_in_three_languages, make_feed):
    feeds = by_id(*(make_feed(a.feed) for a in coverage_in_three_languages.articles))
    assert public(coverage_in_three_languages, feeds) == coverage_in_three_languages


def test_a_private_feed_shows_nowhere(make_edition, make_story, make_article, make_feed):
    story = make_story(
        make_article("h", "Hidden title", "Hidden lead", feed="secret", authors=("Hidden author",)),
        make_article("o", "Open title"),
        updated=make_article().published,
    )
    alone = make_story(make_article("alone", "Hidden too", feed="secret"))
    feeds = [make_feed("daily"), make_feed("secret", private=True, category="Hidden category")]
    for name, content in render(make_edition(story, alone, feeds=feeds)).items():
        assert b"idden" not in content, name
        assert b"ecret" not in content, name


@pytest.mark.parametrize(
    ("url", "shown_url", "leak"),
    [
        (
            "https://paid.example/rss?token=s3cr3t-t0ken&n=1",
            "https://paid.example/rss?token=${TOKEN}&n=1",
            "https://paid.example/one?auth=s3cr3t-t0ken",
        ),
        (
            "https://reader:s3cr3t%2Ft0ken@paid.example/rss",
            "https://paid.example/rss",
            "https://paid.example/one?key=s3cr3t/t0ken",
        ),
        (
            "https://s3cr3tt0ken@paid.example/rss",
            "https://paid.example/rss",
            "https://paid.example/s3cr3tt0ken/one",
        ),
        (
            "https://u:pass-word-1@paid.example/s3cr3t.xml",
            "https://paid.example/${PART}.xml",
            "https://paid.example/s3cr3t/one",
        ),
    ],
)
def test_links_that_repeat_a_credential_are_not_published(
    *, make_edition, make_story, make_article, make_feed, url, shown_url, leak
):
    article = make_article(
        link=leak,
        image=leak,
        enclosures=(Enclosure(url=leak), Enclosure(url="https://cdn.example/open.mp3")),
    )
    feed = make_feed(url=url, shown_url=shown_url)
    assert feed_address(feed) is None
    published = render(make_edition(make_story(article), feeds=[feed]))
    for name, content in published.items():
        assert b"s3cr3t" not in content, name
        assert b"A title" in content or name == "feeds.opml"
    assert b"https://cdn.example/open.mp3" in published["feed.atom"]
    assert b"paid.example" not in published["feeds.opml"]


def test_a_word_that_only_contains_the_credential_is_no_leak(make_story, make_article, make_feed):
    feed = make_feed(url="https://a:us@paid.example/rss", shown_url="https://paid.example/rss")
    told = public(make_story(make_article(link="https://paid.example/business/a")), by_id(feed))
    assert told is not None
    assert told.lead_article.link == "https://paid.example/business/a"
