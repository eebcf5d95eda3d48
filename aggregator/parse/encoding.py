"""Which characters the bytes stand for.

In this order: a byte order mark, what the bytes themselves prove, the charset of the HTTP header,
the XML declaration (RFC 7303 section 3), the usual encoding of the feed's language, the one in
which common characters are common. A label means what browsers take it for (WHATWG Encoding
Standard, section 4.2): ``gb2312`` is GB18030, ``iso-8859-1`` is windows-1252.
"""

import codecs
import re
from collections.abc import Iterable

from aggregator.parse.cleaned import Cleaned

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED_WIDE = re.compile(
    rb"(?P<utf_32_be>\0{3}[<{])|(?P<utf_32_le>[<{]\0{3})"
    rb"|(?P<utf_16_be>\0[<{]\0.)|(?P<utf_16_le>[<{]\0.\0)",
    re.DOTALL,
)
_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_LANGUAGE = re.compile(
    rb"<(?:dc:)?language>\s*([A-Za-z]{2,3})(?:[-_]([A-Za-z]+))?|xml:lang=\"(..)\""
)
_HEAD = 4096
"""Bytes within which a declaration or a language is looked for."""

_SUPERSETS = {
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "x-euc-jp": "euc_jp",
}
_SECOND_TRY = {"big5hkscs": "cp950"}
_TEXT_CODEC = re.compile(
    r"utf-8|cp\d+|iso8859-\d+|koi8-\w|mac-\w+|gb18030|big5\w*|euc_\w+|johab|iso2022_\w+"
)
"""Codecs that a label may name: not Python's own (punycode, unicode_escape) and not UTF-7."""
_MULTIBYTE = frozenset({"gb18030", "big5hkscs", "cp950", "cp932", "cp949", "euc_jp", "euc_kr"})
_SHOWN = {
    "big5hkscs": "Big5-HKSCS",
    "cp932": "Shift_JIS",
    "cp949": "EUC-KR",
    "euc_jp": "EUC-JP",
    "cp1252": "windows-1252",
    "cp1251": "windows-1251",
}
_USUAL = {"zh": "gb18030", "ja": "cp932", "ko": "cp949", "ru": "cp1251", "uk": "cp1251"}
_COMMON = {
    "gb18030": ("的是一在不了有人国中大为年上会新日月出", 0.1),
    "big5hkscs": ("的是一在不了有人國中大為年上會新日月出", 0.1),
    "cp932": ("のにをはがでとたるスン", 0.2),
    "euc_jp": ("のにをはがでとたるスン", 0.2),
    "cp949": ("이다의에는을가한를", 0.15),
    "cp1251": ("оеаинтср", 0.5),
    "koi8-r": ("оеаинтср", 0.5),
    "cp1253": ("αοιεστνη", 0.5),
    "cp1255": ("יולהאםרת", 0.5),
    "cp1256": ("الينمروت", 0.5),
    "cp874": ("านรอกเงม", 0.3),
}
"""The commonest characters of an encoding's languages, and about what share of a text they are."""
_LEAST = 0.4
"""Of that share, from which on an encoding is believed."""
_TRADITIONAL = frozenset({b"tw", b"hk", b"mo", b"hant"})

_ASCII = bytes(range(128))
_NO_ASCII = dict.fromkeys(range(128))
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]++")
_PROOF = 8
"""Bytes beyond ASCII from which on valid UTF-8 is no accident of a double-byte encoding."""


def to_utf8(body: bytes, content_type: str | None = None) -> Cleaned:
    """Return the text of a document; sequences that mean nothing become U+FFFD and are reported.

    ``content_type`` is the HTTP header's value, if there is one.
    """
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return _replacing(body[len(mark) :], codec)
    if wide := _UNMARKED_WIDE.match(body):
        return _replacing(body, str(wide.lastgroup).replace("_", "-"))
    while body.startswith(codecs.BOM_UTF8):
        body = body[len(codecs.BOM_UTF8) :]
    labels = _labels(body, content_type)
    stated = _codecs(labels)
    unknown = tuple(
        f"it is not in the encoding that it names ({label})"
        if label.startswith(("utf-16", "utf-32"))
        else f"it names an encoding that nobody knows ({label})"
        for label in labels
        if _codec(label) is None
    )
    decoded = _ascii(body, stated) or _unmistakable_utf8(body, stated) or _legacy(body, stated)
    return Cleaned(decoded.data, unknown + decoded.problems)


def _labels(body: bytes, content_type: str | None) -> tuple[str, ...]:
    """Return what the header and the declaration say, the weightier first."""
    header = _CHARSET.search(content_type or "")
    declaration = _DECLARATION.search(body, 0, _HEAD)
    labels = [header[1].lower()] if header else []
    if declaration:
        labels.append(declaration[1].decode("ascii", "replace").lower())
    if len(labels) > 1 and _codec(labels[0]) == "cp1252":
        labels.reverse()  # a server's default, not somebody's statement
    return tuple(dict.fromkeys(labels))


def _codecs(labels: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codec for label in labels if (codec := _codec(label))))


def _codec(label: str) -> str | None:
    """Return Python's name for what a label means, if it is an encoding for texts."""
    if label in _SUPERSETS:
        return _SUPERSETS[label]
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    return _SUPERSETS.get(name, name) if _TEXT_CODEC.fullmatch(name) else None


def _ascii(body: bytes, stated: tuple[str, ...]) -> Cleaned | None:
    if not body.isascii():
        return None
    if b"\x1b" in body and stated and stated[0].startswith("iso2022"):
        return _replacing(body, stated[0])
    return Cleaned(body)


def _unmistakable_utf8(body: bytes, stated: tuple[str, ...]) -> Cleaned | None:
    """Return it as it is where it is valid UTF-8 and not by accident."""
    if _strict(body, "utf-8") is None:
        return None
    doubt = any(codec in _MULTIBYTE and _strict(body, codec) for codec in stated)
    if doubt and "utf-8" not in stated and len(body.translate(None, _ASCII)) < _PROOF:
        return None
    return Cleaned(body, _lie(stated, "utf-8"))


def _legacy(body: bytes, stated: tuple[str, ...]) -> Cleaned:
    """Decode what is not (surely) UTF-8: as stated, else as usual, else with least damage."""
    others = tuple(codec for codec in stated if codec != "utf-8")
    for codec in others:
        if codec == "cp1252" != others[0]:
            continue  # hardly any text is invalid as windows-1252: no proof against the first label
        for attempt in (codec, _SECOND_TRY.get(codec, codec)):
            text = _strict(body, attempt)
            if text is not None:
                return Cleaned(text.encode(), _lie(stated, codec))
    if _damaged_utf8(body):
        return _replacing(body, "utf-8")
    codec = others[0] if others else _likely(body)
    decoded = _replacing(body, codec)
    return Cleaned(decoded.data, _lie(stated, codec) + decoded.problems)


def _damaged_utf8(body: bytes) -> bool:
    """Whether more of what is beyond ASCII is valid UTF-8 than is not."""
    text = body.decode("utf-8", "replace")
    damage = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) >= 2 * damage


def _like_latin(body: bytes) -> bool:
    """Whether letters beyond ASCII stand alone, as they do in the languages of the West."""
    runs = _BEYOND_ASCII.findall(body)
    alone = sum(len(run) == 1 for run in runs)
    return 2 * alone > len(runs) and _strict(body, "cp1252") is not None


def _likely(body: bytes) -> str:
    """Return the encoding of a text that says nothing true of it."""
    usual = _usual(body)
    if usual is not None and _strict(body, usual) is not None:
        return usual
    return "cp1252" if _like_latin(body) else _commonest(body) or usual or "utf-8"


def _commonest(body: bytes) -> str | None:
    """Return the encoding in which the commonest characters of its languages are common."""
    scores = {
        codec: sum(map(text.count, common)) / len(text.translate(_NO_ASCII)) / share
        for codec, (common, share) in _COMMON.items()
        if (text := _strict(body, codec))
    }
    best = max(scores, key=lambda codec: scores[codec], default=None)
    return best if best is not None and scores[best] >= _LEAST else None


def _usual(body: bytes) -> str | None:
    """Return the legacy encoding in which the feed's language was mostly written."""
    hint = _LANGUAGE.search(body, 0, _HEAD)
    if hint is None:
        return None
    language = (hint[1] or hint[3]).decode("ascii", "replace").lower()
    if language == "zh" and (hint[2] or b"").lower() in _TRADITIONAL:
        return "big5hkscs"
    return _USUAL.get(language)


def _strict(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except UnicodeError:
        return None


def _replacing(body: bytes, codec: str) -> Cleaned:
    text = body.decode(codec, "replace")
    damage = text.count("\ufffd")
    problem = f"replaced what could not be read as {_shown(codec)}, in {damage} places"
    return Cleaned(text.lstrip("\ufeff").encode(), (problem,) if damage else ())


def _lie(stated: tuple[str, ...], codec: str) -> tuple[str, ...]:
    if not stated and codec != "utf-8":
        return (f"it names no encoding; taken for {_shown(codec)}",)
    if not stated or stated[0] == codec:
        return ()
    return (f"it says that it is {_shown(stated[0])} but is {_shown(codec)}",)


def _shown(codec: str) -> str:
    return _SHOWN.get(codec, codec.upper())
