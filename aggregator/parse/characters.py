"""The characters that XML allows, and how those with a meaning of their own are written."""

import html.entities
import re
from typing import Final

from aggregator.parse.cleaned import Cleaned, counted

_CONTROLS: Final = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})
_NONCHARACTERS: Final = re.compile(rb"\xef\xbf[\xbe\xbf]")
_AMPERSAND: Final = re.compile(
    r"&(?:(?:\#(?P<decimal>\d{1,9})|\#[xX](?P<hex>[0-9A-Fa-f]{1,8})|(?P<entity>[A-Za-z]\w*));)?",
    re.VERBOSE | re.ASCII,
)
_XML_ENTITIES: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})
_REPLACEMENT: Final = "\ufffd"


def drop_forbidden(data: bytes) -> Cleaned:
    """Drop from UTF-8 what no XML document may hold: control characters, U+FFFE and U+FFFF."""
    clean = _NONCHARACTERS.sub(b"", data.translate(None, _CONTROLS))
    if dropped := len(data) - len(clean):
        return Cleaned(clean, (f"dropped {counted(dropped, 'byte')} of control characters",))
    return Cleaned(clean)


def escape(text: str) -> str:
    """Escape what is no markup, keeping each reference that means something.

    HTML's entities become their characters, references to what XML forbids become U+FFFD.
    """
    if "&" in text:
        text = _AMPERSAND.sub(_reference, text)
    return text.replace("<", "&lt;").replace("]]>", "]]&gt;")


def _reference(match: re.Match[str]) -> str:
    if entity := match["entity"]:
        if entity in _XML_ENTITIES:
            return match[0]
        meaning = html.entities.html5.get(f"{entity};")
        return escape(meaning) if meaning else f"&amp;{entity};"
    if match["decimal"]:
        return _numbered(int(match["decimal"]))
    if match["hex"]:
        return _numbered(int(match["hex"], 16))
    return "&amp;"


def _numbered(number: int) -> str:
    return f"&#{number};" if _is_allowed(number) else _REPLACEMENT


def _is_allowed(number: int) -> bool:
    """Whether it is a character of XML 1.0 (section 2.2)."""
    return (
        number in {0x9, 0xA, 0xD}
        or 0x20 <= number <= 0xD7FF  # noqa: PLR2004  these ranges are the rule itself
        or 0xE000 <= number <= 0xFFFD  # noqa: PLR2004
        or 0x10000 <= number <= 0x10FFFF  # noqa: PLR2004
    )
