"""Languages as a reader meets them: their own names, and the way they run."""

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


def autonym(tag: str) -> str:
    """Return a language's name in itself; the tag where it is not one of the common ones."""
    return _AUTONYMS.get(tag) or _AUTONYMS.get(tag.partition("-")[0]) or tag


def direction(tag: str | None) -> str:
    """Return what HTML's ``dir`` says of a text in this language; None leaves it to the text."""
    if tag is None:
        return "auto"
    return "ltr" if _RIGHT_TO_LEFT.isdisjoint(tag.split("-")) else "rtl"


def speaks(wanted: str, tag: str) -> bool:
    """Tell whether a tag is of a wanted language (RFC 4647, 3.3.1): ``zh-Hant`` of ``zh``."""
    wanted, tag = wanted.lower(), tag.lower()
    return tag == wanted or tag.startswith(f"{wanted}-")
