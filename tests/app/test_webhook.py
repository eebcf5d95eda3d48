"""What is posted, and what is made of the answer."""

from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.app.webhook import receipt, request, signature
from aggregator.model import Message, Receiver, Response

KEY = b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
NOW = datetime(2025, 10, 17, 12, tzinfo=UTC)
ANSWER = Response(feed="msg_1", url="u", final_url="u", status=200, at=NOW)


def test_the_signature_is_that_of_the_specifications_own_example():
    signed = signature(KEY, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_message_is_posted_once_to_where_the_rule_says():
    message = Message(
        id="msg_1", kind="webhook", target="r", body='{"a":"戰"}', created=NOW, due=NOW
    )
    receiver = Receiver(
        url="https://hook.example/x", keys=(KEY,), proxy="http://proxy.example:3128"
    )
    asked = request(message, receiver, NOW)
    assert (asked.url, asked.form, asked.follows) == (receiver.url, message.body.encode(), False)
    assert asked.access.proxy == receiver.proxy
    assert dict(asked.access.headers) == {
        "Content-Type": "application/json",
        "Accept": "*/*",
        "webhook-id": "msg_1",
        "webhook-timestamp": "1760702400",
        "webhook-signature": signature(KEY, "msg_1", 1760702400, message.body.encode()),
    }


def test_while_a_secret_is_changed_the_old_and_the_new_sign():
    new = b64decode("C2FVsBQIhrscChlQIMV+b5sSYspob7oD")
    message = Message(id="msg_1", kind="webhook", target="r", body="{}", created=NOW, due=NOW)
    asked = request(message, Receiver(url="https://hook.example/x", keys=(new, KEY)), NOW)
    assert dict(asked.access.headers)["webhook-signature"].split(" ") == [
        signature(key, "msg_1", 1760702400, b"{}") for key in (new, KEY)
    ]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_2xx_says_that_it_is_taken(status):
    assert receipt(replace(ANSWER, status=status)).error is None


@pytest.mark.parametrize(
    ("status", "is_down", "is_final", "words"),
    [
        (308, True, False, "redirects are not followed"),
        (400, False, False, "the receiver answered 400"),
        (410, True, True, "it wants no more"),
        (429, True, False, "429"),
        (500, True, False, "500"),
        (599, True, False, "599"),
    ],
)
def test_what_is_not_taken_says_what_comes_next(status, is_down, is_final, words):
    made = receipt(replace(ANSWER, status=status, headers={"retry-after": "90"}))
    assert words in (made.error or "")
    assert (made.is_down, made.is_final) == (is_down, is_final)


def test_a_receiver_says_when_it_wants_to_be_asked_again():
    busy = receipt(replace(ANSWER, status=503, headers={"retry-after": "90"}))
    assert busy.wait == timedelta(seconds=90)


def test_no_answer_is_a_receiver_in_trouble():
    silent = receipt(replace(ANSWER, status=0, failure="no connection"))
    assert (silent.error, silent.is_down) == ("no connection", True)
