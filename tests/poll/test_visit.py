import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import Limits
from aggregator.errors import FetchError
from aggregator.model import Request
from aggregator.poll.visit import Visit

NOW = datetime(2025, 10, 17, 12, 0, tzinfo=UTC)


def answered(*lines: bytes, body: bytes = b""):
    visit = Visit(Request(feed="f", url="https://example.org/"), Limits())
    for line in lines:
        assert visit.take_header(line + b"\r\n")
    assert visit.take_body(body)
    assert not visit.turn()
    return visit.answer(NOW)


def test_names_are_lowered_and_repeated_fields_joined():
    response = answered(
        b"HTTP/2 200", b"ETag:  \xe9 ", b"Vary: a", b"VARY: b", b"a: 1", b"A: 1", b""
    )
    assert response.headers == {"etag": "\xe9", "vary": "a, b", "a": "1"}


def test_of_a_field_that_stands_once_the_first_counts():
    response = answered(
        b"HTTP/1.1 503 No",
        *(b"Retry-After: 3", b"Retry-After: 120", b'ETag: "1"', b'ETag: "2"', b""),
    )
    assert response.headers == {"retry-after": "3", "etag": '"1", "2"'}


def test_what_came_before_the_final_answer_does_not_count():
    response = answered(
        b"HTTP/1.1 103 Early Hints", b"ETag: early", b"", b"HTTP/1.1 404 Not Found", b"A: b", b""
    )
    assert (response.status, response.headers) == (404, {"a": "b"})


def test_trailers_do_not_count():
    response = answered(b"HTTP/1.1 200 OK", b"A: b", b"", b"ETag: late", b"")
    assert response.headers == {"a": "b"}


def test_a_folded_field_is_one():
    response = answered(b" stray", b"HTTP/1.1 200 OK", b" stray", b"A: b", b"\tc", b"no field", b"")
    assert response.headers == {"a": "b c"}


@pytest.mark.parametrize("line", [b"HTTP/1.1", b"HTTP/1.1 abc what", b"HTTP/1.1 \xb2"])
def test_a_status_that_is_no_number(line):
    assert answered(line, b"").status == 0


def test_a_body_that_unpacks_to_nothing_still_counts_as_sent():
    visit = Visit(Request(feed="f", url="https://example.org/"), Limits(body_size=100))
    for line in (b"HTTP/1.1 200 OK\r\n", b"Content-Encoding: gzip\r\n", b"\r\n"):
        visit.take_header(line)
    nothing = gzip.compress(b"")
    sent = 0
    while visit.take_body(nothing):
        sent += len(nothing)
        assert sent <= 100
    assert "larger than" in str(visit.problem)


lines = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"", b"HTTP/1.1 200 OK", b"HTTP/1.1 301 Moved", b"HTTP/2 226"]),
    st.sampled_from(["gzip", "deflate", "br", "zstd", "x"]).map(
        lambda coding: b"Content-Encoding: " + coding.encode()
    ),
    st.binary(max_size=20).map(lambda place: b"Location: " + place),
)


@given(st.lists(lines, max_size=8), st.lists(st.binary(max_size=30), max_size=4))
def test_whatever_comes_is_an_answer_another_address_or_an_error_in_words(lines, chunks):
    visit = Visit(Request(feed="f", url="https://example.org/"), Limits())
    for line in lines:
        visit.take_header(line + b"\r\n")
    for chunk in chunks:
        if not visit.take_body(chunk):
            assert visit.problem
            return
    try:
        ended = not visit.turn()
        response = visit.answer(NOW) if ended else visit.failed(NOW, "not yet there")
    except FetchError as error:
        response = visit.failed(NOW, str(error))
    assert response.status == 0 or response.failure is None
    assert response.final_url.startswith("https://")
