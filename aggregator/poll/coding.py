"""Content codings (RFC 9110 section 8.4.1), undone as the bytes come in, never past a limit."""

import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]  # it ships no types
import zstandard

from aggregator.config import shown_size
from aggregator.errors import FetchError

ACCEPTED = "gzip, deflate, br, zstd"
"""For Accept-Encoding."""

_GZIP_MAGIC = b"\x1f\x8b"
_ZLIB_METHOD = 8
_BLOCK = 1 << 16
_ZSTD_WINDOW = 8 << 20
"""RFC 9659: a decoder need not give a web server more."""
_ZSTD_SLICE = 256
"""Bytes handed over at once: it takes no limit, and 4 bytes may become 128 KiB (RFC 8878)."""


class _Decoder(Protocol):
    def decode(self, data: bytes) -> Iterator[bytes]:
        """Yield what the bytes become, piece by piece, none of them large."""
        ...

    @property
    def ended(self) -> bool:
        """Whether the coding is complete."""
        ...


class Body:
    """A body that is decoded while it arrives."""

    def __init__(self, content_encoding: str, limit: int) -> None:
        """Take the Content-Encoding field and the most bytes that may come out.

        What is no coding we know (``utf-8`` is met) counts as none, as in browsers.
        Raise FetchError for several on top of each other.
        """
        named = (name.strip().lower() for name in content_encoding.split(","))
        codings = [name for name in named if name in _DECODERS]
        if len(codings) > 1:
            told = ", ".join(codings)
            raise FetchError(f"it is compressed more than once ({told}): not unpacked")
        self._coding = codings[0] if codings else "plain"
        self._choose = _DECODERS.get(self._coding, _plain)
        self._limit = limit
        self._head = b""
        self._decoder: _Decoder | None = None
        self._parts: list[bytes] = []
        self.size = 0
        """Of what has come out."""

    def feed(self, data: bytes) -> None:
        """Take the next bytes; raise FetchError where they are broken or become too many."""
        if self._decoder is None:
            self._head += data
            if len(self._head) < len(_GZIP_MAGIC):
                return
            data, self._head = self._head, b""
            self._decoder = self._choose(data)
        self._decode(self._decoder, data)

    def finish(self) -> bytes:
        """Return the whole; raise FetchError where its end is missing."""
        if self._decoder is None:
            if not self._head:
                return b""
            self._decoder = self._choose(self._head)
            self._decode(self._decoder, self._head)
        if not self._decoder.ended:
            raise FetchError(f"the {self._coding} body ends before its end; it is asked again")
        return b"".join(self._parts)

    def _decode(self, decoder: _Decoder, data: bytes) -> None:
        try:
            for part in decoder.decode(data):
                self.size += len(part)
                if self.size > self._limit:
                    raise FetchError(too_large("decoded_size", self._limit))
                self._parts.append(part)
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise FetchError(f"its {self._coding} body is broken ({error})") from error


def too_large(key: str, limit: int) -> str:
    """Say that a feed is larger than a limit of the configuration, in bytes."""
    return f"it is larger than limits.{key} ({shown_size(limit)}) allows: not read"


class _Plain:
    ended = True

    def decode(self, data: bytes) -> Iterator[bytes]:
        yield data


class _Zlib:
    """gzip (RFC 1952; several members in a row are one body) and deflate (RFC 1950, RFC 1951)."""

    def __init__(self, window_bits: int) -> None:
        self._window_bits = window_bits
        self._stream = zlib.decompressobj(window_bits)
        self._behind = b""
        """The first bytes behind the end: another member begins there, or it is padding."""

    def decode(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._stream.eof:
                data = self._behind + data
                if not data.startswith(_GZIP_MAGIC):
                    self._behind = data[: len(_GZIP_MAGIC)]
                    return
                self._stream, self._behind = zlib.decompressobj(self._window_bits), b""
            yield self._stream.decompress(data, _BLOCK)
            data = self._stream.unconsumed_tail or self._stream.unused_data

    @property
    def ended(self) -> bool:
        return self._stream.eof


class _Brotli:
    """RFC 7932."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def decode(self, data: bytes) -> Iterator[bytes]:
        while part := self._stream.process(data, output_buffer_limit=_BLOCK):
            yield part
            data = b""

    @property
    def ended(self) -> bool:
        return bool(self._stream.is_finished())


class _Zstd:
    """RFC 8878; several frames in a row are one body."""

    def __init__(self) -> None:
        self._context = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._frame = self._context.decompressobj()

    def decode(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_SLICE):
            piece = data[start : start + _ZSTD_SLICE]
            while piece:
                if self._frame.eof:
                    self._frame = self._context.decompressobj()
                yield self._frame.decompress(piece)
                piece = self._frame.unused_data

    @property
    def ended(self) -> bool:
        return self._frame.eof


def _plain(_head: bytes) -> _Decoder:
    return _Plain()


def _gzip(head: bytes) -> _Decoder:
    """Servers that say gzip and send plain text are common, and every browser copes."""
    return _Zlib(31) if head.startswith(_GZIP_MAGIC) else _Plain()


def _deflate(head: bytes) -> _Decoder:
    """RFC 9110 section 8.4.1.2: with zlib's header, but some leave it out."""
    has_header = head[0] & 0xF == _ZLIB_METHOD and int.from_bytes(head[:2]) % 31 == 0
    return _Zlib(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)


_DECODERS: dict[str, Callable[[bytes], _Decoder]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": lambda _head: _Brotli(),
    "zstd": lambda _head: _Zstd(),
}
