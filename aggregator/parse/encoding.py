"""Which characters the bytes stand for.

In this order: a byte order mark, what the bytes themselves prove, the charset of the HTTP header,
the XML declaration (RFC 7303 section 3), a guess.
"""

import codecs
import re

from aggregator.parse.cleaned import Cleaned, counted
from aggregator.parse.guess import guess, strictly
from aggregator.parse.labels import codec_of, labels_of

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
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
_SECOND_TRY = {"big5hkscs": "cp950"}
_MULTIBYTE = frozenset({"gb18030", "big5hkscs", "cp950", "cp932", "cp949", "euc_jp", "euc_kr"})
_SHOWN = {
    "big5hkscs": "Big5-HKSCS",
    "cp932": "Shift_JIS",
    "cp949": "EUC-KR",
    "euc_jp": "EUC-JP",
    "cp1252": "windows-1252",
    "cp1251": "windows-1251",
}
_ASCII = bytes(range(128))
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
    meanings = {label: codec_of(label) for label in labels_of(body, content_type)}
    stated = tuple(dict.fromkeys(meaning for meaning in meanings.values() if meaning))
    useless = tuple(_useless(label) for label, meaning in meanings.items() if meaning is None)
    decoded = _ascii(body, stated) or _unmistakable_utf8(body, stated) or _legacy(body, stated)
    return Cleaned(decoded.data, useless + decoded.problems)


def _ascii(body: bytes, stated: tuple[str, ...]) -> Cleaned | None:
    if not body.isascii():
        return None
    if b"\x1b" in body and stated and stated[0].startswith("iso2022"):
        return _replacing(body, stated[0])
    return Cleaned(body)


def _unmistakable_utf8(body: bytes, stated: tuple[str, ...]) -> Cleaned | None:
    """Return it as it is where it is valid UTF-8 and not by accident."""
    if strictly(body, "utf-8") is None:
        return None
    doubt = any(codec in _MULTIBYTE and strictly(body, codec) for codec in stated)
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
            text = strictly(body, attempt)
            if text is not None:
                return Cleaned(text.encode(), _lie(stated, codec))
    if _damaged_utf8(body):
        return _replacing(body, "utf-8")
    codec = others[0] if others else guess(body)
    decoded = _replacing(body, codec)
    return Cleaned(decoded.data, _lie(stated, codec) + decoded.problems)


def _damaged_utf8(body: bytes) -> bool:
    """Whether more of what is beyond ASCII is valid UTF-8 than is not."""
    text = body.decode("utf-8", "replace")
    damage = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) >= 2 * damage


def _replacing(body: bytes, codec: str) -> Cleaned:
    text = body.decode(codec, "replace")
    damage = text.count("\ufffd")
    problem = f"replaced what could not be read as {_shown(codec)}, in {counted(damage, 'place')}"
    return Cleaned(text.lstrip("\ufeff").encode(), (problem,) if damage else ())


def _useless(label: str) -> str:
    if label.startswith(("utf-16", "utf-32")):  # which would have shown by themselves
        return f"it is not in the encoding that it names ({label})"
    return f"it names an encoding that nobody knows ({label})"


def _lie(stated: tuple[str, ...], codec: str) -> tuple[str, ...]:
    if not stated and codec != "utf-8":
        return (f"it names no encoding; taken for {_shown(codec)}",)
    if not stated or stated[0] == codec:
        return ()
    return (f"it says that it is {_shown(stated[0])} but is {_shown(codec)}",)


def _shown(codec: str) -> str:
    return _SHOWN.get(codec, codec.upper())
