"""Scripts: which letters a text is written in, and how much they say."""

import re
from collections import Counter
from functools import lru_cache
from typing import Final

LATIN: Final = "Latin"
EAST_ASIAN: Final = "Han and Kana"
"""Han characters and Kana, which mix, count as one script."""

_RANGES: Final = {
    LATIN: "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff",
    "Han": "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "Kana": "\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9f",
    "Hangul": "\u1100-\u11ff\u3131-\u318e\uac00-\ud7af",
    "Cyrillic": "\u0400-\u052f",
    "Arabic": "\u0620-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f\ufb50-\ufefc",
    "Greek": "\u0370-\u03ff\u1f00-\u1fff",
    "Hebrew": "\u05d0-\u05f2",
    "Thai": "\u0e01-\u0e4e",
    "Devanagari": "\u0900-\u097f",
    "Bengali": "\u0980-\u09ff",
    "Gurmukhi": "\u0a00-\u0a7f",
    "Gujarati": "\u0a80-\u0aff",
    "Odia": "\u0b00-\u0b7f",
    "Tamil": "\u0b80-\u0bff",
    "Telugu": "\u0c00-\u0c7f",
    "Kannada": "\u0c80-\u0cff",
    "Malayalam": "\u0d00-\u0d7f",
    "Sinhala": "\u0d80-\u0dff",
    "Lao": "\u0e81-\u0edf",
    "Tibetan": "\u0f00-\u0fff",
    "Myanmar": "\u1000-\u109f",
    "Georgian": "\u10a0-\u10ff",
    "Armenian": "\u0531-\u058f",
    "Ethiopic": "\u1200-\u139f",
    "Khmer": "\u1780-\u17ff",
}
LETTERS: Final = {name: re.compile(f"[{letters}]+") for name, letters in _RANGES.items()}
"""A run of letters of each script; Han and Kana apart."""
_NO_LETTERS: Final = bytes(code for code in range(128) if not chr(code).isalpha())
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]+")
_WEIGHT: Final = {EAST_ASIAN: 3, "Hangul": 2}


@lru_cache(maxsize=16_384)
def _script(character: str) -> str | None:
    """Return the script of a letter; Han and Kana, which mix, are one."""
    script = next((name for name, letters in LETTERS.items() if letters.match(character)), None)
    return EAST_ASIAN if script in {"Han", "Kana"} else script


def weigh(text: str) -> dict[str, int]:
    """Return the weight of each script in a text, in Latin letters; only those that it has.

    Latin comes last: every text may have names in it, so that it yields to what weighs as much. A
    Han character says as much as three Latin letters, a syllable of Hangul as much as two.
    """
    weights: dict[str, int] = {}
    if not text.isascii():
        for character, count in Counter("".join(_BEYOND_ASCII.findall(text))).items():
            script = _script(character)
            if script is not None:
                weights[script] = weights.get(script, 0) + count * _WEIGHT.get(script, 1)
    if letters := len(text.encode("ascii", "ignore").translate(None, _NO_LETTERS)):
        weights[LATIN] = weights.pop(LATIN, 0) + letters
    return weights
