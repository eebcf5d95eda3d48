"""The quarters of a year that a text tells: ``第三季``, ``Q3``, ``third-quarter``, ``7-9月期``."""

import re

_ORDINALS = (
    "一 首 1st first 1er 1er premier primer primeiro primo erste[nmrs]? eerste перв[а-я]+ i",
    "二 2nd second 2e 2eme deuxieme segundo secondo zweite[nmrs]? tweede втор[а-я]+ ii",
    "三 3rd third 3e 3eme troisieme tercer terceiro terzo dritte[nmrs]? derde трет[а-я]+ iii",
    "四 4th fourth 4e 4eme quatrieme cuarto quarto vierte[nmrs]? vierde четверт[а-я]+ iv",
)
"""What stands before a word for a quarter, folded, in the order of the quarters."""
_QUARTER = r"quarter\b(?![- ]?final)|trimestre\b|quartal|kwartaal|квартал"
_MONTHS = ("1[-~〜]3", "4[-~〜]6", "7[-~〜]9", "10[-~〜]12")
"""As Japanese tells quarters: 7-9月期."""


def _pattern(number: int, ordinals: str) -> re.Pattern[str]:
    months = _MONTHS[number - 1]
    cjk, *spelled = ordinals.split()
    return re.compile(
        rf"\bq{number}(?!\d)|(?<!\d){number}q(?:\d\d)?\b|(?<!\d){number}t\d\d\b"
        rf"|第\s?[{cjk}{number}]\s?(?:季|四半期)|(?<![\d.])[{cjk}{number}]季度|(?<!\d){months}月期"
        rf"|(?<!\d){number}분기"
        rf"|(?<![\w.])(?:{number}(?:\.|-?[йи]|-?\w[йи])?|{'|'.join(spelled)})[\s-](?:fiscal[\s-])?"
        rf"(?:{_QUARTER})"
    )


_PATTERNS = {number: _pattern(number, told) for number, told in enumerate(_ORDINALS, 1)}
_HINT = re.compile(rf"季|期|분기|{_QUARTER}|\d[qt]|q\d")


def find(folded: str) -> frozenset[int]:
    """Return the quarters, 1 to 4, that a folded text tells."""
    if not _HINT.search(folded):
        return frozenset()
    return frozenset(n for n, pattern in _PATTERNS.items() if pattern.search(folded))
