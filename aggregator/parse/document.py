"""What stands around a document and is none of it: junk before it, its declaration, its DTD."""

import re
from dataclasses import dataclass

DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'

_CONTROLS = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})
_NONCHARACTERS = re.compile(rb"\xef\xbf[\xbe\xbf]")
_START = re.compile(rb"<\?xml[\s?]|<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
_XML_DECLARATION = re.compile(rb"\s*<\?xml(?:\s[^>]*)?\?>")
_FIRST_TAG = re.compile(rb"<(?:(?P<doctype>!DOCTYPE)|[A-Za-z_])", re.IGNORECASE)
_QUOTED = rb"""(?:"[^"]*+"|'[^']*+')"""
_COMMENT = rb"<!--(?:[^-]++|-(?!->))*+-->"
_DOCUMENT_TYPE = (
    rb"<!DOCTYPE(?:[^\[<>\"']++|" + _QUOTED + rb")*+"
    rb"(?P<subset>\[(?:" + _COMMENT + rb"|[^\]\"'<]++|" + _QUOTED + rb"|<)*+\]\s*+)?+>"
)
_DOCTYPE = re.compile(_DOCUMENT_TYPE, re.IGNORECASE)
_PROLOG = re.compile(
    rb"(?:\s++|<\?(?:[^?]++|\?(?!>))*+\?>|" + _COMMENT + rb"|" + _DOCUMENT_TYPE + rb")*+",
    re.IGNORECASE,
)
_HEAD = 65_536
"""Bytes within which a feed that has junk before it has to begin."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document under a declaration of ours, without DTD, and what had to be put aside."""

    data: bytes
    problems: tuple[str, ...] = ()


def drop_controls(data: bytes) -> Document:
    """Drop what no XML document may hold: control characters, U+FFFE and U+FFFF (XML 2.2)."""
    clean = _NONCHARACTERS.sub(b"", data.translate(None, _CONTROLS))
    if dropped := len(data) - len(clean):
        return Document(clean, (f"{dropped} bytes of control characters were dropped",))
    return Document(clean)


def isolate(data: bytes) -> Document:
    """Return the XML document in UTF-8 text that may have other things around it."""
    problems = []
    start = _START.search(data, 0, _HEAD)
    if start and not _PROLOG.fullmatch(data, 0, start.start()):
        problems.append(f"{start.start()} bytes of other text stood before it")
        data = data[start.start() :]
    elif start and start[0].startswith(b"<?"):
        data = data[start.start() :]
    data = _XML_DECLARATION.sub(b"", data, count=1) if _XML_DECLARATION.match(data) else data
    first = _FIRST_TAG.search(data)
    if first and first["doctype"] and (doctype := _DOCTYPE.match(data, first.start())):
        data = data[: doctype.start()] + data[doctype.end() :]
        if doctype["subset"]:
            problems.append("its document type's own declarations were not read")
    return Document(DECLARATION + data.strip(), tuple(problems))
