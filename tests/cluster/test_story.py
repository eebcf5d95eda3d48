from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.cluster.story import Precedence, fingerprint, tell
from aggregator.model import Article, Criterion, Member, Part

NOW = datetime(2025, 10, 20, tzinfo=UTC)


def told_in(article, *languages: str, **changes):
    parts = tuple(Part(language=tag, title=tag, lead="") for tag in languages)
    return replace(article, parts=parts, **changes)


@pytest.mark.parametrize(
    ("languages", "chosen"),
    [((), "full"), (("zh-Hant", "en"), "zh"), (("de", "en"), "full"), (("en", "zh-Hant"), "full")],
)
def test_who_speaks_the_readers_language_stands_for_a_story(article, languages, chosen):
    full = told_in(article("full"), "en", length=2000)
    zh = told_in(article("zh", 1), "zh-Hans", length=100)
    assert Precedence(languages=languages).representative([full, zh]).id == chosen


def test_a_part_in_the_readers_language_will_do(article):
    both = told_in(article("both", 1), "en", "zh-Hant", length=100)
    english = told_in(article("english"), "en", length=2000)
    assert Precedence(languages=("zh-Hant",)).representative([english, both]) == both


def test_the_order_of_criteria_is_the_readers_to_choose(article):
    early, full = article("early"), replace(article("full", 1), length=2000)
    by_time = Precedence(criteria=(Criterion.EARLIEST,))
    assert by_time.representative([full, early]) == early


def test_the_fullest_text_stands_for_a_story(article):
    short, full = replace(article("a"), length=50), replace(article("b", 1), length=200)
    assert Precedence().representative([short, full]) == full


def test_texts_of_about_one_length_leave_it_to_the_feeds_priority(article):
    first = replace(article("a", feed="plain"), length=200)
    second = replace(article("b", 1, feed="dear"), length=180)
    assert Precedence(priorities={"dear": 1}).representative([first, second]) == second


def test_then_the_earliest_and_then_the_id_decide(article):
    alike = [article("b", 1), article("c"), article("a")]
    assert Precedence().representative(alike).id == "a"


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
    members = [Member(article=article("a"), match=None)]
    story = tell(None, members, id="new", precedence=Precedence(), now=NOW)
    assert (story.id, story.created, story.updated) == ("new", NOW, NOW)


def test_what_a_private_feed_tells_changes_nothing_that_others_see(article):
    precedence = Precedence(private=frozenset({"letters"}))
    public = article("b")
    letter = replace(article("a"), feed="letters", length=100_000)
    before = tell(None, _members(public), id="one", precedence=precedence, now=NOW)

    after = tell(
        before, _members(public, letter), id="one", precedence=precedence, now=NOW + timedelta(1)
    )

    assert len(after.members) == 2
    assert (after.representative, after.updated) == (public.id, NOW)


def test_a_private_story_is_changed_by_what_others_see_of_it(article):
    precedence = Precedence(private=frozenset({"letters"}))
    letter = replace(article("a"), feed="letters")
    later = NOW + timedelta(1)
    before = tell(None, _members(letter), id="one", precedence=precedence, now=NOW)

    after = tell(before, _members(letter, article("b")), id="one", precedence=precedence, now=later)

    assert (before.representative, after.representative) == ("a", "b")
    assert (before.updated, after.updated) == (NOW, later)


def _members(*articles: Article) -> list[Member]:
    return [Member(article=article, match=None) for article in articles]
