"""Leave out of a document the items whose bytes were seen before.

feedparser costs many times what telling an old item from a new one does, and most of a changed
document is old. An item's digest covers its bytes and all that it inherits, so that an edit,
another xml:base or another namespace makes it new.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from hashlib import sha256

from aggregator.parse.outline import Item, Outline

DIGEST_DIGITS = 32
"""Hexadecimal digits of a SHA-256: 128 bits."""


def digests(data: bytes, outline: Outline) -> tuple[str, ...]:
    """Return the digest of every item in document order; empty where they inherit differently."""
    if outline.context is None:
        return ()
    inherited = sha256(f"{outline.root} {outline.context}".encode())
    found = []
    for item in outline.items:
        digest = inherited.copy()
        digest.update(data[item.start : item.end])
        found.append(digest.hexdigest()[:DIGEST_DIGITS])
    return tuple(found)


def unseen(
    items: tuple[Item, ...], marks: tuple[str, ...], seen: AbstractSet[str]
) -> tuple[Item, ...]:
    """Return the items whose digests were not seen before: all, where they have none."""
    if not marks or not seen:
        return items
    return tuple(item for item, mark in zip(items, marks, strict=True) if mark not in seen)


def keep(data: bytes, items: Sequence[Item], kept: Sequence[Item]) -> bytes:
    """Return the document without those of its items that are not kept."""
    if len(kept) == len(items):
        return data
    wanted = frozenset(kept)
    pieces, position = [], 0
    for item in items:
        if item not in wanted:
            pieces.append(data[position : item.start])
            position = item.end
    pieces.append(data[position:])
    return b"".join(pieces)
