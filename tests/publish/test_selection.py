from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.publish.selection import Place, Selection

NOON = datetime(2025, 10, 17, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIMIT = 3

hours = st.integers(-9, 0)
stories = st.dictionaries(st.sampled_from("abcdefghij"), hours)


def places(of: dict[str, int]) -> list[Place]:
    return [Place(NOON + hour * HOUR, story) for story, hour in of.items()]


def test_the_latest_reported_stand_first_then_by_id():
    chosen = Selection().with_others(places({"b": -1, "c": 0, "a": -1, "d": -2}), LIMIT)
    assert chosen.stories == ("c", "a", "b")
    assert not chosen.is_all


def test_what_is_too_old_by_now_leaves_and_nothing_older_comes():
    chosen = Selection().with_others(places({"a": 0, "b": -5, "c": -6, "d": -7}), LIMIT)
    later = chosen.renewed(frozenset(), (), LIMIT, NOON - 5 * HOUR)
    assert later == Selection(tuple(places({"a": 0, "b": -5})), is_all=True)


def test_what_may_stand_behind_is_not_guessed():
    chosen = Selection().with_others(places({"a": 0, "b": -1, "c": -2, "d": -3}), LIMIT)
    assert chosen.renewed({"b"}, (), LIMIT, NOON - 9 * HOUR) is None
    assert chosen.renewed({"b"}, places({"b": -4}), LIMIT, NOON - 9 * HOUR) is None
    renewed = chosen.renewed({"b"}, places({"b": -2}), LIMIT, NOON - 9 * HOUR)
    assert renewed is not None
    assert renewed.stories == ("a", "b", "c")


@given(before=stories, changed=stories, gone=st.sets(st.sampled_from("abcdefghij")), oldest=hours)
def test_renewed_it_is_what_it_would_be_anew(before, changed, gone, oldest):
    first, then = NOON + min(-7, oldest) * HOUR, NOON + oldest * HOUR
    old = Selection().with_others([p for p in places(before) if p.last >= first], LIMIT)
    now = {story: hour for story, hour in {**before, **changed}.items() if story not in gone}
    renewed = old.renewed(
        {*changed, *gone},
        [p for p in places(now) if p.story in changed and p.last >= then],
        LIMIT,
        then,
    )
    anew = Selection().with_others([p for p in places(now) if p.last >= then], LIMIT)
    if renewed is not None:
        assert renewed.places == anew.places
        assert anew.is_all or not renewed.is_all
