from collections.abc import Iterable
from datetime import timedelta

import pytest

from aggregator.model import Batch, Story, Withdrawal


@pytest.fixture
def told(store, samples):
    """Return the ids of five stories, newest first; the later one is the older its change."""
    made = []
    for number in range(1, 6):
        article = samples.article(number, hours=number // 2)
        changed = samples.noon - timedelta(minutes=number)
        made.append(samples.story(str(number), article, updated=changed))
        store.save(Batch(articles=(article,), stories=(made[-1],)))
    return [f"urn:uuid:{number}" for number in (4, 5, 2, 3, 1)]


def ids(stories: Iterable[Story]) -> list[str]:
    return [story.id for story in stories]


def test_pages_follow_one_another_without_gap_or_overlap(store, told):
    first = store.browse.page(limit=2)
    second = store.browse.page(limit=2, after=(first[-1].last, first[-1].id))
    third = store.browse.page(limit=2, after=(second[-1].last, second[-1].id))

    assert ids([*first, *second, *third]) == told


@pytest.mark.usefixtures("told")
def test_stories_are_found_by_id(store):
    assert ids(store.browse.stories(["urn:uuid:1", "urn:uuid:4", "urn:uuid:9"])) == [
        "urn:uuid:4",
        "urn:uuid:1",
    ]


@pytest.mark.usefixtures("told")
def test_what_changed_since_is_told(store, samples):
    since = samples.noon - timedelta(minutes=3)

    assert set(ids(store.browse.changed(since=since, limit=10))) == {"urn:uuid:1", "urn:uuid:2"}
    assert ids(store.browse.changed(since=since, limit=1)) == ["urn:uuid:2"]
    assert store.browse.newest() == samples.noon - timedelta(minutes=1)


def test_before_the_first_story_nothing_changed(store):
    assert store.browse.newest() is None
    assert store.browse.page() == []


@pytest.mark.usefixtures("told")
def test_a_withdrawn_story_leads_to_its_survivor_however_often_merged(store, samples):
    for gone, survivor in (("1", "2"), ("2", "3")):
        withdrawal = Withdrawal(
            story=f"urn:uuid:{gone}", survivor=f"urn:uuid:{survivor}", at=samples.noon
        )
        store.save(Batch(withdrawals=(withdrawal,)))

    assert store.browse.survivor("urn:uuid:1") == "urn:uuid:3"
    assert store.browse.survivor("urn:uuid:3") is None
