from dataclasses import replace
from datetime import UTC, datetime

from aggregator.cluster.story import fingerprint, represent, tell
from aggregator.model import Member

NOW = datetime(2025, 10, 20, tzinfo=UTC)


def test_the_fullest_text_stands_for_a_story(article):
    short, full = replace(article("a"), length=50), replace(article("b", 1), length=200)
    assert represent([short, full], {}) == full


def test_texts_of_about_one_length_leave_it_to_the_feeds_priority(article):
    first = replace(article("a", feed="plain"), length=200)
    second = replace(article("b", 1, feed="dear"), length=180)
    assert represent([first, second], {"dear": 1}) == second


def test_then_the_earliest_and_then_the_id_decide(article):
    assert represent([article("b", 1), article("c"), article("a")], {}).id == "a"


def test_readers_see_a_member_more_and_a_changed_representative(article):
    one, other = article("a"), article("b")
    seen = fingerprint(one, [one])
    assert seen != fingerprint(one, [one, other])
    assert seen != fingerprint(replace(one, content_hash="changed"), [one])
    assert seen == fingerprint(one, [replace(one, first_seen=NOW)])


def test_the_order_of_members_is_nothing_that_readers_see(article):
    one, other = article("a"), article("b")
    assert fingerprint(one, [one, other]) == fingerprint(one, [other, one])


def test_a_new_story_is_created_and_updated_now(article):
    story = tell(None, [Member(article=article("a"), match=None)], {}, lambda: "new", NOW)
    assert (story.id, story.created, story.updated) == ("new", NOW, NOW)
