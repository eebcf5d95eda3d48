"""What people and rules say binds the clusterer, whatever the model thinks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cluster import Changes, Clusterer, Constraints
from aggregator.model import Article, Decision, Level, Rule, Story, Verdict

NOW = datetime(2025, 10, 20, tzinfo=UTC)
GOOD, CLOSE, WEAK, BAD = 3.0, 0.5, 0.0, -4.0
ONE_ITEM = 12.0


class Desk:
    """A clusterer with what was told and decided so far, as the store would have it."""

    def __init__(self, clusterer: Clusterer) -> None:
        self.clusterer = clusterer
        self.stories: dict[str, Story] = {}
        self.gone: set[str] = set()
        self.decisions: list[Decision] = []
        self.now = NOW

    def take(self, changes: Changes) -> Changes:
        self.stories |= {story.id: story for story in changes.stories}
        for withdrawal in changes.withdrawals:
            self.gone.add(withdrawal.story)
            self.stories.pop(withdrawal.story, None)
        return changes

    def add(self, *articles: Article) -> Changes:
        return self.take(self.clusterer.add(articles, self.now))

    def story(self, name: str) -> Story:
        (story,) = (s for s in self.stories.values() if name in {a.id for a in s.articles})
        return story

    def merge(self, a: str, b: str) -> Changes:
        one, other = self.story(a), self.story(b)
        others = other.articles if one != other else ()
        return self._decide(Verdict.MERGE, one.articles, others)

    def split(self, name: str) -> Changes:
        articles = self.story(name).articles
        return self._decide(
            Verdict.SPLIT,
            [a for a in articles if a.id == name],
            [a for a in articles if a.id != name],
        )

    def undo(self, number: int) -> Changes:
        undone = replace(self.decisions[number - 1], undone=self.now, settled=False)
        self.decisions[number - 1] = undone
        return self._heed()

    def grouped(self) -> set[frozenset[str]]:
        return {frozenset(a.id for a in story.articles) for story in self.stories.values()}

    def _decide(
        self, verdict: Verdict, articles: Sequence[Article], others: Sequence[Article]
    ) -> Changes:
        made = Decision(
            number=len(self.decisions) + 1,
            verdict=verdict,
            articles=tuple(a.id for a in articles),
            others=tuple(a.id for a in others),
            at=NOW,
        )
        self.decisions.append(made)
        return self._heed()

    def _heed(self) -> Changes:
        changes = self.take(self.clusterer.heed(self.decisions, self.now))
        self.decisions = [replace(decision, settled=True) for decision in self.decisions]
        return changes


@pytest.fixture(scope="module")
def desk(clusterer):
    def made(table, **options) -> Desk:
        return Desk(clusterer(table, **options))

    return made


def groups(*names: str) -> set[frozenset[str]]:
    return set(map(frozenset, names))


def test_two_stories_are_merged_and_the_older_id_survives(desk, article):
    made = desk({})
    made.add(article("a"))
    older = made.story("a")
    made.now += timedelta(hours=1)
    made.add(article("b", 1))
    younger = made.story("b")
    changes = made.merge("b", "a")
    assert [(w.story, w.survivor) for w in changes.withdrawals] == [(younger.id, older.id)]
    (story,) = changes.stories
    assert story.id == older.id
    match = story.members[1].match
    assert match.reasons == ("merged by hand on 2025-10-20 (decision 1)",)
    assert (match.level, match.probability) == (Level.EVENT, 1.0)
    assert story.members[0].match is None


def test_what_was_split_never_comes_back_by_itself(desk, article):
    table = dict.fromkeys(combinations("abcd", 2), GOOD)
    made = desk(table)
    made.add(*(article(name, n) for n, name in enumerate("abc")))
    made.split("c")
    assert made.grouped() == groups("ab", "c")
    made.add(article("d", 3))
    assert made.grouped() in (groups("abd", "c"), groups("ab", "cd"))
    made.add(article("c", 2, title="Edited"))
    assert len(made.grouped()) == 2


def test_not_even_one_address_brings_back_what_was_split(desk, article):
    made = desk({("a", "b"): ONE_ITEM, ("a", "c"): ONE_ITEM, ("b", "c"): ONE_ITEM})
    made.add(article("a"), article("b", 1))
    made.split("b")
    made.add(article("c", 2))
    assert made.grouped() in (groups("ac", "b"), groups("a", "bc"))


def test_the_part_of_the_representative_keeps_the_id(desk, article):
    made = desk({("a", "b"): GOOD, ("a", "c"): GOOD, ("b", "c"): GOOD})
    made.add(*(replace(article(name, n), length=n * 100) for n, name in enumerate("abc")))
    before = made.story("c")
    assert before.representative == "c"
    changes = made.split("c")
    assert made.story("c").id == before.id
    rest = made.story("a")
    assert rest.id not in {before.id, ""}
    assert [m.match and m.match.reasons for m in rest.members] == [None, ("b and a",)]
    assert changes.withdrawals == ()


def test_who_stays_is_matched_with_who_stays(desk, article):
    made = desk({("a", "b"): GOOD, ("b", "c"): GOOD + 1, ("a", "c"): GOOD})
    made.add(*(article(name, n) for n, name in enumerate("abc")))
    assert made.story("c").members[2].match.b == "b"
    made.split("b")
    assert [m.match and m.match.b for m in made.story("c").members] == [None, "a"]


def test_a_later_merge_goes_before_an_earlier_split(desk, article):
    made = desk({("a", "b"): GOOD})
    made.add(article("a"), article("b", 1))
    made.split("b")
    made.merge("a", "b")
    assert made.grouped() == groups("ab")
    made.split("a")
    assert made.grouped() == groups("a", "b")


def test_a_merge_that_is_undone_comes_apart(desk, article):
    made = desk({})
    made.add(article("a"), article("b", 1), article("c", 2))
    made.merge("a", "b")
    made.undo(1)
    assert made.grouped() == groups("a", "b", "c")
    assert not made.gone & made.stories.keys()


def test_a_merge_that_is_undone_gives_the_id_back_to_the_story_that_had_it(desk, article):
    made = desk({})
    made.add(article("a"))
    made.now += timedelta(hours=1)
    made.add(replace(article("b", 1), length=1000))
    older, younger = made.story("a").id, made.story("b").id
    made.merge("a", "b")
    assert made.story("a").representative == "b"
    made.undo(1)
    assert made.story("a").id == older
    assert made.story("b").id not in {older, younger}


def test_a_split_that_is_undone_is_put_together(desk, article):
    made = desk({("a", "b"): GOOD})
    made.add(article("a"), article("b", 1))
    made.split("b")
    made.undo(1)
    assert made.grouped() == groups("ab")
    match = made.story("b").members[1].match
    assert match is not None
    assert match.reasons == ("decision 1 taken back on 2025-10-20",)


def test_undoing_leaves_what_others_decided(desk, article):
    made = desk({})
    made.add(article("a"), article("b", 1))
    made.merge("a", "b")
    made.merge("a", "b")
    made.undo(1)
    assert made.grouped() == groups("ab")
    made.undo(2)
    assert made.grouped() == groups("ab")


def test_undoing_a_merge_leaves_what_a_rule_makes_one(desk, article):
    made = desk({}, rules=[Rule(feeds=("fx", "fy"), always=True)])
    made.add(article("x", feed="fx", title="Same"), article("y", 1, feed="fy", title="Same"))
    made.merge("x", "y")
    made.undo(1)
    assert made.grouped() == groups("xy")


def test_decisions_about_stories_that_are_not_at_hand_do_nothing(clusterer):
    decision = Decision(number=1, verdict=Verdict.MERGE, articles=("x",), others=("y",), at=NOW)
    assert clusterer({}).heed([decision], NOW) == Changes()


def test_feeds_with_dedup_off_keep_every_item_apart(desk, article):
    made = desk(dict.fromkeys(combinations("abc", 2), ONE_ITEM), alone=frozenset(["pod"]))
    made.add(article("a", feed="pod"), article("b", 1, feed="pod"), article("c", 2))
    assert made.grouped() == groups("a", "b", "c")
    assert not any(story.related for story in made.stories.values())


def test_a_never_rule_holds_against_merging_as_well(desk, article):
    table = {("x", "c"): GOOD, ("y", "c"): GOOD, ("x", "y"): WEAK}
    never = Rule(feeds=("fx", "fy"), always=False)
    made = desk(table, rules=[never])
    made.add(article("x", feed="fx"), article("y", 1, feed="fy"), article("c", 2))
    assert made.grouped() == groups("xc", "y")
    free = desk(table)
    free.add(article("x", feed="fx"), article("y", 1, feed="fy"), article("c", 2))
    assert free.grouped() == groups("xyc")


def test_an_always_rule_makes_mirrored_items_one(desk, article):
    made = desk({}, rules=[Rule(feeds=("fx", "fy"), always=True)])
    made.add(article("x", feed="fx", title="Same"))
    made.add(article("y", 1, feed="fy", title="Same"), article("z", 1, feed="fy", title="Other"))
    assert made.grouped() == groups("xy", "z")
    match = made.story("y").members[1].match
    assert match.level is Level.COPY
    assert match.reasons == ("a rule always merges fx and fy", "same title")


def test_an_always_rule_does_not_bring_back_what_was_split(desk, article):
    made = desk({}, rules=[Rule(feeds=("fx", "fy"), always=True)])
    made.add(*(article(name, n, feed=f"f{name}", title="Same") for n, name in enumerate("xy")))
    made.split("y")
    made.add(article("x2", 2, feed="fx", title="Same"))
    assert made.story("x") != made.story("y")


def test_what_comes_close_is_related_to_what_was_before(desk, article):
    made = desk({("a", "b"): CLOSE})
    made.add(article("b", 5))
    made.add(article("a"))
    assert made.story("a").related == ()
    (related,) = made.story("b").related
    assert related.story == made.story("a").id
    assert (related.match.a, related.match.b) == ("b", "a")
    assert related.match.reasons == ("b and a",)


def test_a_match_that_others_speak_against_is_a_relation(desk, article):
    made = desk({("a", "b"): GOOD, ("a", "c"): GOOD, ("b", "c"): GOOD, ("c", "d"): GOOD})
    made.add(*(article(name, n) for n, name in enumerate("abcd")))
    assert made.grouped() == groups("abc", "d")
    assert [r.story for r in made.story("d").related] == [made.story("a").id]


def test_a_story_is_related_to_a_few_others_and_to_the_nearest(desk, article):
    names = "abcdef"
    made = desk({(name, "z"): CLOSE + n / 10 for n, name in enumerate(names)})
    made.add(*(article(name, n) for n, name in enumerate(names)))
    made.add(article("z", 9))
    assert {r.match.b for r in made.story("z").related} == set("def")


def test_relations_follow_merged_stories_and_end_where_all_is_one(desk, article):
    made = desk({("b", "c"): CLOSE})
    made.add(article("a"), article("b", 1))
    made.add(article("c", 5))
    made.merge("a", "b")
    made.add(article("c", 5, title="Edited"))
    assert [r.story for r in made.story("c").related] == [made.story("a").id]
    made.merge("b", "c")
    assert made.story("c").related == ()


NAMES = "abcdefgh"
PAIRS = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda p: p[0] < p[1])
TABLES = st.lists(
    st.sampled_from([ONE_ITEM, 6.0, GOOD, CLOSE, WEAK, BAD]), min_size=28, max_size=28
).map(lambda logits: dict(zip(combinations(NAMES, 2), logits, strict=True)))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), PAIRS),
        st.tuples(st.just("split"), st.sampled_from(NAMES)),
        st.tuples(st.just("undo"), st.integers(1, 4)),
    ),
    max_size=6,
)
RULES = st.lists(
    st.builds(
        lambda feeds, always: Rule(feeds=tuple(sorted(feeds)), always=always),
        st.sets(st.sampled_from("012"), min_size=1, max_size=2),
        st.booleans(),
    ),
    max_size=2,
)


def told(article, name: str):
    number = NAMES.index(name)
    return article(name, number, feed=str(number % 3), title=f"Title {number // 3}")


@given(table=TABLES, rules=RULES, before=STEPS, after=STEPS, cut=st.integers(1, len(NAMES)))
def test_no_story_ever_holds_what_may_not_be_one(
    desk, article, *, table, rules, before, after, cut
):
    made = desk(table, rules=rules)
    undone = False
    for names, steps in ((NAMES[:cut], before), (NAMES[cut:], after)):
        made.add(*(told(article, name) for name in names))
        for step, what in steps:
            here = {a.id for story in made.stories.values() for a in story.articles}
            if step == "undo" and what <= len(made.decisions):
                made.undo(what)
                undone = True
            elif step == "merge" and {*what} <= here:
                made.merge(*what)
            elif step == "split" and what in here and len(made.story(what).members) > 1:
                made.split(what)
    constraints = Constraints(made.decisions, rules)
    every = [a for story in made.stories.values() for a in story.articles]
    assert sorted(a.id for a in every) == sorted(NAMES)
    for story in made.stories.values():
        for a, b in combinations(story.articles, 2):
            assert undone or constraints.forbids(a, b) is None
        assert story.members[0].match is None
        assert all(member.match for member in story.members[1:])
    for a, b in combinations(every, 2):
        decided = Constraints(made.decisions)
        if not undone and decided.unite([a], [b]):
            assert made.story(a.id) == made.story(b.id)
    assert not made.gone & made.stories.keys()


@given(table=TABLES, rules=RULES, order=st.permutations(NAMES), cut=st.integers(2, 6))
def test_the_order_within_a_batch_makes_no_difference_under_constraints(
    desk, article, *, table, rules, order, cut
):
    results = []
    for names in (list(NAMES), order):
        made = desk(table, rules=rules, alone=frozenset("2"))
        first = made.add(*(told(article, n) for n in names if n in NAMES[:cut]))
        made.merge("a", "b")
        last = made.add(*(told(article, n) for n in names if n not in NAMES[:cut]))
        results.append((first, last, made.stories))
    assert results[0] == results[1]
