"""What stands around a document and is none of it: junk before it, its declaration, its DTD."""

import re

from aggregator.parse.cleaned import Cleaned, counted

DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'

_START = re.compile(rb"<\?xml[\s?]|<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
_XML_DECLARATION = re.compile(rb"\s*<\?xml(?:\s[^>]*)?\?>")
_FIRST_TAG = re.compile(rb"<(?:(?P<doctype>!DOCTYPE)|[A-Za-z_])", re.IGNORECASE)
_QUOTED = rb"""(?:"[^"]*+"|'[^']*+')"""
_COMMENT = rb"<!--(?:[^-]++|-(?!->))*+-->"
_DOCUMENT_TYPE = (
    rb"<!DOCTYPE(?:[^\[<>\"']++|" + _QUOTED + rb")*+"
    rb"(?P<subset>\[(?:" + _COMMENT + rb"|[^\]\"'<]++|" + _QUOTED + rb"|<(?!!--))*+\]\s*+)?+>"
)
_DOCTYPE = re.compile(_DOCUMENT_TYPE, re.IGNORECASE)
_PROLOG = re.compile(
    rb"(?:\s++|<\?(?:[^?]++|\?(?!>))*+\?>|" + _COMMENT + rb"|" + _DOCUMENT_TYPE + rb")*+",
    re.IGNORECASE,
)
_HEAD = 65_536
"""Bytes within which a feed that has junk before it has to begin."""


def isolate(data: bytes) -> Cleaned:
    """Return the XML document in UTF-8 text: under a declaration of ours, without a DTD."""
    problems = []
    if begins := _START.search(data, 0, _HEAD):
        junk = not _PROLOG.fullmatch(data, 0, begins.start())
        if junk:
            problems.append(f"{counted(begins.start(), 'byte')} of other text stood before it")
        if junk or begins[0].startswith(b"<?"):
            data = data[begins.start() :]
    if declaration := _XML_DECLARATION.match(data):
        data = data[declaration.end() :]
    first = _FIRST_TAG.search(data)
    if first and first["doctype"] and (doctype := _DOCTYPE.match(data, first.start())):
        data = data[: doctype.start()] + data[doctype.end() :]
        if doctype["subset"]:
            problems.append("its document type's own declarations were not read")
    return Cleaned(DECLARATION + data.strip(), tuple(problems))
