import gzip

import pytest

from aggregator.errors import ParseError
from aggregator.parse.unpack import MAX_UNPACKED, unpack

FEED = b"<rss>" + b"<item>text</item>" * 100 + b"</rss>"


def test_what_is_no_gzip_file_stays_as_it_is():
    assert unpack(FEED) == (FEED, ())


def test_gzip_file_is_unpacked():
    assert unpack(gzip.compress(FEED)) == (FEED, ())


def test_gzip_file_cut_short_gives_what_it_has():
    body, problems = unpack(gzip.compress(FEED)[:-12])
    assert FEED.startswith(body)
    assert problems == ("the gzip file is cut off",)


def test_broken_gzip_file_is_refused():
    with pytest.raises(ParseError, match="broken gzip file"):
        unpack(b"\x1f\x8b\x08" + bytes(range(50)))


def test_gzip_bomb_is_refused():
    with pytest.raises(ParseError, match=f"more than {MAX_UNPACKED >> 20} MiB"):
        unpack(gzip.compress(bytes(MAX_UNPACKED + 1), 1))
