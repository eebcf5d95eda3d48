"""One cheap pass over a document before it is read: is it sound, and where are its items.

Expat walks the bytes once, at a fifteenth of feedparser's cost. What it lets through is well-formed
and within limits that keep feedparser's own cost in proportion to the document's size: feedparser
is quadratic in the attributes of an element, in namespaces, and in an item's categories.
"""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final
from xml.parsers import expat

from aggregator.parse.refusal import too_slow

MAX_DEPTH: Final = 200
"""Elements within each other."""
MAX_ELEMENTS: Final = 1_000_000
MAX_ITEMS: Final = 50_000
MAX_ATTRIBUTES: Final = 100
"""Of one element, namespace declarations not counted."""
MAX_NAMESPACES: Final = 200
"""Distinct ones in a document."""
MAX_CHILDREN: Final = 2_000
"""Elements directly within an item, and categories anywhere within it or within the feed."""
MAX_BASE: Final = 2_048
"""Characters of an xml:base: feedparser resolves it anew for each element below."""

_BASE: Final = "http://www.w3.org/XML/1998/namespace base xml"

_CATEGORIES: Final = frozenset({"category", "keywords", "subject", "tags"})

_EXCERPT: Final = 25
"""Bytes shown on each side of an error."""

KINDS: Final = frozenset({"rss", "rdf", "feed", "channel", "entry"})
_KIND_DEPTH: Final = 4
"""How far below the root a feed may begin: ``<xml><rss>`` exists."""
_ITEMS: Final = frozenset({"item", "entry"})
_FEED_NAMESPACES: Final = frozenset(
    {
        "http://www.w3.org/2005/atom",
        "http://purl.org/rss/1.0/",
        "http://purl.org/atom/ns#",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://backend.userland.com/rss",
        "http://backend.userland.com/rss2",
        "http://blogs.law.harvard.edu/tech/rss",
        "http://purl.org/rss/1.0/modules/rss091#",
    }
)
"""In lower case: an item under another prefix counts in these only."""


class MalformedError(Exception):
    """The document is not well-formed; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Item:
    """The bytes of an item, tags included, and whether it has a guid that is a link (RSS 2.0)."""

    start: int
    end: int
    permalink: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """Where things are in a well-formed document; offsets in bytes."""

    root: str
    """The local name of the root element, in lower case."""
    kind: str | None
    """The element of ``KINDS`` that makes it a feed."""
    items: tuple[Item, ...]
    """The outermost ones, in document order."""
    context: str | None
    """A digest of all that items inherit (namespaces, xml:base, xml:lang); None where it is not
    one for all."""


def outline(data: bytes) -> Outline:
    """Walk a document once.

    Raises MalformedError where it is not well-formed (DTDs included: none may be left in it), and
    ParseError where it exceeds a limit.
    """
    walk = _Walk(data)
    try:
        walk.parser.Parse(data, True)
    except expat.ExpatError as error:
        at = walk.parser.ErrorByteIndex
        near = data[max(0, at - _EXCERPT) : at + _EXCERPT].decode("utf-8", "ignore")
        raise MalformedError(
            f"{expat.ErrorString(error.code)} near “{' '.join(near.split())}”"
        ) from error
    return walk.outline()


class _Walk:
    """The handlers of one pass."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.namespace_prefixes = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartNamespaceDeclHandler = self.declare
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.elements = 0
        self.depth = 0
        self.root = ""
        self.kind: str | None = None
        self.items: list[Item] = []
        self.item_depth = 0
        self.item_start = 0
        self.permalink = False
        self.children = 0
        self.feed_categories = 0
        self.text_start = 0
        self.namespaces: set[str] = set()
        self.declared: list[str] = []
        self.ancestors: list[str] = [""]
        """A digest for each open element outside of items: of its tag and of all tags above."""
        self.contexts: set[str] = set()

    def start(self, qualified: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise too_slow(f"more than {MAX_ELEMENTS} elements")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise too_slow(f"elements nested more than {MAX_DEPTH} deep")
        if len(attributes) > MAX_ATTRIBUTES:
            raise too_slow(f"an element of more than {MAX_ATTRIBUTES} attributes")
        if len(attributes.get(_BASE, "")) > MAX_BASE:
            raise too_slow(f"an xml:base of more than {MAX_BASE} characters")
        name = _local(qualified)
        if self.item_depth:
            self.within_item(name, attributes)
        elif name in _ITEMS and self.depth > 1 and _is_feed_element(qualified):
            if len(self.items) == MAX_ITEMS:
                raise too_slow(f"more than {MAX_ITEMS} items")
            self.contexts.add(self.ancestors[-1])
            self.item_depth = self.depth
            self.item_start = self.parser.CurrentByteIndex
            self.permalink, self.children = False, 0
        else:
            self.outside_items(name, attributes)
        self.text_start = self.parser.CurrentByteIndex

    def within_item(self, name: str, attributes: dict[str, str]) -> None:
        if self.depth == self.item_depth + 1 or name in _CATEGORIES:
            self.children = _bounded(self.children + 1)
        if name == "guid" and self.depth == self.item_depth + 1:
            stated = {key.lower(): value for key, value in attributes.items()}
            self.permalink = stated.get("ispermalink", "true").strip().lower() == "true"

    def outside_items(self, name: str, attributes: dict[str, str]) -> None:
        self.root = self.root or name
        if name in _CATEGORIES:
            self.feed_categories = _bounded(self.feed_categories + 1)
        if self.kind is None and name in KINDS and self.depth <= _KIND_DEPTH:
            self.kind = name
        tag = f"{self.ancestors[-1]} {name} {sorted(attributes.items())} {sorted(self.declared)}"
        self.ancestors.append(sha256(tag.encode()).hexdigest())
        self.declared.clear()

    def end(self, qualified: str) -> None:
        if self.depth == self.item_depth:
            self.items.append(Item(self.item_start, self.item_end(), self.permalink))
            self.item_depth = 0
        elif not self.item_depth:
            self.ancestors.pop()
        name = _local(qualified)
        if name in _CATEGORIES:
            _bounded(self.data.count(b",", self.text_start, self.parser.CurrentByteIndex))
        self.depth -= 1

    def item_end(self) -> int:
        """Expat stands on the end tag, or behind the one tag of an empty element."""
        here = self.parser.CurrentByteIndex
        opening = self.data[self.item_start + 1 : self.data.index(b">", self.item_start)]
        closing = b"</" + opening.split(maxsplit=1)[0]
        after = self.data[here + len(closing) : here + len(closing) + 1]
        if self.data.startswith(closing, here) and after in (b">", b" ", b"\t", b"\r", b"\n"):
            return self.data.index(b">", here) + 1
        return here

    def declare(self, prefix: str | None, uri: str | None) -> None:
        self.namespaces.add(uri or "")
        if len(self.namespaces) > MAX_NAMESPACES:
            raise too_slow(f"more than {MAX_NAMESPACES} namespaces")
        if not self.item_depth:
            self.declared.append(f"{prefix}={uri}")

    def doctype(self, *_: object) -> None:
        raise MalformedError("a document type declaration in an unusual place")

    def outline(self) -> Outline:
        return Outline(
            root=self.root,
            kind=self.kind,
            items=tuple(self.items),
            context=self.contexts.pop() if len(self.contexts) == 1 else None,
        )


def _bounded(count: int) -> int:
    if count > MAX_CHILDREN:
        raise too_slow(f"more than {MAX_CHILDREN} elements or categories of an item")
    return count


@lru_cache(maxsize=1024)
def _local(qualified: str) -> str:
    """Return the local name of expat's ``uri local prefix``, in lower case."""
    parts = qualified.split(" ")
    return (parts[1] if len(parts) > 1 else parts[0]).lower()


@lru_cache(maxsize=1024)
def _is_feed_element(qualified: str) -> bool:
    """Whether feedparser takes it for an element of a feed format: any, without a prefix."""
    parts = qualified.split(" ")
    return len(parts) < 3 or parts[0].lower() in _FEED_NAMESPACES  # noqa: PLR2004  uri local prefix
