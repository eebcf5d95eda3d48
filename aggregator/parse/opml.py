"""Lists of subscriptions: OPML 1.0, 1.1 and 2.0 (http://opml.org/spec2.opml), as readers write it.

Attributes' and elements' names count in any case, and a broken document is mended as a feed is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from aggregator.errors import ParseError
from aggregator.parse.characters import drop_forbidden
from aggregator.parse.document import DECLARATION, isolate
from aggregator.parse.encoding import to_utf8
from aggregator.parse.repair import repair
from aggregator.parse.unpack import unpack

MAX_DEPTH: Final = 50
"""Folders within each other."""
MAX_OUTLINES: Final = 100_000

_ELSEWHERE: Final = frozenset({"include", "link"})
"""Types of outlines that stand for another list, which is not fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A feed that a list names; texts as written, but for blanks around them."""

    url: str
    title: str | None = None
    folders: tuple[str, ...] = ()
    """That it stands in, from the outermost on; else its ``category``, if it has one."""
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionList:
    """A list, read."""

    subscriptions: tuple[Subscription, ...]
    """In the order of the document, doubles and all."""
    elsewhere: int = 0
    """Outlines that stand for another list."""
    problems: tuple[str, ...] = ()
    """What had to be mended, in words."""


def read(data: bytes) -> SubscriptionList:
    """Read a list; raise ParseError, which says what it is instead, where it is none."""
    body, packing = unpack(data)
    decoded, encoding = to_utf8(body)
    clean, characters = drop_forbidden(decoded)
    if b"<" not in clean:
        raise ParseError("this is no OPML: there is no markup in it")
    document = isolate(clean)
    walk, mending = _walked(document.data)
    if not walk.is_opml:
        raise ParseError(f"this is no OPML: an XML document <{walk.root[:60]}>")
    problems = packing + encoding + characters + document.problems + mending
    return SubscriptionList(
        subscriptions=tuple(walk.found), elsewhere=walk.elsewhere, problems=problems
    )


def _walked(data: bytes) -> tuple["_Walk", tuple[str, ...]]:
    """Walk the document, or what can be made of it."""
    try:
        return _walk(data), ()
    except expat.ExpatError as error:
        problem = expat.ErrorString(error.code)
    mended = repair(data.removeprefix(DECLARATION).decode("utf-8", "replace"))
    try:
        walk = _walk(DECLARATION + mended.text.encode())
    except expat.ExpatError as error:
        raise ParseError(f"this is no OPML, or broken beyond repair: {problem}") from error
    return walk, ("it ends too early" if mended.truncated else f"repaired: {problem}",)


def _walk(data: bytes) -> "_Walk":
    walk = _Walk()
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.StartDoctypeDeclHandler = walk.doctype
    parser.Parse(data, True)
    return walk


class _Walk:
    """The handlers of one pass."""

    def __init__(self) -> None:
        self.root = ""
        self.is_opml = False
        self.found: list[Subscription] = []
        self.elsewhere = 0
        self._outlines = 0
        self._folders: list[str] = []
        """A name for each outline that is open, empty for those that are no folder."""
        self._ignored = 0
        """How many outlines are open within one that is commented out, itself included."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        name = name.lower()
        self.root = self.root or name
        self.is_opml = self.is_opml or name == "opml"
        if name == "outline":
            self._outlines += 1
            if len(self._folders) == MAX_DEPTH or self._outlines > MAX_OUTLINES:
                raise ParseError(
                    f"it is built to be slow to read: more than {MAX_OUTLINES} outlines, or "
                    f"{MAX_DEPTH} within each other"
                )
            self._outline({key.lower(): value.strip() for key, value in attributes.items()})

    def end(self, name: str) -> None:
        if name.lower() == "outline":
            self._folders.pop()
            self._ignored = max(self._ignored - 1, 0)

    def doctype(self, *_: object) -> None:
        raise ParseError("it has a document type declaration in an unusual place: not read")

    def _outline(self, said: Mapping[str, str]) -> None:
        title = said.get("text") or said.get("title") or ""
        kind = said.get("type", "").lower()
        url = said.get("xmlurl") or (said.get("url", "") if kind in {"rss", "atom"} else "")
        if self._ignored or said.get("iscomment", "").lower() == "true":
            self._ignored += 1
        elif url:
            self.found.append(
                Subscription(
                    url=url,
                    title=title or None,
                    folders=tuple(filter(None, self._folders)) or _category(said),
                    language=said.get("language") or None,
                )
            )
        elif kind in _ELSEWHERE:
            self.elsewhere += 1
        self._folders.append("" if url else title)


def _category(said: Mapping[str, str]) -> tuple[str, ...]:
    """Read the first of the categories, each a path such as ``/News/Asia``."""
    first = said.get("category", "").partition(",")[0]
    return tuple(filter(None, (step.strip() for step in first.split("/"))))
