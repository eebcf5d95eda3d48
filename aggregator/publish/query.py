"""Text queries: which stories speak of something."""

import re
import unicodedata
from collections.abc import Iterable

_TERM = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
_WORDLESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]"
)
"""Scripts that put no space between words (or, in Korean, glue particles to them)."""


def finder(query: str) -> "Finder":
    """Read a query: words that all have to occur, whatever their case.

    ``"two words"`` in a row, ``begin*`` for what begins so, ``-word`` for what must not occur.
    """
    wanted: list[re.Pattern[str]] = []
    unwanted: list[re.Pattern[str]] = []
    for minus, phrase, word in _TERM.findall(query):
        if term := _plain(phrase or word).strip():
            (unwanted if minus else wanted).append(_pattern(term))
    return Finder(tuple(wanted), tuple(unwanted))


class Finder:
    """A query, ready to be asked."""

    def __init__(
        self, wanted: tuple[re.Pattern[str], ...], unwanted: tuple[re.Pattern[str], ...]
    ) -> None:
        self._wanted = wanted
        self._unwanted = unwanted

    def finds(self, texts: Iterable[str]) -> bool:
        """Tell whether texts, taken together, are what the query asks for."""
        whole = _plain("\n".join(texts))
        return all(term.search(whole) for term in self._wanted) and not any(
            term.search(whole) for term in self._unwanted
        )


def _plain(text: str) -> str:
    """Fold what a reader takes for the same: case, width, ligatures (Unicode TR 15)."""
    return unicodedata.normalize("NFKC", text).casefold()


def _pattern(term: str) -> re.Pattern[str]:
    begins = term.endswith("*") and len(term) > 1
    words = r"\s+".join(map(re.escape, term.removesuffix("*" if begins else "").split()))
    before = "" if _WORDLESS.match(term) else r"(?<!\w)"
    after = "" if begins or _WORDLESS.match(term[-1]) else r"(?!\w)"
    return re.compile(before + words + after)
