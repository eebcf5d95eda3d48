from datetime import timedelta

import pytest

from aggregator.publish.history import KEPT, without_history

HOUR = timedelta(hours=1)


@pytest.fixture
def told(make_story, make_article, noon):
    """The articles told of some, given as (feed, hours since the new feed came)."""

    def told(*reports, private=()):
        stories = [
            make_story(
                *(
                    make_article(f"{feed}{hours}", feed=feed, published=noon + hours * HOUR)
                    for feed, hours in story
                )
            )
            for story in reports
        ]
        since = {"old": noon - 1000 * HOUR, "new": noon}
        since = {feed: start for feed, start in since.items() if feed not in private}
        return [story.members[0].article.id for story in without_history(stories, since)]

    return told


def test_of_a_new_feeds_past_a_few_are_told(told):
    past = [[("new", -hours)] for hours in range(1, 500)]

    assert told(*past) == [f"new-{hours}" for hours in range(1, KEPT + 1)]


def test_what_it_publishes_from_then_on_is_told(told):
    since = [[("new", hours)] for hours in range(500, -1, -1)]

    assert len(told(*since)) == 501


def test_feeds_that_were_there_from_the_beginning_have_no_past(told):
    past = [[("old", -hours)] for hours in range(990, 1020)]

    assert len(told(*past)) == 30


def test_where_all_feeds_came_together_everything_is_told(told):
    past = [[("new", -hours)] for hours in range(1, 30)]

    assert len(told(*past, private={"old"})) == 29


def test_a_story_that_another_feed_tells_is_told(told):
    past = [[("new", -hours), ("old", -hours)] for hours in range(1, 30)]

    assert len(told(*past)) == 29


def test_a_story_of_the_past_that_goes_on_is_told(told):
    past = [[("new", -hours)] for hours in range(1, 30)]

    assert "new-40" in told(*past, [("new", -40), ("new", 1)])


def test_private_and_former_feeds_do_not_count(told):
    assert told([("gone", 1)], [("old", 1)], private={"old"}) == []
    assert told(*([("new", -hours), ("gone", 1)] for hours in range(1, 30))) == [
        f"new-{hours}" for hours in range(1, KEPT + 1)
    ]
