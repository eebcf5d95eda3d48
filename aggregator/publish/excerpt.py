"""Quotations: the beginning of a text, ended where a reader would pause, in any script."""

import re
import unicodedata
from enum import Enum, auto
from html import escape
from html.parser import HTMLParser

from aggregator.publish.link import address, loadable

MARK = "…"
_STOPS = (".", "!", "?")

_SENTENCE_END = re.compile("[.!?…]['\")\\]»”’]*(?=\\s)|[。！？｡।؟۔።]['\")\\]」』”’）》]*|\\n")
_TRAILING = " \t\n,;:、，；：-–—"
_SPACE = re.compile("[ \t\n\r\f]+")
_ZERO_WIDTH_JOINER = "\u200d"

_BLOCKS = frozenset(
    ("p", "div", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "pre", "h1", "h2", "h3", "h4")
) | {"h5", "h6", "figure", "figcaption", "table", "thead", "tbody", "tr", "td", "th", "caption"}
_INLINE = frozenset(
    ("a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q")
) | {"rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var"}
_VOID = frozenset({"br", "hr", "img", "wbr"})
_APART = frozenset({"figure", "figcaption", "table", "img", "hr"})
"""What is no running text: left out of an excerpt, kept in a full text."""
_UNSEEN = frozenset(
    ("script", "style", "template", "iframe", "object", "svg", "math", "audio", "video", "form")
) | {"select", "textarea", "title", "noscript"}


def cut(text: str, limit: int) -> str:
    """Cut a text to at most ``limit`` characters, the mark of omission included.

    At a sentence's end where there is one in the second half, else at a word's where there is one
    in the last quarter, else (Chinese, Japanese, Thai) between two characters as a reader sees
    them: never inside a letter and its marks, or an emoji.
    """
    if len(text) <= limit:
        return text
    return _ended(text, _place(text, limit - 1), limit) if limit else ""


def cut_words(text: str, limit: int) -> str:
    """Cut a headline: the same, but not at the end of a sentence, of which it may have several."""
    if len(text) <= limit:
        return text
    return _ended(text, _word_end(text, limit - 1), limit)


def cut_html(html: str, limit: int | None) -> str:
    """Cut sanitized HTML to at most ``limit`` characters of text; None keeps it whole.

    What comes out is well formed, with absolute web addresses only: links that can be clicked, and
    in a full text pictures that may be loaded unasked. An excerpt is running text: without
    figures, tables and pictures.
    """
    reading = _Reading(html, _APART if limit is not None else frozenset())
    text = reading.text
    if limit is None or len(text) <= limit:
        return reading.written(len(text))
    if not limit:
        return ""
    shown = text[: _place(text, limit - 1)].rstrip(_TRAILING)
    return reading.written(len(shown), _mark(shown, limit))


def plain(html: str) -> str:
    """Return the words of HTML, as one line."""
    return " ".join(_Reading(html).text.split())


def _ended(text: str, end: int, limit: int) -> str:
    shown = text[:end].rstrip(_TRAILING)
    return shown + _mark(shown, limit)


def _mark(shown: str, limit: int) -> str:
    """Return the mark of omission, apart from the stop of a whole sentence where there is room."""
    return f" {MARK}" if shown.endswith(_STOPS) and len(shown) + 1 < limit else MARK


def _place(text: str, room: int) -> int:
    """Return where to end a text within so many characters."""
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, room + 1)]
    ends = [end for end in ends if room // 2 <= end <= room]
    return ends[-1] if ends else _word_end(text, room)


def _word_end(text: str, room: int) -> int:
    spaces = (text.rfind(space, room * 3 // 4, room + 1) for space in " \n")
    at = max(spaces)
    if at > 0:
        return at
    return next((at for at in range(room, 0, -1) if not _joined(text, at)), room)


def _joined(text: str, at: int) -> bool:
    """Tell whether a reader sees the characters on both sides of a place as one (Unicode TR 29)."""
    before, after = text[at - 1], text[at]
    return (
        unicodedata.category(after).startswith("M")
        or _ZERO_WIDTH_JOINER in (before, after)
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # a skin tone
        or (
            "\U0001f1e6" <= before <= "\U0001f1ff" and "\U0001f1e6" <= after <= "\U0001f1ff"
        )  # flags
    )


class _Kind(Enum):
    START = auto()
    END = auto()
    WORDS = auto()
    VOID = auto()
    BREAK = auto()
    """A block's end: for those who count, a line break."""


class _Reading(HTMLParser):
    """Reads HTML into steps, each start with its end."""

    def __init__(self, html: str, without: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self._without = without
        self._hidden: list[str] = []
        self._open: list[str] = []
        self._steps: list[tuple[_Kind, str]] = []
        self.feed(html)
        self.close()
        for _ in tuple(self._open):
            self._end()

    @property
    def text(self) -> str:
        """The words, as one text."""
        said = (value for kind, value in self._steps if kind in {_Kind.WORDS, _Kind.BREAK})
        return "".join(said).rstrip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a start that is to be shown; begin to hide what is not."""
        if self._hidden or tag in _UNSEEN | self._without:
            if tag not in _VOID:
                self._hidden.append(tag)
        elif tag in _VOID:
            if void := _void(tag, dict(attrs)):
                self._steps.append((_Kind.VOID, void))
        elif tag in _BLOCKS | _INLINE:
            if tag in _BLOCKS:
                self._break()
            self._open.append(tag)
            self._steps.append((_Kind.START, f"{tag}{_attributes(tag, dict(attrs))}"))

    def handle_endtag(self, tag: str) -> None:
        """Note an end, and those of what it leaves open."""
        if self._hidden:
            while tag in self._hidden and self._hidden.pop() != tag:
                pass
        while tag in self._open and self._end() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Note words."""
        if not self._hidden:
            words = data if "pre" in self._open else _SPACE.sub(" ", data)
            self._steps.append((_Kind.WORDS, words))

    def written(self, length: int, mark: str = "") -> str:
        """Return the first characters and what they stand in; ``mark`` follows the last of them."""
        parts: list[str] = []
        waiting: list[str] = []
        """Starts that nothing stands in yet."""
        shown: list[str] = []
        for kind, value in self._steps:
            if kind is _Kind.START:
                waiting.append(value)
            elif kind is _Kind.END and waiting:
                waiting.pop()
            elif kind is _Kind.END:
                parts.append(f"</{shown.pop()}>")
            elif kind is _Kind.VOID or (kind is _Kind.WORDS and not (waiting and value == " ")):
                parts += [f"<{start}>" for start in waiting]
                shown += [start.partition(" ")[0] for start in waiting]
                waiting.clear()
                parts.append(value if kind is _Kind.VOID else escape(value[:length], quote=False))
            if kind in {_Kind.WORDS, _Kind.BREAK}:
                length -= len(value)
            if mark and length <= 0:
                parts += [mark, *(f"</{tag}>" for tag in reversed(shown))]
                break
        return "".join(parts).strip()

    def _end(self) -> str:
        tag = self._open.pop()
        self._steps.append((_Kind.END, tag))
        if tag in _BLOCKS:
            self._break()
        return tag

    def _break(self) -> None:
        if self._steps and self._steps[-1][0] is not _Kind.BREAK:
            self._steps.append((_Kind.BREAK, "\n"))


def _void(tag: str, given: dict[str, str | None]) -> str | None:
    if tag != "img":
        return f"<{tag}>"
    source = loadable(given.get("src"))
    text = escape(given.get("alt") or "")
    return source and f'<img src="{escape(source)}" alt="{text}">'


def _attributes(tag: str, given: dict[str, str | None]) -> str:
    kept = {name: given[name] for name in ("lang", "dir") if given.get(name)}
    if tag == "a":
        kept["href"] = address(given.get("href"))
    return "".join(f' {name}="{escape(value)}"' for name, value in kept.items() if value)
