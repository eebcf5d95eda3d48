"""Languages: which one a text is in.

Script first: it settles most of the world's languages by itself. Han text is told apart by the
characters that only one of its writings has; Latin text by its function words, the feed's hint,
and only where those are silent by a statistical model, which is slow to load (ADR 0006).
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

import opencc

from aggregator.normalize import words
from aggregator.normalize.script import EAST_ASIAN, LATIN, LETTERS, weigh

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# --------------------------------------------------------------------------- tags

_ALIASES: Final = {"fil": "tl", "in": "id", "iw": "he", "ji": "yi", "nb": "no", "nn": "no"} | {
    "cn": "zh",
    "cz": "cs",
    "dk": "da",
    "gr": "el",
    "jp": "ja",
    "kr": "ko",
}
"""Old and narrower tags, and countries mistaken for languages."""
_TRADITIONAL: Final = frozenset({"hant", "hk", "mo", "tw"})
_SIMPLIFIED: Final = frozenset({"cn", "hans", "my", "sg"})
_CODES: Final = frozenset(
    """aa ab af ak am an ar as ast av ay az ba be bg bi bm bn bo br bs ca ce ceb ch ckb cmn co cr
    cs cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gsw gu gv ha haw he
    hi hr ht hu hy ia id ig ii ik io is it iu ja jv ka kg ki kk kl km kn ko kr ks ku kv kw ky la lb
    lg li ln lo lt lv mg mh mi mk ml mn mr ms mt my na ne ng nl no nv ny oc om or os pa pl ps pt qu
    rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to
    tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo yue za zh zu""".split()  # noqa: SIM905  a list of words reads best as words
)
"""ISO 639, as far as texts are published in it: "und" and "xx" are no languages."""
_TAG: Final = re.compile(r"([a-z]{2,3})((?:[-_][a-z0-9]{1,8})*)")


def tag(hint: str | None) -> str | None:
    """Return what a feed says of its language as we write it: ``pt-BR`` → ``pt``, or None.

    Chinese carries its script (``zh-TW`` → ``zh-Hant``); bare ``zh`` stays, since it says none.
    """
    match = _TAG.fullmatch((hint or "").strip().lower())
    if match is None:
        return None
    language = _ALIASES.get(match[1], match[1])
    if language not in _CODES:
        return None
    if language not in {"zh", "yue", "cmn"}:
        return language
    subtags = frozenset(re.split("[-_]", match[2])[1:])
    if "hans" not in subtags and (language == "yue" or subtags & _TRADITIONAL):
        return "zh-Hant"
    return "zh-Hans" if subtags & _SIMPLIFIED else "zh"


# --------------------------------------------------------------------------- any text

_LANGUAGES: Final = {
    "Hangul": ("ko",),
    "Greek": ("el",),
    "Hebrew": ("he", "yi"),
    "Thai": ("th",),
    "Devanagari": ("hi", "mr", "ne"),
    "Bengali": ("bn", "as"),
    "Gurmukhi": ("pa",),
    "Gujarati": ("gu",),
    "Odia": ("or",),
    "Tamil": ("ta",),
    "Telugu": ("te",),
    "Kannada": ("kn",),
    "Malayalam": ("ml",),
    "Sinhala": ("si",),
    "Lao": ("lo",),
    "Tibetan": ("bo",),
    "Myanmar": ("my",),
    "Georgian": ("ka",),
    "Armenian": ("hy",),
    "Ethiopic": ("am", "ti"),
    "Khmer": ("km",),
}
"""The languages of a script, the one to assume without a hint first."""
_TELLTALES: Final = {
    "Cyrillic": (
        ("uk", "іїєґІЇЄҐ"),
        ("ru", "ыэёЫЭЁ"),
        ("be", "ўіыэёЎІЫЭЁ"),
        ("kk", "әғқңөұүһӘҒҚҢӨҰҮҺ"),
        ("mk", "ѓќѕЃЌЅ"),
        ("sr", "ђћјљњџЂЋЈЉЊЏ"),
        ("bg", "ъЪ"),
    ),
    "Arabic": (
        ("ur", "ٹڈڑںہھے"),
        ("ps", "ټډړږښګڼې"),
        ("ckb", "ڕڵۆێ"),
        ("fa", "پچژگکی"),
    ),
}
"""Letters that tell a language from others of its script; of two with as many, the first."""
_FOREIGN: Final = 0.85
"""The share of Latin letters that a text in another script may have: names, brands, quotations."""
_COMMONEST: Final = {"Cyrillic": "ru", "Arabic": "ar"}
_NO_PROSE: Final = re.compile(
    r"(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]+@[\w-]+\.\w+|[@#][A-Za-z0-9_]+"
)
_MARKS_OF_NO_PROSE: Final = ("://", "www.", "@", "#")
"""One of which stands in all that is none."""


def detect(text: str, hint: str | None = None) -> str | None:
    """Return the BCP 47 tag of a text's language, or None where it cannot be told.

    ``hint`` is what the feed or the text's markup says. The text's own word counts first: a feed
    that calls its German items ``en-US`` (its software's default) is corrected.
    """
    if any(mark in text for mark in _MARKS_OF_NO_PROSE):
        text = _NO_PROSE.sub(" ", text)
    weights = weigh(text)
    if not weights:
        return None
    hinted = tag(hint)
    latin = weights.get(LATIN, 0)
    if hinted in _ELSEWHERE and latin < sum(weights.values()) * _FOREIGN:
        weights.pop(LATIN, None)
    script = max(weights, key=weights.__getitem__)
    if script == EAST_ASIAN:
        return _east_asian(text, hinted)
    if script == LATIN:
        return _latin(text, hinted)
    if script in _TELLTALES:
        return _by_letters(text, script, hinted)
    languages = _LANGUAGES[script]
    return hinted if hinted in languages else languages[0]


# --------------------------------------------------------------------------- Han

_JAPANESE_ONLY: Final = re.compile(
    "[々〆圧囲壱栄営塩応桜仮価絵壊懐概楽渇巻陥関歓観帰気亀犠拠挙暁駆勲渓経継蛍軽鶏撃検権剣圏険"
    "顕験厳広効鉱砕済斎剤桟賛児実渋従縦処渉焼奨浄剰畳縄壌嬢譲図粋酔穂髄瀬斉摂専戦銭繊捜挿巣荘"
    "騒増蔵臓続対帯択沢単団弾遅鋳庁聴勅逓鉄転伝稲闘徳読弐悩脳覇拝売発髪抜払仏辺変弁舗豊"
    "毎満黙戻訳薬揺様頼覧竜両猟塁涙隷霊齢歴労亜円県駅働込枠畑]"
)
"""Characters (postwar forms, and those made in Japan) that neither writing of Chinese has."""
_KANA_SHARE: Final = 20
"""One kana in this many Han characters makes a text Japanese; の is decoration in Chinese."""
_AMBIGUOUS: Final = frozenset("台后里只干面斗谷云几松丑了向回系卷采佣余吁升布才占制表板别注")
"""Characters of traditional texts that also simplify others: they tell nothing."""


@cache
def _converter(name: str) -> opencc.OpenCC:
    """Load a conversion when the first Han text comes."""
    return opencc.OpenCC(name)


def _east_asian(text: str, hint: str | None) -> str:
    """Tell Japanese, traditional and simplified Chinese apart."""
    han = "".join(LETTERS["Han"].findall(text))
    kana = sum(map(len, LETTERS["Kana"].findall(text.replace("の", ""))))
    if kana * _KANA_SHARE > len(han):
        return "ja"
    simplified = _converter("t2s").convert(han)
    traditional = _converter("s2t").convert(han)
    hant = sum(a != b and a not in _AMBIGUOUS for a, b in zip(han, simplified, strict=False))
    hans = sum(a != b and a not in _AMBIGUOUS for a, b in zip(han, traditional, strict=False))
    japanese = len(_JAPANESE_ONLY.findall(han))
    if (hint == "ja" and japanese * 4 >= max(hant, hans)) or japanese > max(hant, hans):
        return "ja"
    if hant != hans:
        return "zh-Hant" if hant > hans else "zh-Hans"
    return "zh-Hant" if hint == "zh-Hant" else "zh-Hans"


# --------------------------------------------------------------------------- other scripts


def _by_letters(text: str, script: str, hint: str | None) -> str:
    """Tell the languages of a script apart by the letters that only some of them have."""
    found = Counter(
        {language: sum(map(text.count, letters)) for language, letters in _TELLTALES[script]}
    )
    language, count = found.most_common(1)[0]
    if not count:
        return _COMMONEST[script]
    return hint if hint is not None and found[hint] == count else language


# --------------------------------------------------------------------------- Latin

_NEARLY: Final = 0.67
"""The share of the best language's function words that a hinted one must have."""
_SISTERS: Final = {"bs": "hr", "ms": "id", "sr": "hr"}
"""Languages that share their function words with one that has a list: the hint decides."""
_MODELLED: Final = """ca cs cy da de en es et eu fi fr ga hr hu id is it lt lv nl no pl pt ro sk sl
    sq sv sw tl tr vi""".split()  # noqa: SIM905  a list of words reads best as words
_FEWEST_WORDS: Final = 3
_FEWEST_LETTERS: Final = 12
"""Of a text that shows its language: in a shorter one only the hint is believed."""
_ELSEWHERE: Final = frozenset(
    {language for languages in _LANGUAGES.values() for language in languages}
    | {language for rows in _TELLTALES.values() for language, _ in rows if language != "sr"}
    | {"ar", "ja", "zh", "zh-Hans", "zh-Hant"}
)
"""Languages that no one writes in Latin letters."""


@cache
def _model() -> "LanguageIdentifier":
    """Load the statistical model, a second of CPU, when nothing cheaper tells."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415  loads NumPy

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(_MODELLED)
    return model


def _is_telling(said: Sequence[str]) -> bool:
    return len(said) >= _FEWEST_WORDS and sum(map(len, said)) >= _FEWEST_LETTERS


def _latin(text: str, hint: str | None) -> str | None:
    """Tell the languages of the Latin script apart; None where too little is said."""
    hint = None if hint in _ELSEWHERE else hint
    said = words.first_words(text)
    if not _is_telling(said):
        return hint
    found = words.owners(said)
    counts = Counter(language for languages in found for language in languages)
    if hint is not None:
        listed = _SISTERS.get(hint, hint)
        most = max(counts.values(), default=0)
        if counts[listed] >= most * _NEARLY or listed not in words.listed():
            return hint
    evident = words.prevailing(found)
    if evident is None:
        evident = str(_model().classify(text[: words.SAMPLE])[0])
    return evident
