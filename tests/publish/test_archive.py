from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Told
from aggregator.publish.archive import full_pages

NOON = datetime(2025, 10, 17, 12, tzinfo=UTC)


def told(number: int, *, archived: int | None = None) -> Told:
    return Told(
        story=str(number),
        digest="",
        seen=NOON,
        updated=NOON + timedelta(minutes=number),
        archived=None if archived is None else NOON + timedelta(minutes=archived),
    )


def pages(
    stories: list[Told], shown: set[int], size: int, fresh: set[int] | None = None
) -> list[list[int]]:
    changed = {str(n) for n in fresh or ()}
    found = full_pages({one.story: one for one in stories}, {str(n) for n in shown}, size, changed)
    return [[int(one.story) for one in page] for page in found]


def test_nothing_is_archived_while_all_are_shown():
    assert pages([told(n) for n in range(5)], set(range(5)), 5) == []


def test_as_one_leaves_the_oldest_are_archived_as_many_as_a_feed_holds():
    assert pages([told(n) for n in range(6)], {1, 2, 3, 4, 5}, 5) == [[0, 1, 2, 3, 4]]


def test_many_that_leave_fill_several_pages():
    assert pages([told(n) for n in range(7)], {5, 6}, 2) == [[0, 1], [2, 3], [4, 5]]


def test_one_that_left_with_a_recent_change_is_reached():
    assert pages([told(n) for n in range(6)], {0, 1, 2, 3, 4}, 3) == [[0, 1, 2], [3, 4, 5]]


def test_what_changed_since_it_was_archived_stays_in_the_feed_for_a_while():
    assert pages([told(9, archived=1), told(4)], {4}, 5) == []
    assert pages([told(9, archived=1), told(3), told(4)], {4}, 5) == [[3, 4]]


def test_until_too_many_do():
    changed = [told(n, archived=0) for n in range(1, 5)]
    assert pages(changed, set(), 3) == [[1, 2, 3]]


def test_what_changed_just_now_is_told_by_the_feed_first():
    changed = [told(n, archived=0) for n in range(1, 5)]
    assert pages(changed, set(), 2, fresh={2, 3}) == []
    assert pages([*changed, told(0)], set(), 2, fresh={1, 2}) == [[0, 3]]


def test_a_flood_of_changes_is_not():
    changed = [told(n, archived=0) for n in range(1, 8)]
    assert pages(changed, set(), 2, fresh=set(range(1, 8))) == [[1, 2], [3, 4]]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30), st.integers(1, 6))
def test_nothing_that_leaves_is_lost_and_nothing_is_archived_twice(stories, size):
    waiting = [told(n + 1, archived=0 if old else None) for n, (old, _) in enumerate(stories)]
    shown = {n + 1 for n, (_, here) in enumerate(stories) if here}
    kept = [n for page in pages(waiting, shown, size) for n in page]
    assert len(kept) == len(set(kept))
    left = {int(one.story) for one in waiting if one.archived is None} - shown
    assert left <= set(kept)
