from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import Respite, Response
from aggregator.poll import address
from aggregator.poll.respites import Respites

NOON = datetime(2025, 10, 17, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SITE = address.parse("https://site.example/a")
OTHER_PORT = address.parse("https://site.example:8443/a")
MINUTE = timedelta(minutes=1)


def refusal(**headers: str) -> Response:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(feed="a", url=SITE.url, final_url=SITE.url, status=429, at=NOON, headers=told)


def held(respites: Respites, now: datetime = NOON) -> timedelta | None:
    """For how long nothing is asked of the site."""
    rest = respites.of(SITE, now)
    return rest.wait if rest else None


@pytest.mark.parametrize(
    ("said", "longest", "minutes"),
    [({}, DAY, 60), ({"retry_after": "120"}, DAY, 2), ({"retry_after": "120"}, MINUTE, 1)],
)
def test_a_refusal_holds_for_the_whole_host_and_ends(said, longest, minutes):
    respites = Respites(longest)
    respites.refused(SITE, refusal(**said))
    for at in (SITE, OTHER_PORT):
        rest = respites.of(at, NOON)
        assert rest is not None
        assert (rest.why, rest.at, rest.wait) == (Respite.REFUSED, NOON, minutes * MINUTE)
    assert respites.of(SITE, NOON + minutes * MINUTE) is None


def test_one_slow_answer_condemns_nobody_and_an_answer_between_clears():
    respites = Respites(DAY)
    respites.unanswered(SITE, NOON, connected=True)
    assert held(respites) is None
    respites.answered(SITE)
    respites.unanswered(SITE, NOON, connected=True)
    assert held(respites) is None
    respites.unanswered(SITE, NOON, connected=True)
    assert held(respites) == 5 * MINUTE


def test_where_no_connection_stands_one_is_enough():
    respites = Respites(DAY)
    respites.unanswered(SITE, NOON, connected=False)
    rest = respites.of(SITE, NOON)
    assert rest is not None
    assert rest.why is Respite.SILENT
    assert respites.of(OTHER_PORT, NOON) is None


def test_who_stays_silent_is_asked_ever_more_seldom_and_never_given_up():
    respites, now, waits = Respites(DAY), NOON, list[float]()
    respites.unanswered(SITE, now, connected=True)
    for _ in range(30):  # one that asks is enough by then
        respites.unanswered(SITE, now, connected=True)
        wait = held(respites, now)
        assert wait is not None
        waits.append(wait / MINUTE)
        now += wait
        assert held(respites, now) is None
    assert waits[:5] == [5, 10, 20, 40, 60]
    assert set(waits[5:]) == {60}


def test_an_answer_ends_the_silence_for_good():
    respites = Respites(DAY)
    respites.unanswered(SITE, NOON, connected=False)
    later = NOON + 5 * MINUTE
    respites.answered(SITE)
    respites.unanswered(SITE, later, connected=True)
    assert held(respites, later) is None


def test_without_a_longest_time_nobody_is_left_alone():
    respites = Respites(timedelta())
    respites.refused(SITE, refusal())
    respites.unanswered(SITE, NOON, connected=False)
    assert held(respites) is None
