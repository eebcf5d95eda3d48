"""What people decided is kept, and what was carried out is known to be."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model import Batch, Level, Match, Related, Verdict, Withdrawal

HOUR = timedelta(hours=1)


@pytest.fixture
def decisions(store):
    return store.decisions


def test_decisions_count_up_and_are_still_to_be_carried_out(decisions, samples):
    first = decisions.add(Verdict.MERGE, ["a"], ["b", "c"], samples.noon)
    second = decisions.add(Verdict.SPLIT, ["b"], [], samples.noon + HOUR)
    assert decisions.all() == (first, second)
    assert second.number == first.number + 1
    assert (first.verdict, first.articles, first.others) == (Verdict.MERGE, ("a",), ("b", "c"))
    assert (first.at, first.undone, first.settled) == (samples.noon, None, False)


def test_what_was_carried_out_is_noted_with_its_stories(store, samples):
    made = store.decisions.add(Verdict.MERGE, ["a"], ["b"], samples.noon)
    other = store.decisions.add(Verdict.MERGE, ["c"], ["d"], samples.noon)
    store.save(Batch(settled=(made,)))
    assert [d.settled for d in store.decisions.all()] == [True, False]
    assert store.decisions.all()[1] == other


def test_a_decision_is_undone_once(decisions, samples):
    made = decisions.add(Verdict.MERGE, ["a"], ["b"], samples.noon)
    undone = decisions.undo(made.number, samples.noon + HOUR)
    assert undone.undone == samples.noon + HOUR
    assert decisions.all() == (undone,)
    assert decisions.undo(made.number, samples.noon + 2 * HOUR) is None
    assert decisions.undo(made.number + 1, samples.noon) is None


def test_what_was_undone_meanwhile_is_still_to_be_carried_out(store, samples):
    made = store.decisions.add(Verdict.MERGE, ["a"], ["b"], samples.noon)
    undone = store.decisions.undo(made.number, samples.noon)
    store.save(Batch(settled=(made,)))
    assert store.decisions.all() == (undone,)
    store.save(Batch(settled=(undone,)))
    assert store.decisions.all()[0].settled


class TestRelations:
    @pytest.fixture
    def related(self, store, samples):
        """Three stories; the third follows up the second."""
        first, second, third = (samples.article(number, hours=number) for number in (1, 2, 3))
        match = Match(
            a=third.id, b=second.id, level=Level.EVENT, probability=0.6, reasons=("names",)
        )
        follower = samples.story("3", third, related=(Related(story="urn:uuid:2", match=match),))
        told = (samples.story("1", first), samples.story("2", second), follower)
        store.save(Batch(articles=(first, second, third), stories=told))
        return told

    def test_a_story_comes_back_with_what_it_is_related_to(self, store, related):
        assert store.stories() == [*reversed(related)]

    def test_a_relation_goes_where_a_withdrawn_story_went(self, store, samples, related):
        first, second, third = related
        whole = samples.story("1", *first.articles, *second.articles)
        gone = Withdrawal(story=second.id, survivor=first.id, at=samples.noon)
        store.save(Batch(stories=(whole,), withdrawals=(gone,)))
        (relation,) = store.story_of(third.representative).related
        assert (relation.story, relation.match) == (first.id, third.related[0].match)

    def test_a_relation_ends_where_both_are_one(self, store, samples, related):
        _, second, third = related
        whole = samples.story("2", *second.articles, *third.articles)
        gone = Withdrawal(story=third.id, survivor=second.id, at=samples.noon)
        store.save(Batch(stories=(whole,), withdrawals=(gone,)))
        assert store.story_of(third.representative).related == ()

    def test_one_relation_a_story_the_surest_first(self, store, samples, related):
        first, second, third = related
        match = replace(third.related[0].match, b=first.representative, probability=0.7)
        more = replace(third, related=(Related(story=first.id, match=match),))
        store.save(Batch(stories=(more,)))
        found = store.story_of(third.representative).related
        assert [relation.story for relation in found] == [first.id, second.id]

        whole = samples.story("1", *first.articles, *second.articles)
        gone = Withdrawal(story=second.id, survivor=first.id, at=samples.noon)
        store.save(Batch(stories=(whole,), withdrawals=(gone,)))
        assert store.story_of(third.representative).related == more.related


class TestFinding:
    URN = "urn:uuid:3f2a9c41-0000-4000-8000-00000000000"

    @pytest.fixture
    def told(self, store, samples):
        article = samples.article()
        story = samples.story("", article, id=f"{self.URN}1")
        store.save(Batch(articles=(article,), stories=(story,)))
        return story

    @pytest.mark.parametrize("name", [f"{URN}1", "urn:uuid:3f2a", "3F2A9c41", "3f2a"])
    def test_a_story_is_found_by_the_beginning_of_its_id(self, store, told, name):
        assert [story.id for story in store.find_stories(name)] == [told.id]

    @pytest.mark.parametrize("name", ["3f2", "", "%", "zzzz", "urn:uuid:", "4f2a"])
    def test_no_other_name_finds_one(self, store, told, name):
        assert told
        assert store.find_stories(name) == []

    def test_a_withdrawn_story_names_what_it_went_into(self, store, samples, told):
        ways = [(2, 3), (3, 1)]
        gone = (
            Withdrawal(story=f"{self.URN}{a}", survivor=f"{self.URN}{b}", at=samples.noon)
            for a, b in ways
        )
        store.save(Batch(withdrawals=tuple(gone)))
        assert [story.id for story in store.find_stories(f"{self.URN}2")] == [told.id]

    def test_stories_are_found_by_their_articles(self, store, told):
        (found,) = store.stories_of([told.representative, "there is none"])
        assert found.id == told.id
        assert found.articles[0].content == ""
