"""Texts: markup made safe, and plain text drawn from it.

This is the only wall between a feed's markup and a reader's page: feedparser's sanitizer is off.
Markup is parsed once, by nh3 (html5ever); plain text is then read off its output, whose form is
known: tags closed, attributes quoted, ``< > &`` escaped.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from html import escape, unescape
from typing import Final

import nh3

from aggregator.normalize import media
from aggregator.normalize.url import resolve

LEAD: Final = 400
"""Characters of a lead at most: what matching reads of a text."""
TITLE: Final = 500
"""Characters of a title at most."""
MARKUP: Final = 500_000
"""Characters of markup that are read: a novel, and little enough to bound the work."""

_MADE_TITLE: Final = 100
_WORD_WINDOW: Final = 24
_LONGEST_GRAPHEME: Final = 32
_DEEPEST: Final = 512
_MANY_TAGS: Final = 2 * _DEEPEST

# --------------------------------------------------------------------------- characters

_UNWANTED: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls; C1 is mostly mislabelled windows-1252
    "\u202a-\u202e\u2066-\u2069"  # bidi embeddings, overrides, isolates: they flip the page around
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_MARKS: Final = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_VARIANTS: Final = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_UNSEEN: Final = (
    "\u00ad\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2064\u206a-\u206f\u3164\ufeff"
    "\uffa0\ufff0-\ufffb\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
"""Characters without ink that no language needs (Unicode's Default_Ignorable_Code_Point)."""
_ODD: Final = re.compile(f"[{_UNSEEN}{_VARIANTS}{_MARKS}\u200c\u200d]")
_SPOOFS: Final = (
    # Scotland's flag is written in them.
    (re.compile(f"(\U0001f3f4[\U000e0030-\U000e007a]{{1,8}}\U000e007f)|[{_UNSEEN}]+"), r"\1"),
    (re.compile(f"([{_VARIANTS}])[{_VARIANTS}]+"), r"\1"),
    (
        re.compile(
            "(?<=[0-9A-Za-z])[\u200c\u200d]+(?=[0-9A-Za-z])|(?<=[\u200c\u200d])[\u200c\u200d]+"
        ),
        "",
    ),
    (re.compile(f"([{_MARKS}]{{3}})[{_MARKS}]+"), r"\1"),
)
"""What hides letters within a word, text within a text, or a line under towers of marks."""
_EXTENDING: Final = frozenset({"Mn", "Me", "Mc"})
_JOINER: Final = "\u200d"


def _restored(match: re.Match[str]) -> str:
    """Return a C1 control as the windows-1252 character that was meant, others as nothing."""
    character = match[0]
    if "\x80" <= character <= "\x9f":
        return character.encode("latin-1").decode("cp1252", errors="ignore")
    return ""


def cleaned(text: str) -> str:
    """Return the text in NFC without controls, bidi overrides and lone surrogates."""
    if not text.isprintable():  # as nothing unwanted is
        text = _UNWANTED.sub(_restored, text)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def line(text: str) -> str:
    """Return the text on one line: cleaned, nothing invisible in it, white space collapsed."""
    text = cleaned(text)
    if not text.isascii() and _ODD.search(text):
        for spoof, rest in _SPOOFS:
            text = spoof.sub(rest, text)
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def cut(text: str, limit: int, *, mark: str = "…") -> str:
    """Return at most ``limit`` characters, cut between words where one ends soon before.

    Never within a grapheme: marks, emoji sequences and flags stay whole (UAX 29, roughly).
    """
    if len(text) <= limit:
        return text
    end = limit - len(mark)
    space = text.rfind(" ", max(end - _WORD_WINDOW, 1), end + 1)
    if space > 0:
        return text[:space].rstrip() + mark
    whole = (at for at in range(end, max(end - _LONGEST_GRAPHEME, 0), -1) if not _joined(text, at))
    return text[: next(whole, end)] + mark


def _joined(text: str, at: int) -> bool:
    """Tell whether the characters before and after a place are one grapheme."""
    before, after = text[at - 1], text[at]
    if _JOINER in {before, after} or unicodedata.category(after) in _EXTENDING:
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff":  # skin tones
        return True
    flags = 0
    while at > flags and "\U0001f1e6" <= text[at - 1 - flags] <= "\U0001f1ff":
        flags += 1
    return flags % 2 == 1 and "\U0001f1e6" <= after <= "\U0001f1ff"


# --------------------------------------------------------------------------- markup

_TAGS: Final = frozenset(
    """a abbr audio b blockquote br caption cite code col colgroup dd del dfn div dl dt em
    figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q rp rt ruby s
    samp small source span strong sub sup table tbody td tfoot th thead time tr u ul var video
    wbr""".split()  # noqa: SIM905  a list of words reads best as words
)
_DROPPED: Final = frozenset(
    """applet base button canvas datalist embed frame frameset iframe input link map math meta
    meter noembed noframes noscript object option output param plaintext progress script select
    style svg template textarea title xmp""".split()  # noqa: SIM905  as above
)
_ATTRIBUTES: Final = {
    "*": {"lang", "title"},
    "a": {"href", "hreflang"},
    "audio": {"src"},
    "col": {"span"},
    "colgroup": {"span"},
    "img": {"alt", "height", "src", "width", *media.LAZY, *media.SETS, *media.HIDING},
    "ol": {"reversed", "start"},
    "source": {"src", "type"},
    "td": {"colspan", "headers", "rowspan"},
    "th": {"colspan", "headers", "rowspan", "scope"},
    "time": {"datetime"},
    "video": {"height", "src", "width"},
}
_DIRECTIONS: Final = {tag: {"dir": {"auto", "ltr", "rtl"}} for tag in ("div", "p", "span", "td")}
_ADDED: Final = {
    "<audio": '<audio controls="" preload="none"',
    "<img": '<img loading="lazy" referrerpolicy="no-referrer"',
    "<video": '<video controls="" preload="none"',
}
"""What players and pictures are given, so that they can be used and do not tell on the reader."""
_MEDIA: Final = re.compile(r"<(?:audio|img|video)\b")
_LINKS: Final = frozenset({"href", "src"})
_READ: Final = frozenset({*media.LAZY, *media.SETS, "style"})
"""Attributes of pictures that are read and not published."""
_SCHEMES: Final = {"http", "https", "mailto"}

_HTML_NAMES: Final = (
    _TAGS
    | _DROPPED
    | frozenset(
        """acronym address area article aside bdi bdo big blink body center details dialog dir
        fieldset font footer form head header hgroup html label legend main marquee menu nav nobr
        optgroup search section slot strike summary tt""".split()  # noqa: SIM905  as above
    )
)
_UNKNOWN_TAG: Final = re.compile(
    rf"<(?!/?(?:{'|'.join(sorted(_HTML_NAMES))})(?:[\s/>]|$)|!--|!\[CDATA\[)", re.IGNORECASE
)
_DATA_URI: Final = re.compile(r"data:[^\"'\s)>]{1000,}")
_TAG: Final = re.compile(r"<(/?)([A-Za-z][^\s/>]*)")
_TAG_NAME: Final = re.compile(r"</?([A-Za-z][^\s/>]*)")
_FLAT: Final = frozenset(
    "area br col dd dt embed hr img input li link meta option p source td th tr wbr".split()  # noqa: SIM905
)
_EMPTY: Final = re.compile(r"<source(?![^<>]* src=)[^<>]*>|<a\b[^<>]*>\s*</a>")
"""Sources that lead nowhere, and links without a word or a picture to click on."""
_NOSCRIPT: Final = re.compile(r"</?noscript[^<>]*>", re.IGNORECASE)
"""Goes before parsing: what it holds is the picture that a script would have loaded later."""


def _attribute(base: str | None, tag: str, name: str, value: str) -> str | None:
    """Return an attribute's value as it is published, links absolute; None drops it."""
    if name in _LINKS:
        return resolve(base, value, mail=tag == "a") if value.strip() else None
    if tag == "img" and name in _READ:
        return media.attribute(base, name, value)
    return cleaned(value)


def sanitize(html: str, base: str | None) -> str:
    """Return markup that can run nothing, with absolute links and no tracking pixels.

    ``base`` is what relative links resolve against; without one they go. Markup nested deeper
    than any author nests comes back as its text alone, since browsers and parsers are slow on it.
    """
    if len(html) > MARKUP:
        html = _DATA_URI.sub("data:", html)[:MARKUP]
    html = cleaned(html)
    if "<" not in html and "&" not in html:
        return html
    if html.count("<") > _MANY_TAGS and _too_deep(html):
        return escape(line(unescape(re.sub(r"<[^>]*>?", " ", html))), quote=False)
    linked = media.with_players(_NOSCRIPT.sub("", html), base)
    safe = _EMPTY.sub("", media.shown(_cleaner(base).clean(linked)))
    if not _TAGS.issuperset(map(str.lower, set(_TAG_NAME.findall(linked)))):
        # What stood around a tag that went may not stand so without it: h1 > form > h2.
        safe = _cleaner(None).clean(safe)
    return _sealed(_MEDIA.sub(lambda match: _ADDED[match[0]], safe))


def _sealed(html: str) -> str:
    """Return markup without the characters that escapes brought back in.

    It is not normalized again: NFC composes ``>`` and U+0338 to one character, which opens the tag
    that ``>`` had closed. So that nobody downstream does it either, that pair goes.
    """
    if html.isascii():
        return html.strip()
    return _UNWANTED.sub(_restored, html).replace(">\u0338", ">").strip()


@lru_cache(maxsize=64)
def _cleaner(base: str | None) -> nh3.Cleaner:
    """Return the cleaner for one base: a feed's items share it, and making one costs."""
    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        attribute_filter=partial(_attribute, base),
        tag_attribute_values=_DIRECTIONS,
        link_rel="nofollow noopener noreferrer",
        url_schemes=_SCHEMES,
    )


def _too_deep(html: str) -> bool:
    """Tell whether markup nests deeper than ``_DEEPEST``, counted at most, not parsed.

    The tree builder's work grows with the square of the depth: 50,000 nested blocks take seconds.
    """
    open_tags: Counter[str] = Counter()
    depth = 0
    for match in _TAG.finditer(html):
        name = match[2].lower()
        if name in _FLAT:
            continue
        if not match[1]:
            open_tags[name] += 1
            depth += 1
        elif open_tags[name]:
            open_tags[name] -= 1
            depth -= 1
        if depth > _DEEPEST:
            return True
    return False


# --------------------------------------------------------------------------- plain text

_BLOCK: Final = re.compile(
    r"</?(?:blockquote|br|caption|dd|div|dl|dt|figcaption|figure|h[1-6]|hr|li|ol|p|pre|table|tr|ul)"
    r"(?:\s[^<>]*)?>"
)
_EMPTY_LINE: Final = re.compile(r"\n\s*\n")
_BETWEEN: Final = "\x1e"
"""Stands between two blocks: a control, which no text has any more."""
_CELL: Final = re.compile(r"</?t[dh](?:\s[^<>]*)?>")
_RUBY: Final = re.compile(r"<r[pt](?:\s[^<>]*)?>.*?</r[pt]>", re.DOTALL)
_ANY_TAG: Final = re.compile(r"<[^<>]*>")
_FOOTER: Final = re.compile(
    r"the post .{1,300} (?:appeared first on|first appeared on) .{1,200}"
    r"|submitted by /u/\S+|(?:\[link\] )?\[comments\]"
    r"|(?:continue reading|read more|read the full (?:story|article)|weiterlesen|leer más"
    r"|lire la suite|leggi tutto|閱讀全文|阅读全文|繼續閱讀|继续阅读|続きを読む).{0,120}",
    re.IGNORECASE,
)
_ELLIPSIS: Final = re.compile(r"\s*(?:\[(?:…|\.\.\.)\]|\((?:more|\.\.\.)\))$", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s|(?<=[。！？])")


def blocks(html: str) -> tuple[str, ...]:
    """Return the paragraphs of sanitized markup as plain text, one line each, none empty.

    Entities are read once; readings of ruby characters and the footers that publishing software
    adds ("The post … appeared first on …") are left out.
    """
    text = _RUBY.sub("", html) if "<r" in html else html
    marked = _CELL.sub(" ", _EMPTY_LINE.sub(_BETWEEN, _BLOCK.sub(_BETWEEN, text)))
    paragraphs = map(line, unescape(_ANY_TAG.sub("", marked)).split(_BETWEEN))
    kept = [block for block in paragraphs if block]
    while kept and _FOOTER.fullmatch(kept[-1]):
        kept.pop()
    if kept:
        kept[-1] = _ELLIPSIS.sub("…", kept[-1])
    return tuple(kept)


def paragraphs(text: str) -> str:
    """Return plain text as markup: lines become line breaks, empty lines paragraphs."""
    text = cleaned(text[:MARKUP]).strip()
    if not text:
        return ""
    parts = _EMPTY_LINE.split(escape(text, quote=False))
    return _sealed("".join(f"<p>{part.strip().replace(chr(10), '<br>')}</p>" for part in parts))


def lead(texts: Iterable[str]) -> str:
    """Return the first sentences: paragraphs in one line, ``LEAD`` characters at most."""
    gathered: list[str] = []
    length = 0
    for text in texts:
        gathered.append(text)
        length += len(text) + 1
        if length > LEAD:
            break
    return cut(" ".join(gathered), LEAD)


def title(value: str, *, html: bool) -> str:
    """Return a title as plain text on one line, ``TITLE`` characters at most.

    A ``<`` that begins no element of HTML is a character: "vector<int>" keeps its type. What was
    escaped twice shows as text and never becomes a tag; punctuation and letters that are still
    escaped in the end ("AT&amp;T", "don&#8217;t") are read, since no headline means them so.
    """
    value = value[: 20 * TITLE]
    if html and ("<" in value or "&" in value):
        marked = _EMPTY_LINE.sub(" ", _BLOCK.sub(" ", _UNKNOWN_TAG.sub("&lt;", cleaned(value))))
        value = unescape(_TITLE_CLEANER.clean(marked))
    if "&" in value:
        value = _ESCAPED.sub(lambda match: unescape(match[0]), value)
    return cut(line(value), TITLE)


_ESCAPED: Final = re.compile(
    r"&(?:amp|apos|hellip|[lr][ds]quo|[mn]dash|nbsp|quot|#(?!0*6[02];|x0*3[ce];)x?[0-9a-f]{2,6});",
    re.IGNORECASE,
)
_TITLE_CLEANER: Final = nh3.Cleaner(tags=set(), clean_content_tags=set(_DROPPED))


def made_title(texts: Sequence[str]) -> str:
    """Return a title for an item that has none: its first sentence, cut to a headline's length."""
    if not texts:
        return ""
    return cut(_SENTENCE.split(texts[0], maxsplit=1)[0], _MADE_TITLE)
