"""Other people's words, made fit to stand in a document of ours."""

import re
import unicodedata

_UNFIT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile("[ \t\n\r\x85\u2028\u2029]+")

_ZERO_WIDTH_JOINER = "\u200d"


def clean(text: str) -> str:
    """Drop what XML 1.0 (section 2.2) may not hold, and the controls that it advises against."""
    return _UNFIT.sub("", text)


def line(text: str) -> str:
    """Return a text as one clean line.

    Characters that reorder what stands beside them go too (Unicode TR 9 section 2): a title
    must not turn the rest of the page around. The marks that only hint at a direction stay.
    """
    return _BREAKS.sub(" ", _REORDERING.sub("", clean(text))).strip()


def excerpt(text: str, limit: int) -> str:
    """Cut a text to at most ``limit`` characters, the ellipsis included.

    At a word's end where there is one in the last quarter, else (Chinese, Japanese, Thai) between
    two characters as a reader sees them: never inside a letter and its marks, or an emoji.
    """
    if len(text) <= limit:
        return text
    room = limit - 1
    cut = text.rfind(" ", room * 3 // 4, room + 1)
    if cut < 0:
        cut = next((at for at in range(room, 0, -1) if not _joined(text, at)), room)
    return text[:cut].rstrip(" ,;:、，；：") + "…"


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
