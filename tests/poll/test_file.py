import os
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import Request
from aggregator.poll.file import read as read_file

NOW = datetime(2025, 10, 17, 12, 0, tzinfo=UTC)


@pytest.fixture
def read(tmp_path):
    def at(name, limit=1000):
        request = Request(feed="f", url=f"file:{tmp_path / name}")
        return read_file(request, lambda: NOW, limit)

    return at


def test_reads_a_file(read, tmp_path):
    (tmp_path / "a b%20.xml").write_bytes(b"<rss/>")
    response = read("a b%20.xml")
    assert (response.status, response.body, response.failure) == (200, b"<rss/>", None)
    assert response.final_url == response.url
    assert (response.at, response.elapsed) == (NOW, timedelta())


def test_a_missing_file(read):
    response = read("none.xml")
    assert response.status == 0
    assert "check the feed's url" in response.failure


def test_a_directory_is_no_feed(read):
    assert "no regular file" in read("").failure


def test_a_pipe_is_not_waited_for(read, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "no regular file" in read("pipe").failure


def test_a_name_that_cannot_be(read):
    assert "cannot be read" in read("a\0b").failure


def test_a_file_past_the_limit(read, tmp_path):
    (tmp_path / "big").write_bytes(b"x" * 1001)
    assert "larger than" in read("big").failure
    assert read("big", limit=1001).status == 200
