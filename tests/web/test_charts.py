from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis.strategies import integers, lists

from aggregator.app.reading import Reading, Report
from aggregator.model import PublishedSource
from aggregator.web.charts import bars, line, stacked, timeline

START = datetime(2025, 10, 17, 12, tzinfo=UTC)


def reading(*minutes: int) -> Reading:
    reports = tuple(
        Report(
            id=str(number),
            title="Rain",
            language="en" if number % 2 else "zh-Hant",
            excerpt="",
            renderings=(),
            publisher=f"Paper {number}",
            feed="Paper",
            link=None,
            published=START + timedelta(minutes=minute),
            published_source=PublishedSource.FEED,
            level=None,
            reasons=(),
        )
        for number, minute in enumerate(sorted(minutes))
    )
    return Reading(
        id="urn:uuid:1",
        lead=reports[0],
        reports=reports,
        publishers=("Paper 0",),
        categories=(),
        created=START,
        updated=START,
    )


@given(lists(integers(0, 10_000_000), min_size=1, max_size=30))
def test_every_report_has_a_mark_within_the_picture(minutes):
    picture = timeline(reading(*minutes))

    marks = [mark for lane in picture.lanes for mark in lane.marks]
    assert len(marks) == len(minutes)
    assert all(0 <= mark.x <= 100 for mark in marks)
    assert all(0 <= tick.x <= 100 for tick in picture.ticks)
    assert len(picture.ticks) <= 6


@given(lists(integers(0, 10_000), min_size=2, max_size=30, unique=True))
def test_within_a_lane_the_earlier_is_farther_left_and_names_keep_apart(minutes):
    for lane in timeline(reading(*minutes)).lanes:
        places = [mark.x for mark in lane.marks]
        assert places == sorted(places)
        spans = [
            (mark.x - 13, mark.x) if mark.label == "end" else (mark.x, mark.x + 13)
            for mark in lane.marks
            if mark.label
        ]
        assert all(one[1] <= other[0] for one, other in pairwise(spans))


def test_times_on_the_axis_are_round():
    ticks = timeline(reading(5, 25, 605)).ticks

    assert [tick.at for tick in ticks] == [START + timedelta(hours=hours) for hours in (3, 6, 9)]


@given(lists(integers(0, 1000), max_size=60))
def test_bars_fill_the_width_and_no_more_than_the_height(counts):
    laid = bars(counts)

    assert len(laid) == len(counts)
    assert all(0 <= bar.height <= 1 and bar.x >= 0 and bar.x + bar.width <= 101 for bar in laid)
    assert max((bar.height for bar in laid), default=0) == (1 if any(counts) else 0)


def test_layers_stand_upon_each_other():
    first, second = stacked([1, 0, 2], [1, 4, 2])

    assert [bar.base for bar in first] == [0, 0, 0]
    assert [bar.base for bar in second] == [0.25, 0, 0.5]
    assert [bar.height for bar in second] == [0.25, 1, 0.5]
    assert stacked([0], [0])[1][0].height == 0


def test_a_line_leads_through_the_middles_of_the_days():
    assert line([0.5, None, 1.0, 0.0]) == ((9.0, 0.5), (59.0, 1.0), (84.0, 0.0))
    assert line([]) == ()
