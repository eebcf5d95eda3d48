"""Languages as a reader meets them: their own names, and the way they run."""

import re
from functools import cache

from aggregator.negotiation import negotiate, scripted

_AUTONYMS = {
    "ar": "العربية",
    "bg": "Български",
    "bn": "বাংলা",
    "ca": "Català",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "Español",
    "et": "Eesti",
    "eu": "Euskara",
    "fa": "فارسی",
    "fi": "Suomi",
    "fr": "Français",
    "gl": "Galego",
    "he": "עברית",
    "hi": "हिन्दी",
    "hr": "Hrvatski",
    "hu": "Magyar",
    "id": "Bahasa Indonesia",
    "is": "Íslenska",
    "it": "Italiano",
    "ja": "日本語",
    "ka": "ქართული",
    "ko": "한국어",
    "lt": "Lietuvių",
    "lv": "Latviešu",
    "ms": "Bahasa Melayu",
    "nb": "Norsk bokmål",
    "nl": "Nederlands",
    "nn": "Norsk nynorsk",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Português",
    "ro": "Română",
    "ru": "Русский",
    "sk": "Slovenčina",
    "sl": "Slovenščina",
    "sq": "Shqip",
    "sr": "Српски",
    "sv": "Svenska",
    "sw": "Kiswahili",
    "ta": "தமிழ்",
    "th": "ไทย",
    "tr": "Türkçe",
    "uk": "Українська",
    "ur": "اردو",
    "vi": "Tiếng Việt",
    "zh": "中文",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
}
_RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
    | {"Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"}
)

_SCRIPT = re.compile(r"[a-z]{4}(-|$)")
"""A subtag of a script, in lower case (RFC 5646 section 2.2.3)."""


@cache
def autonym(tag: str) -> str:
    """Return a language's name in itself; the tag where it is not one of the common ones."""
    known = negotiate([tag], _AUTONYMS)
    return tag if known is None else _AUTONYMS[known]


def direction(tag: str | None) -> str:
    """Return what HTML's ``dir`` says of a text in this language; None leaves it to the text."""
    if tag is None:
        return "auto"
    return "ltr" if _RIGHT_TO_LEFT.isdisjoint(tag.split("-")) else "rtl"


def speaks(wanted: str, tag: str) -> bool:
    """Tell whether a text serves who wants a language: ``zh-Hant`` serves ``zh`` and ``zh-TW``.

    Filtering as in RFC 4647 section 3.3.1, and lookup as in 3.4: few texts tell their region. A
    script that is wanted has to be there, or be the likely one.
    """
    wanted, tag = scripted(wanted.lower()), scripted(tag.lower())
    if tag == wanted or tag.startswith(f"{wanted}-"):
        return True
    narrower = wanted.removeprefix(f"{tag}-")
    return narrower != wanted and not _SCRIPT.match(narrower)
