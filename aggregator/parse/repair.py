"""Make a broken document well-formed, as browsers do with HTML: every byte has a meaning.

What is known to be common is mended (bare ``&`` and ``<``, HTML entities, tags that are never
closed or never opened, prefixes that nobody declared, character references that XML forbids, a
second document behind the first); what cannot be mended becomes text or goes. One pass, linear in
the size of the document. An item that the end of the document cuts through is dropped, since half
an item would look like an edited one.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from aggregator.parse.characters import escape
from aggregator.parse.outline import MAX_ATTRIBUTES, MAX_DEPTH

_NAME = r"[A-Za-z_][\w.-]*+(?::[A-Za-z_][\w.-]*+)?+"
_MARKUP: Final = re.compile(r"<(?=[A-Za-z_/!?])", re.ASCII)
"""What may begin markup; any other ``<`` is text."""
_TAG: Final = re.compile(
    rf"""<(?P<end>/?)(?P<name>(?!xmlns:){_NAME})
    (?P<attributes>(?:[\s/](?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)?+)>""",
    re.VERBOSE | re.ASCII,
)
_ATTRIBUTE: Final = re.compile(
    rf"""(?<![\w.:-])(?P<name>{_NAME})\s*+=\s*+
    (?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\s"'>]++))""",
    re.VERBOSE | re.ASCII,
)
_VOID: Final = frozenset({"br", "hr", "img", "input", "meta", "wbr"})
_ITEMS: Final = frozenset({"item", "entry"})
_KEPT_ATTRIBUTES: Final = frozenset({"xml:lang", "xml:base", "rdf:about", "rdf:resource"})
"""Those with a prefix that mean something to a feed; the others could clash once declared."""
_RESERVED: Final = frozenset(
    {"http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/"}
)
"""What no document may declare a prefix for (Namespaces in XML, section 3)."""

KNOWN_PREFIXES: Final = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/DTDs/PodCast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}
"""What the well-known prefixes stand for where a document forgets to say so."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A well-formed document, and whether its end was missing."""

    text: str
    truncated: bool


def repair(text: str) -> Repaired:
    """Return a well-formed document made of this text; empty where it holds no element."""
    return _Repair(text).run()


@dataclass(slots=True)
class _Repair:
    """One pass over a text, with the elements that are open."""

    text: str
    out: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    """Names as written, the root first."""
    plain: list[str] = field(default_factory=list)
    """The same in lower case: case is what broken documents do not keep."""
    item_depth: int = 0
    item_start: int = 0
    """Where the open item begins in ``out``."""
    prefixes: set[str] = field(default_factory=set)
    uris: dict[str, str] = field(default_factory=dict)
    """The first that each prefix was declared for."""
    root: tuple[str, dict[str, str]] | None = None
    exhausted: set[str] = field(default_factory=set)
    """Terminators that the rest of the text does not hold: looked for once only."""

    def run(self) -> Repaired:
        position = 0
        while not self.finished:
            bracket = _MARKUP.search(self.text, position)
            if bracket is None:
                self.characters(self.text[position:])
                break
            self.characters(self.text[position : bracket.start()])
            position = self.markup(bracket.start())
        truncated = bool(self.open)
        if self.item_depth:
            self.close(self.item_depth - 1)
            del self.out[self.item_start :]
        self.close(0)
        return Repaired(self.prolog() + "".join(self.out), truncated)

    @property
    def finished(self) -> bool:
        return self.root is not None and not self.open

    def markup(self, at: int) -> int:
        """Take what begins with the ``<`` at this position; return where it ends."""
        for opening, ending in (("<![CDATA[", "]]>"), ("<!--", "-->"), ("<?", "?>")):
            if self.text.startswith(opening, at):
                end = self.find(ending, at + len(opening))
                if end < 0:
                    break
                if opening == "<![CDATA[" and self.open:
                    self.out.append(self.text[at : end + len(ending)])
                return end + len(ending)
        tag = _TAG.match(self.text, at)
        if tag is None:
            self.characters("<")
            return at + 1
        if tag["end"]:
            self.end(tag["name"])
        else:
            self.start(tag["name"], tag["attributes"])
        return tag.end()

    def find(self, ending: str, at: int) -> int:
        if ending in self.exhausted:
            return -1
        found = self.text.find(ending, at)
        if found < 0:
            self.exhausted.add(ending)
        return found

    def characters(self, text: str) -> None:
        if self.open and text:
            self.out.append(escape(text))

    def start(self, name: str, written: str) -> None:
        plain = name.lower()
        if self.item_depth and plain == self.plain[self.item_depth - 1]:
            self.close(self.item_depth - 1)  # an item never holds another of its own kind
        if len(self.open) >= MAX_DEPTH:
            return
        attributes = self.attributes(written)
        self.note_prefix(name)
        if self.root is None:
            self.root = (name, attributes)
        else:
            if plain in _ITEMS and not self.item_depth:
                self.item_depth, self.item_start = len(self.open) + 1, len(self.out)
            self.out.append(_tag(name, attributes))
        self.open.append(name)
        self.plain.append(plain)
        if written.endswith("/") or (plain in _VOID and len(self.open) > 1):
            self.close(len(self.open) - 1)

    def end(self, name: str) -> None:
        plain = name.lower()
        if plain in self.plain:
            self.close(len(self.plain) - 1 - self.plain[::-1].index(plain))

    def close(self, depth: int) -> None:
        """Close elements until only so many are open."""
        while len(self.open) > depth:
            self.out.append(f"</{self.open.pop()}>")
            self.plain.pop()
        if depth < self.item_depth:
            self.item_depth = 0

    def attributes(self, written: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for match in _ATTRIBUTE.finditer(written):
            name = match["name"]
            value = match["double"] or match["single"] or match["bare"] or ""
            prefix, colon, local = name.partition(":")
            if "xmlns" in (prefix, name):
                value = "".join(value.split())  # expat refuses blanks in a namespace
                if value in _RESERVED:
                    continue
            if prefix == "xmlns" and colon:
                self.uris.setdefault(local, value)
            elif not colon or name in _KEPT_ATTRIBUTES:
                self.note_prefix(name)
                found.setdefault(name, value)
            if len(found) == MAX_ATTRIBUTES:
                break
        return found

    def note_prefix(self, name: str) -> None:
        prefix, colon, _ = name.partition(":")
        if colon and prefix != "xml":
            self.prefixes.add(prefix)

    def prolog(self) -> str:
        """Return the root's tag with every prefix declared that the document uses."""
        if self.root is None:
            return ""
        name, attributes = self.root
        declared = {f"xmlns:{prefix}": self.uri(prefix) for prefix in sorted(self.prefixes)}
        return _tag(name, attributes | declared)

    def uri(self, prefix: str) -> str:
        return self.uris.get(prefix) or KNOWN_PREFIXES.get(prefix) or f"urn:undeclared:{prefix}"


def _tag(name: str, attributes: dict[str, str]) -> str:
    return f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"


def _attribute(name: str, value: str) -> str:
    quoted = escape(value).replace('"', "&quot;")
    return f' {name}="{quoted}"'
