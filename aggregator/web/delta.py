"""A feed with only the entries that are new: RFC 3229's ``feed`` instance manipulation. Pure.

An entry that changed counts as new. What is no entry stays: the feed says of itself what it says.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat  # our own documents

_ENTRIES = {"entry", "item", "deleted-entry"}
_JSON = "application/feed+json"


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int


def digests(body: bytes, media_type: str) -> frozenset[bytes]:
    """Return what stands for each entry of a feed; nothing where it is none."""
    return frozenset(_digest(entry) for entry in _entries(body, media_type))


def since(body: bytes, media_type: str, known: frozenset[bytes]) -> bytes:
    """Return a feed without the entries that are known."""
    if media_type.startswith(_JSON):
        feed = json.loads(body)
        feed["items"] = [item for item in feed["items"] if _digest(_json(item)) not in known]
        return json.dumps(feed, ensure_ascii=False, indent=1).encode() + b"\n"
    kept: list[bytes] = []
    at = 0
    for span in _spans(body):
        kept.append(body[at : span.start])
        at = span.end if _digest(body[span.start : span.end]) in known else span.start
    return b"".join([*kept, body[at:]])


def _entries(body: bytes, media_type: str) -> Iterable[bytes]:
    if media_type.startswith(_JSON):
        try:
            return [_json(item) for item in json.loads(body)["items"]]
        except (ValueError, KeyError, TypeError):
            return []
    if media_type.startswith(("application/atom", "application/rss")):
        return [body[span.start : span.end] for span in _spans(body)]
    return []


def _spans(body: bytes) -> list[_Span]:
    """Return where each entry stands in an XML document, in order; nothing where it is none."""
    spans: list[_Span] = []
    depth, start = 0, 0
    parser = expat.ParserCreate(namespace_separator=" ")

    def is_entry(name: str) -> bool:
        return depth in (1, 2) and name.rpartition(" ")[2] in _ENTRIES

    def begin(name: str, _attributes: Any) -> None:
        nonlocal depth, start
        if is_entry(name):
            start = parser.CurrentByteIndex
        depth += 1

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if is_entry(name):
            spans.append(_Span(start, body.index(b">", parser.CurrentByteIndex) + 1))

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    try:
        parser.Parse(body, True)
    except expat.ExpatError:
        return []
    return spans


def _json(item: Any) -> bytes:
    return json.dumps(item, sort_keys=True).encode()


def _digest(entry: bytes) -> bytes:
    return hashlib.sha256(entry).digest()[:12]
