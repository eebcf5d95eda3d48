from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.publish.told import told_now

MINUTE = timedelta(minutes=1)


@pytest.fixture
def tell(make_edition):
    """Tell stories, given how they were told before; return how they are told, by story."""

    def tell(*stories, before=None, **given):
        edition, items, told = told_now(make_edition(*stories, **given), before or {})
        by_story = {one.story: one for one in told}
        assert [s.id for s in edition.stories] == [item.id for item in items]
        for item, story in zip(items, edition.stories, strict=True):
            assert item.updated == story.updated == by_story[story.id].updated
        return by_story

    return tell


def test_what_is_told_first_is_told_with_the_storys_own_time(tell, make_story, make_article, noon):
    story = make_story(make_article(), updated=noon + timedelta(microseconds=1999))
    (told,) = tell(story).values()
    assert told.updated == noon + timedelta(milliseconds=1)
    assert not told.is_archived


def test_an_unchanged_story_keeps_its_time(tell, make_story, make_article):
    story = make_story(make_article())
    before = tell(story)
    assert tell(story, before=before) == before


def test_a_change_that_readers_see_moves_it(tell, make_story, make_article, noon):
    story = make_story(make_article())
    before = tell(story)
    grown = make_story(make_article(), make_article("b", feed="other"), updated=noon + 90 * MINUTE)
    assert tell(grown, before=before)[story.id].updated == noon + 90 * MINUTE


def test_a_change_that_they_do_not_see_does_not(tell, make_story, make_article, make_feed, noon):
    story = make_story(make_article())
    before = tell(story)
    grown = make_story(make_article(), make_article("b", feed="diary"), updated=noon + 90 * MINUTE)
    feeds = [make_feed(), make_feed("diary", private=True)]
    after = tell(grown, before=before, feeds=feeds)
    assert after[story.id].updated == before[story.id].updated
    assert after[story.id].seen == noon + 90 * MINUTE


def test_neither_does_a_setting_of_ours(tell, make_story, make_article):
    story = make_story(make_article(lead="Many words stand here."))
    before = tell(story)
    after = tell(story, before=before, excerpt=10)
    assert after[story.id].digest != before[story.id].digest
    assert after[story.id].updated == before[story.id].updated


def test_what_changed_in_one_instant_is_told_apart_the_latest_reported_last(
    tell, make_story, make_article, noon
):
    stories = [
        make_story(make_article(f"a{n}", published=noon - n * MINUTE), updated=noon)
        for n in range(3)
    ]
    told = tell(*stories)
    assert [(told[story.id].updated - noon) / timedelta(milliseconds=1) for story in stories] == [
        *(2, 1, 0)
    ]
    late = make_story(make_article("late", published=noon - 5 * MINUTE), updated=noon)
    after = tell(*stories, late, before=told)
    assert {name: after[name] for name in told} == told
    assert after[late.id].updated == noon + timedelta(milliseconds=3)


def test_an_archived_story_that_changes_is_archived_no_longer(tell, make_story, make_article, noon):
    story = make_story(make_article())
    before = {name: replace(one, archived=one.updated) for name, one in tell(story).items()}
    assert before[story.id].is_archived
    changed = make_story(make_article(title="Other words"), updated=noon + 90 * MINUTE)
    assert not tell(changed, before=before)[story.id].is_archived


def test_a_clock_that_was_set_back_makes_no_change_older_than_the_last(
    tell, make_story, make_article, noon
):
    story = make_story(make_article(), updated=noon)
    before = tell(story)
    grown = make_story(make_article(), make_article("b", feed="other"), updated=noon - 90 * MINUTE)
    told = tell(grown, before=before)[story.id].updated
    assert told == noon + timedelta(milliseconds=1)
