"""A gzip file served as it lies on the disk, without a Content-Encoding."""

import zlib

from aggregator.errors import ParseError
from aggregator.parse.cleaned import Cleaned

GZIP_MAGIC = b"\x1f\x8b\x08"
MAX_UNPACKED = 64 * 2**20
"""Bytes: as much as any feed worth reading has."""


def unpack(body: bytes) -> Cleaned:
    """Return the body unpacked where it is a gzip file (RFC 1952), and what was wrong with it.

    Raises ParseError where it unpacks to more than ``MAX_UNPACKED`` bytes.
    """
    if not body.startswith(GZIP_MAGIC):
        return Cleaned(body)
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        content = inflater.decompress(body, MAX_UNPACKED)
    except zlib.error as error:
        raise ParseError(
            f"a broken gzip file came instead of a feed ({error}); its publisher has to mend it"
        ) from error
    if inflater.unconsumed_tail:
        raise ParseError(
            f"a gzip file that unpacks to more than {MAX_UNPACKED >> 20} MiB came: refused"
        )
    if not inflater.eof:
        return Cleaned(content, ("the gzip file is cut off",))
    return Cleaned(content)
