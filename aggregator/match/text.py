"""One spelling for all: what two presses write differently and mean alike becomes equal.

Traditional Chinese is folded to Simplified (OpenCC), width, case and accents are dropped, and
text falls into terms: words for scripts that have spaces, pairs of characters for those that
have none.
"""

import re
import unicodedata
from functools import cache
from itertools import pairwise

from opencc import OpenCC

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3040-\u309f"  # hiragana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
"""A regular expression's class of the characters of scripts that put no space between words.

Katakana is not among them: it writes foreign names, and a run of it is a word.
"""

STEM = 6
"""Letters kept of a word: enough to tell words apart, few enough to drop most endings."""

IDEOGRAPH = 3
"""Letters that a character of an unspaced script is worth."""

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_MARKS = re.compile("[\u0300-\u036f\u0640\u064b-\u0652]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
_TOKEN = re.compile(rf"[{UNSPACED}]+|[{_KATAKANA}]+|[^\W_{UNSPACED}{_KATAKANA}]+")
_ASCII_TOKEN = re.compile("[A-Za-z0-9]+")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_SUFFIX = re.compile(r"\s+[-–—|]\s+([^-–—|]{2,40})$")


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def simplify(text: str) -> str:
    """Return Chinese text in Simplified characters; other text as it is."""
    if not _HAN.search(text):
        return text
    simplified: str = _simplifier().convert(_SURROGATES.sub("\ufffd", text))
    return simplified


def fold(text: str) -> str:
    """Return text without the differences that mean nothing between two presses."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKC", simplify(text)).casefold()
    bare = _MARKS.sub("", unicodedata.normalize("NFD", plain))
    return unicodedata.normalize("NFC", bare)


def without_publisher(title: str, publisher: str) -> str:
    """Return a title without the publisher's name that some feeds put at its end."""
    if suffix := _SUFFIX.search(title):
        name = fold(suffix[1]).replace(" ", "")
        owner = fold(publisher).replace(" ", "")
        if name and owner and (name in owner or owner in name):
            return title[: suffix.start()]
    return title


def tokens(folded: str) -> list[str]:
    """Return the words of a folded text, a run of an unspaced script being one."""
    return (_ASCII_TOKEN if folded.isascii() else _TOKEN).findall(folded)


def is_unspaced(token: str) -> bool:
    """Whether a token is of a script that puts no space between words."""
    return _UNSPACED.match(token) is not None


def letters(folded: str) -> int:
    """Return how long the words of a folded text are together, an ideograph counting for three."""
    return sum(len(t) * (IDEOGRAPH if is_unspaced(t) else 1) for t in tokens(folded))


def terms(folded: str) -> list[str]:
    """Return what a folded text shares with another: stems of words, pairs of characters."""
    found: list[str] = []
    for token in tokens(folded):
        if is_unspaced(token):
            found += (a + b for a, b in pairwise(token))
        elif not token.isdecimal() and len(token) > 1:
            found.append(token[:STEM])
    return found
