"""Leave out of a document the items whose bytes were seen before.

feedparser costs many times what telling an old item from a new one does, and most of a changed
document is old. An item's digest covers its bytes and all that it inherits, so that an edit,
another xml:base or another namespace makes it new.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import sha256

from aggregator.parse.outline import Item, Outline

DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Selection:
    """A document of the items to read."""

    data: bytes
    items: tuple[Item, ...]
    """Those left in it, with their place in the whole document."""
    digests: tuple[str, ...]
    """Of all items, in document order; empty where items cannot be told apart for certain."""


def select(data: bytes, outline: Outline, seen: AbstractSet[str]) -> Selection:
    """Return the document without the items of these digests."""
    if outline.context is None:
        return Selection(data, outline.items, ())
    context = sha256(f"{outline.root} {outline.context}".encode()).digest()
    digests = tuple(
        sha256(context + data[item.start : item.end]).hexdigest()[: 2 * DIGEST_BYTES]
        for item in outline.items
    )
    new = tuple(
        item for item, digest in zip(outline.items, digests, strict=True) if digest not in seen
    )
    if len(new) == len(outline.items):
        return Selection(data, outline.items, digests)
    return Selection(_without(data, outline.items, frozenset(new)), new, digests)


def shell(data: bytes, outline: Outline) -> bytes:
    """Return the document without its items: what it says of the feed itself."""
    return _without(data, outline.items, frozenset())


def _without(data: bytes, items: tuple[Item, ...], kept: frozenset[Item]) -> bytes:
    pieces, position = [], 0
    for item in items:
        if item not in kept:
            pieces.append(data[position : item.start])
            position = item.end
    pieces.append(data[position:])
    return b"".join(pieces)
