"""Which encoding a text is in that says nothing true of it."""

import re

_LANGUAGE = re.compile(
    rb"(?:<(?:dc:)?language>\s*|xml:lang=\")([A-Za-z]{2,3})(?:[-_]([A-Za-z]+))?", re.IGNORECASE
)
_HEAD = 4096
"""Bytes within which a language is looked for."""
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]++")
_NO_ASCII = dict.fromkeys(range(128))
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


def guess(body: bytes) -> str:
    """Return the codec that most likely made these bytes, which are not UTF-8.

    That is what its language was mostly written in, or the one in which its languages' commonest
    characters are common; UTF-8 where nothing speaks for another.
    """
    usual = _usual(body)
    if usual is not None and strictly(body, usual) is not None:
        return usual
    return "cp1252" if _like_latin(body) else _commonest(body) or usual or "utf-8"


def strictly(body: bytes, codec: str) -> str | None:
    """Return the text, None where these bytes are none in this encoding."""
    try:
        return body.decode(codec)
    except UnicodeError:
        return None


def _usual(body: bytes) -> str | None:
    """Return the legacy encoding in which the feed's language was mostly written."""
    hint = _LANGUAGE.search(body, 0, _HEAD)
    if hint is None:
        return None
    language = hint[1].decode("ascii", "replace").lower()
    if language == "zh" and (hint[2] or b"").lower() in _TRADITIONAL:
        return "big5hkscs"
    return _USUAL.get(language)


def _like_latin(body: bytes) -> bool:
    """Whether letters beyond ASCII stand alone, as they do in the languages of the West."""
    runs = _BEYOND_ASCII.findall(body)
    alone = sum(len(run) == 1 for run in runs)
    return 2 * alone > len(runs) and strictly(body, "cp1252") is not None


def _commonest(body: bytes) -> str | None:
    """Return the encoding in which the commonest characters of its languages are common."""
    scores = {
        codec: sum(map(text.count, common)) / len(text.translate(_NO_ASCII)) / share
        for codec, (common, share) in _COMMON.items()
        if (text := strictly(body, codec))
    }
    best = max(scores, key=lambda codec: scores[codec], default=None)
    return best if best is not None and scores[best] >= _LEAST else None
