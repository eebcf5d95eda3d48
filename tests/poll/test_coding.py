import gzip
import zlib
from functools import partial

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import FetchError
from aggregator.poll.coding import ACCEPTED, Body

TEXT = b"<rss>" + b"all the news " * 2000 + b"</rss>"
LIMIT = 1 << 20


def raw_deflate(data: bytes) -> bytes:
    return zlib.compress(data)[2:-4]


CODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "identity": bytes,
    "": bytes,
}


def decoded(coding: str, data: bytes, *, step: int = 1000, limit: int = LIMIT) -> bytes:
    body = Body(coding, limit)
    for start in range(0, len(data), step):
        body.feed(data[start : start + step])
    return body.finish()


def test_asks_for_what_it_can_undo():
    assert {coding.strip() for coding in ACCEPTED.split(",")} <= set(CODERS)


@pytest.mark.parametrize("coding", CODERS)
@given(text=st.binary(max_size=300), step=st.integers(1, 50))
def test_undoes_every_coding_however_the_bytes_arrive(coding, text, step):
    assert decoded(coding, CODERS[coding](text), step=step) == text


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("deflate", raw_deflate(TEXT)),
        ("GZIP", gzip.compress(TEXT)),
        ("identity, gzip", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:999]) + gzip.compress(TEXT[999:])),
        ("gzip", gzip.compress(TEXT) + b"\0" * 512),
        ("zstd", zstandard.compress(TEXT[:999]) + zstandard.compress(TEXT[999:])),
        ("gzip", TEXT),
    ],
    ids=["raw deflate", "case", "identity", "members", "padding", "frames", "plain after all"],
)
def test_undoes_what_servers_really_send(coding, data):
    assert decoded(coding, data) == TEXT


def test_members_and_padding_may_arrive_byte_by_byte():
    body = Body("gzip", 10**6)
    padding = b"\0\x1f\x8b"
    for byte in gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:]) + padding:
        body.feed(bytes([byte]))
    assert body.finish() == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_cut_body_is_an_error(coding):
    with pytest.raises(FetchError, match="ends before its end"):
        decoded(coding, CODERS[coding](TEXT)[:-5])


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_broken_body_is_an_error(coding):
    data = bytearray(CODERS[coding](bytes(range(256)) * 40))
    data[4:30] = b"\xff" * 26
    with pytest.raises(FetchError, match="broken"):
        decoded(coding, bytes(data))


@pytest.mark.parametrize(
    ("coding", "compress"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("br", partial(brotli.compress, quality=1)),
        ("zstd", zstandard.compress),
    ],
)
def test_a_bomb_goes_off_at_the_limit(coding, compress):
    body = Body(coding, LIMIT)
    with pytest.raises(FetchError, match=r"limits.decoded_size \(1MiB\)"):
        body.feed(compress(bytes(64 << 20)))
    assert body.size < 10 << 20


def test_a_body_may_be_empty_whatever_is_said_of_it():
    assert decoded("zstd", b"") == b""


@pytest.mark.parametrize("coding", ["gzip, gzip", "br,gzip", "gzip, identity, gzip"])
def test_layers_are_not_unpacked(coding):
    with pytest.raises(FetchError, match="more than once"):
        Body(coding, LIMIT)


@pytest.mark.parametrize("coding", ["utf-8", "none", "text/xml", ","])
def test_what_is_no_coding_is_none(coding):
    assert decoded(coding, TEXT) == TEXT


def test_a_body_exactly_at_the_limit_passes():
    assert decoded("gzip", gzip.compress(TEXT), limit=len(TEXT)) == TEXT
    with pytest.raises(FetchError, match="larger"):
        decoded("gzip", gzip.compress(TEXT), limit=len(TEXT) - 1)
