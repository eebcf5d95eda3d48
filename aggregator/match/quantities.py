"""Numbers as a text tells them, written alike: ``1000亿``, ``$100 billion``, ``100 Mrd.``."""

import re
from fractions import Fraction

_CJK_UNITS = {"万": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}
_WORD_UNITS = {
    10**3: "thousand tausend mil тыс тысяч",
    10**6: "million millions millionen mio millones milhoes milioni млн миллионов مليون",
    10**9: "billion billions milliarden milliards mrd bilhoes miliardi млрд миллиардов مليار bn",
    10**12: "trillion trillions billionen billones трлн триллионов tn",
}
_UNITS = _CJK_UNITS | {word: n for n, words in _WORD_UNITS.items() for word in words.split()}
_UNIT = "|".join(
    (*_CJK_UNITS, *(rf"{word}\b" for words in _WORD_UNITS.values() for word in words.split()))
)
_NUMBER = re.compile(rf"(?<![\d.,])(\d{{1,15}}(?:[.,]\d{{1,15}})*)\s?({_UNIT})?\s?(%)?")
_THOUSANDS = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*")
_ORDINALS = (
    re.compile(r"第\s?(\d{1,4}|[一二三四五六七八九十])"),
    re.compile(r"(?<![\d.,])(\d{1,4})(?:st|nd|rd|th|er|eme|-я|-й|º|ª)\b"),
    re.compile(r"(?<![\d.,])(\d{1,4})회"),
)
_ORDINAL_WORDS = re.compile(
    r"\b(?:(first)|(second)|(third)|(fourth)|(fifth)|(sixth)|(seventh)|(eighth)|(ninth)|(tenth))\b"
    r"(?!-)"
)
_CJK_DIGITS = {digit: n for n, digit in enumerate("一二三四五六七八九十", 1)}


def find(folded: str) -> frozenset[str]:
    """Return the numbers of a folded text, canonical: ``7.4``, ``61%``, ``100000000000``."""
    return frozenset(
        _canonical(digits, unit, percent) for digits, unit, percent in _NUMBER.findall(folded)
    )


def _canonical(digits: str, unit: str, percent: str) -> str:
    if _THOUSANDS.fullmatch(digits):
        plain = digits.replace(",", "").replace(".", "")
    else:
        whole, _, rest = digits.replace(",", ".").partition(".")
        plain = f"{whole}.{rest.replace('.', '')}" if rest else whole
    value = Fraction(plain) * _UNITS.get(unit, 1)
    shown = str(value.numerator) if value.denominator == 1 else f"{float(value):.6g}"
    return f"{shown}%" if percent else shown


def ordinals(folded: str) -> frozenset[int]:
    """Return the places in a series that a folded text tells: ``第二場``, ``2nd``, ``second``."""
    found = {
        _CJK_DIGITS.get(digits) or int(digits)
        for pattern in _ORDINALS
        for digits in pattern.findall(folded)
    }
    found |= {
        n for words in _ORDINAL_WORDS.findall(folded) for n, word in enumerate(words, 1) if word
    }
    return frozenset(found)
