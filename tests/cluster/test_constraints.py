from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.cluster import Constraints
from aggregator.model import Decision, Level, Rule, Verdict

DAY = datetime(2025, 10, 20, tzinfo=UTC)
NEVER, ALWAYS = Rule(feeds=("x", "y"), always=False), Rule(feeds=("x", "y"), always=True)


def decision(number: int, verdict: Verdict, articles: str, others: str, **changes) -> Decision:
    made = Decision(
        number=number,
        verdict=verdict,
        articles=tuple(articles),
        others=tuple(others),
        at=DAY,
    )
    return replace(made, **changes)


def test_what_was_split_may_not_be_one_story(article):
    constraints = Constraints([decision(3, Verdict.SPLIT, "a", "bc")])
    a, b, c = (article(name) for name in "abc")
    assert constraints.forbids(b, a) == "kept apart by hand on 2025-10-20 (decision 3)"
    assert constraints.forbids(b, c) is None
    assert constraints.part([b, c], [article("d"), a]) is not None
    assert constraints.part([b, c], [article("d")]) is None


def test_what_was_merged_has_to_be_one_story_and_says_why(article):
    constraints = Constraints([decision(1, Verdict.MERGE, "ab", "c")])
    for other in "bc":
        match = constraints.demands(article("a"), article(other))
        assert match is not None
        assert (match.level, match.probability) == (Level.EVENT, 1.0)
        assert match.reasons == ("merged by hand on 2025-10-20 (decision 1)",)
    assert constraints.demands(article("a"), article("d")) is None


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_decisions_about_a_pair_the_newer_holds(article, order):
    a, b = article("a"), article("b")
    merged, split = decision(1, Verdict.MERGE, "a", "b"), decision(2, Verdict.SPLIT, "a", "b")
    assert Constraints([merged, split][::order]).forbids(a, b)
    merged = replace(merged, number=3)
    assert Constraints([merged, split][::order]).forbids(a, b) is None
    assert Constraints([replace(merged, undone=DAY), split][::order]).forbids(a, b)


def test_what_has_to_share_a_story_is_told_of_groups_as_well(article):
    constraints = Constraints([decision(1, Verdict.MERGE, "a", "b")], [ALWAYS])
    a, b, c = (article(name) for name in "abc")
    assert constraints.unite([c, a], [b])
    assert not constraints.unite([c], [a, b])
    mirrored = [replace(article(name, feed=name), title="Same") for name in "xy"]
    assert constraints.unite(mirrored[:1], mirrored[1:])


def test_an_older_decision_still_holds_where_a_newer_says_nothing(article):
    merged, split = decision(1, Verdict.MERGE, "ab", "c"), decision(2, Verdict.SPLIT, "a", "b")
    constraints = Constraints([merged, split])
    assert constraints.demands(article("b"), article("c"))
    assert constraints.demands(article("a"), article("b")) is None


def test_feeds_with_dedup_off_share_no_story(article):
    constraints = Constraints(alone=frozenset("x"))
    one, two, other = article("1", feed="x"), article("2", feed="x"), article("3", feed="y")
    assert "dedup: off" in str(constraints.forbids(one, two))
    assert constraints.forbids(other, one)
    assert constraints.part([other], [article("4", feed="z"), one])
    assert constraints.forbids(other, article("4", feed="z")) is None


def test_a_rule_of_two_feeds_leaves_each_by_itself_alone(article):
    constraints = Constraints(rules=[NEVER])
    assert constraints.forbids(article("1", feed="x"), article("2", feed="y"))
    assert constraints.forbids(article("1", feed="x"), article("2", feed="x")) is None


def test_a_rule_of_one_feed_is_about_its_own_items(article):
    constraints = Constraints(rules=[Rule(feeds=("x",), always=False)])
    assert constraints.forbids(article("1", feed="x"), article("2", feed="x"))
    assert constraints.forbids(article("1", feed="x"), article("2", feed="y")) is None


def test_a_decision_goes_before_rules(article):
    x, y = article("a", feed="x"), article("b", feed="y")
    merged, split = decision(1, Verdict.MERGE, "a", "b"), decision(1, Verdict.SPLIT, "a", "b")
    constraints = Constraints([merged], [NEVER], frozenset("x"))
    assert constraints.forbids(x, y) is None
    assert constraints.part([x], [y]) is None
    assert constraints.part([x], [y, article("c", feed="y")])
    twins = (replace(x, title="Same"), replace(y, title="Same"))
    assert Constraints([split], [ALWAYS]).demands(*twins) is None


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({"title": "Two  words"}, Level.COPY),
        ({"title": "TWO WORDS", "url": "https://x.example/2"}, Level.COPY),
        ({"title": "Others", "url": "https://x.example/1"}, Level.ITEM),
        ({"title": "Others"}, None),
        ({"title": "Two words", "published": DAY + timedelta(hours=73)}, None),
        ({"title": "Two words", "feed": "z"}, None),
    ],
)
def test_an_always_rule_goes_by_address_or_title(article, changes, level):
    one = replace(article("1", feed="x"), url="https://x.example/1", title="Two words")
    one, other = (replace(a, published=DAY) for a in (one, article("2", feed="y")))
    match = Constraints(rules=[ALWAYS]).demands(one, replace(other, **changes))
    assert (match and match.level) == level


def test_items_without_a_title_have_none_in_common(article):
    one, other = (replace(article(name, feed=name), title=" ") for name in "xy")
    assert Constraints(rules=[ALWAYS]).demands(one, other) is None


def test_never_goes_before_always(article):
    one, other = (replace(article(name, feed=name), title="Same") for name in "xy")
    assert Constraints(rules=[ALWAYS], alone=frozenset("x")).demands(one, other) is None
