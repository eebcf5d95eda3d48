"""Other people's words, made fit to stand in a document of ours."""

import re

_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17)
)
_UNFIT = re.compile(f"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff{_NONCHARACTERS}]")
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile("[ \t\n\r\x85\u2028\u2029]+")


def clean(text: str) -> str:
    """Drop what XML 1.0 (section 2.2) may not hold, and what it advises against.

    Of that the one line break is kept, as what it is in HTML too.
    """
    return _UNFIT.sub("", text).replace("\x85", "\n")


def line(text: str) -> str:
    """Return a text as one clean line.

    Characters that reorder what stands beside them go too (Unicode TR 9 section 2): a title
    must not turn the rest of the page around. The marks that only hint at a direction stay.
    """
    return _BREAKS.sub(" ", _REORDERING.sub("", clean(text))).strip()
