from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.app.retries import PAUSES, Receipt, after
from aggregator.model import Message

NOW = datetime(2025, 10, 17, 12, tzinfo=UTC)
MESSAGE = Message(id="1", kind="webhook", target="r", body="b", created=NOW, due=NOW)


def test_it_is_tried_for_three_days_and_then_given_up():
    now, message, tries = NOW, MESSAGE, 0
    while message.due is not None:
        now, tries = message.due, tries + 1
        message = after(message, Receipt(error="no"), now)
    assert (tries, message.attempts, message.error) == (10, 10, "no")
    assert timedelta(days=3) < now - NOW < timedelta(days=4)


@given(attempts=st.integers(0, 8), seconds=st.integers(0, 10**9))
def test_who_asks_for_time_gets_it_up_to_a_day(attempts, seconds):
    asked = timedelta(seconds=seconds)
    tried = replace(MESSAGE, attempts=attempts)
    due = after(tried, Receipt(error="busy", wait=asked), NOW).due
    assert due is not None
    assert due - NOW == max(PAUSES[attempts], min(asked, timedelta(days=1)))


def test_what_is_final_is_given_up_at_once():
    assert after(MESSAGE, Receipt(error="gone", is_final=True), NOW).due is None
