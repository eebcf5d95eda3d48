from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cluster import Changes
from aggregator.model import Level

NOW = datetime(2025, 10, 20, tzinfo=UTC)
COPY, GOOD, WEAK, BAD = 6.0, 3.0, 0.0, -4.0


def grouped(changes: Changes) -> set[frozenset[str]]:
    return {frozenset(a.id for a in story.articles) for story in changes.stories}


def test_an_article_founds_a_story_without_a_match(clusterer, article):
    (story,) = clusterer({}).add([article("a")], NOW).stories
    assert story.id == "story-0"
    assert story.members[0].match is None
    assert (story.created, story.updated) == (NOW, NOW)


def test_an_article_joins_the_story_of_its_best_match_and_says_why(clusterer, article):
    made = clusterer({("a", "c"): GOOD, ("b", "c"): GOOD + 1})
    made.add([article("a"), article("b")], NOW)
    (story,) = made.add([article("c", 1)], NOW).stories
    assert [a.id for a in story.articles] == ["b", "c"]
    assert story.members[1].match.reasons == ("c and b",)


def test_of_two_stories_an_article_joins_the_one_whose_members_want_it_most(clusterer, article):
    table = {("a", "b"): GOOD, ("a", "d"): GOOD + 1, ("b", "d"): WEAK, ("c", "d"): GOOD}
    changes = clusterer(table).add([article(name, n) for n, name in enumerate("abcd")], NOW)
    assert grouped(changes) == {frozenset("ab"), frozenset("cd")}


def test_one_lucky_member_does_not_chain_two_events(clusterer, article):
    table = {("a", "b"): GOOD, ("a", "c"): GOOD, ("b", "c"): GOOD, ("c", "d"): GOOD}
    made = clusterer(table)
    changes = made.add([article(name, hours) for hours, name in enumerate("abcd")], NOW)
    assert grouped(changes) == {frozenset("abc"), frozenset("d")}


def test_a_story_that_lasts_is_not_held_against_what_comes_late(clusterer, article):
    pairs = {("a", "b"): GOOD, ("a", "c"): GOOD, ("b", "c"): GOOD, ("c", "d"): GOOD}
    table = pairs | {("a", "d"): -3.2, ("b", "d"): -2.6}
    days = clusterer(table).add([article(name, 15 * n) for n, name in enumerate("abcd")], NOW)
    assert grouped(days) == {frozenset("abcd")}
    hour = clusterer(table).add([article(name, n / 4) for n, name in enumerate("abcd")], NOW)
    assert grouped(hour) == {frozenset("abc"), frozenset("d")}


def test_a_copy_needs_nobodys_support(clusterer, article):
    table = {("a", "b"): GOOD, ("a", "c"): GOOD, ("b", "c"): GOOD, ("c", "d"): COPY}
    changes = clusterer(table).add([article(name, n) for n, name in enumerate("abcd")], NOW)
    assert grouped(changes) == {frozenset("abcd")}


def test_a_text_that_many_run_is_one_voice(clusterer, article):
    copies = [f"copy{n}" for n in range(5)]
    table = dict.fromkeys(combinations(["wire", *copies], 2), COPY)
    table |= {(name, "own"): GOOD for name in ["wire", *copies]}
    table |= {(name, "late"): 1.6 for name in ["wire", *copies]} | {("own", "late"): BAD}
    names = ["wire", *copies, "own", "late"]
    changes = clusterer(table).add([article(name, n / 9) for n, name in enumerate(names)], NOW)
    assert grouped(changes) == {frozenset(names[:-1]), frozenset({"late"})}


def test_a_copy_speaks_for_a_text_that_is_forgotten(clusterer, article):
    made = clusterer({("wire", "copy"): COPY, ("copy", "late"): GOOD})
    (story,) = made.add([article("wire"), article("copy", 10)], NOW).stories
    made.forget(story.articles[1].published)
    (changed,) = made.add([article("late", 11)], NOW).stories
    assert changed.id == story.id


def test_halves_of_a_story_are_merged_and_the_older_id_survives(clusterer, article):
    table = {
        ("zh", "en"): WEAK,
        ("zh", "both"): GOOD,
        ("en", "both"): GOOD + 1,
    }
    made = clusterer(table)
    first = made.add([article("zh")], NOW).stories[0]
    second = made.add([article("en", 1)], NOW + timedelta(hours=1)).stories[0]
    changes = made.add([article("both", 2)], NOW + timedelta(hours=2))
    assert [w.story for w in changes.withdrawals] == [second.id]
    assert [w.survivor for w in changes.withdrawals] == [first.id]
    (story,) = changes.stories
    assert story.id == first.id
    assert grouped(changes) == {frozenset({"zh", "en", "both"})}
    assert all(m.match for m in story.members[1:])


def test_of_two_large_stories_more_is_asked(clusterer, article):
    def merged(size: int) -> bool:
        one, other = ([f"{side}{n}" for n in range(size)] for side in "xy")
        table = {(a, b): GOOD for side in (one, other) for a, b in combinations(side, 2)}
        table |= {(a, b): -0.6 for a in one for b in other}
        made = clusterer(table | {(one[-1], other[-1]): GOOD})
        made.add([article(name) for name in one[:-1] + other[:-1]], NOW)
        stories = made.add([article(one[-1]), article(other[-1])], NOW).stories
        return len(stories) == 1

    assert merged(4)
    assert not merged(16)


@pytest.mark.parametrize(("apart", "stories"), [(-0.5, 1), (GOOD, 2)])
def test_of_two_stories_more_is_asked_the_tighter_they_are(clusterer, article, apart, stories):
    one, other = ([f"{side}{n}" for n in range(4)] for side in "xy")
    table = {(a, b): apart for side in (one, other) for a, b in combinations(side, 2)}
    table |= {pair: GOOD for side in (one, other) for pair in pairwise(side)}
    table |= {(a, b): -0.9 for a in one for b in other}
    made = clusterer(table | {(one[-1], other[-1]): GOOD})
    made.add([article(name) for name in one[:-1] + other[:-1]], NOW)
    changes = made.add([article(one[-1]), article(other[-1])], NOW)
    assert len(changes.stories) == stories


def test_one_item_is_one_story_whatever_its_age(clusterer, article):
    made = clusterer({("old", "new"): 12.0})
    old = made.add([article("old", -24 * 400)], NOW).stories[0]
    (story,) = made.add([article("new")], NOW).stories
    assert story.id == old.id
    assert story.members[1].match.level is Level.ITEM


def test_an_edited_article_keeps_its_story_and_moves_its_update(clusterer, article):
    made = clusterer({("a", "b"): GOOD})
    (before,) = made.add([article("a"), article("b", 1)], NOW).stories
    later = NOW + timedelta(hours=1)
    edited = article("a", title="Corrected")
    (after,) = made.add([edited], later).stories
    assert (after.id, after.created, after.updated) == (before.id, NOW, later)
    assert edited in after.articles


def test_what_readers_do_not_see_moves_no_update(clusterer, article):
    made = clusterer({})
    made.add([article("a")], NOW)
    seen_again = replace(article("a"), first_seen=NOW)
    (story,) = made.add([seen_again], NOW + timedelta(hours=1)).stories
    assert story.updated == NOW


def test_an_article_that_comes_again_unchanged_changes_nothing(clusterer, article):
    made = clusterer({})
    made.add([article("a")], NOW)
    assert made.add([article("a")], NOW).stories == ()


def test_stories_told_earlier_are_taken_up(clusterer, article):
    stories = clusterer({("a", "b"): GOOD}).add([article("a"), article("b")], NOW).stories
    later = clusterer({("a", "b"): GOOD, ("a", "c"): GOOD, ("b", "c"): GOOD}, stories=stories)
    (story,) = later.add([article("c", 1)], NOW).stories
    assert story.id == stories[0].id
    assert [a.id for a in story.articles] == ["a", "b", "c"]


def test_a_story_is_forgotten_when_its_last_report_is_old(clusterer, article):
    made = clusterer({("a", "b"): GOOD})
    (first,) = made.add([article("a")], NOW).stories
    made.forget(article("a").published + timedelta(hours=1))
    (second,) = made.add([article("b", 2)], NOW).stories
    assert first.id != second.id


NAMES = "abcdefgh"


@given(
    table=st.dictionaries(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda p: p[0] < p[1]),
        st.sampled_from([12.0, 6.0, GOOD, WEAK, BAD]),
    ),
    order=st.permutations(NAMES),
    cut=st.integers(0, len(NAMES)),
)
def test_the_order_within_a_batch_makes_no_difference(clusterer, article, table, order, cut):
    told = {name: article(name, number) for number, name in enumerate(NAMES)}
    earlier = [name for name in NAMES if name in NAMES[:cut]]
    results = []
    for names in (earlier, [name for name in order if name in earlier]):
        made = clusterer(table)
        first = made.add([told[name] for name in names], NOW)
        second = made.add([told[name] for name in order if name not in earlier], NOW)
        results.append((first, second))
    assert results[0] == results[1]
    articles = [a.id for s in (*results[0][0].stories,) for a in s.articles]
    assert sorted(articles) == sorted(earlier)
