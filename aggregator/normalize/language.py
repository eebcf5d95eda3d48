"""Languages: which one a text is in, and where a bilingual text falls apart.

Script first: it settles most of the world's languages by itself. Han text is told apart by the
characters that only one of its writings has; Latin text by its function words, the feed's hint,
and only where those are silent by a statistical model, which is slow to load (ADR 0006).
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import opencc

from aggregator.model import Part
from aggregator.normalize.text import lead

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# --------------------------------------------------------------------------- tags

_OLD_TAGS: Final = {"in": "id", "iw": "he", "ji": "yi", "nb": "no", "nn": "no", "sh": "hr"}
_MISTAKEN_TAGS: Final = {"cn": "zh", "cz": "cs", "dk": "da", "gr": "el", "jp": "ja", "kr": "ko"}
_TRADITIONAL: Final = frozenset({"hant", "hk", "mo", "tw"})
_TAG: Final = re.compile(r"([a-z]{2,3})((?:[-_][a-z0-9]{1,8})*)")


def tag(hint: str | None) -> str | None:
    """Return what a feed says of its language as we write it: ``pt-BR`` → ``pt``, or None.

    Chinese carries its script (``zh-TW`` → ``zh-Hant``); bare ``zh`` stays, since it says none.
    """
    match = _TAG.fullmatch((hint or "").strip().lower())
    if match is None:
        return None
    language = _OLD_TAGS.get(match[1]) or _MISTAKEN_TAGS.get(match[1]) or match[1]
    if language not in {"zh", "yue", "cmn"}:
        return language
    subtags = frozenset(re.split("[-_]", match[2])[1:])
    if language == "yue" or subtags & _TRADITIONAL:
        return "zh-Hant"
    return "zh-Hans" if subtags & {"hans", "cn", "sg", "my"} else "zh"


# --------------------------------------------------------------------------- scripts

_RANGES: Final = {
    "Latin": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff",
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
_LETTERS: Final = {name: re.compile(f"[{letters}]+") for name, letters in _RANGES.items()}
_EAST_ASIAN: Final = "Han and Kana"
_NO_LETTERS: Final = bytes(code for code in range(128) if not chr(code).isalpha())
_WEIGHT: Final = {_EAST_ASIAN: 3, "Hangul": 2}
"""How many Latin letters a letter says as much as."""
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
_NO_PROSE: Final = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.\w+|[@#][A-Za-z0-9_]+")


@lru_cache(maxsize=16_384)
def _script(character: str) -> str | None:
    """Return the script of a letter; Han and Kana, which mix, are one."""
    script = next((name for name, letters in _LETTERS.items() if letters.match(character)), None)
    return _EAST_ASIAN if script in {"Han", "Kana"} else script


def _weights(text: str) -> dict[str, int]:
    """Weigh a text's scripts in Latin letters, by how much their letters say."""
    if text.isascii():
        letters = len(text.encode().translate(None, _NO_LETTERS))
        return {"Latin": letters} if letters else {}
    weights: dict[str, int] = {}
    for character, count in Counter(text).items():
        script = _script(character)
        if script is not None:
            weights[script] = weights.get(script, 0) + count * _WEIGHT.get(script, 1)
    return weights


def detect(text: str, hint: str | None = None) -> str | None:
    """Return the BCP 47 tag of a text's language, or None where it cannot be told.

    ``hint`` is what the feed or the text's markup says. The text's own word counts first: a feed
    that calls its German items ``en-US`` (its software's default) is corrected.
    """
    text = _NO_PROSE.sub(" ", text)
    weights = _weights(text)
    if not weights:
        return None
    hinted = tag(hint)
    latin = weights.get("Latin", 0)
    if hinted in _ELSEWHERE and latin < sum(weights.values()) * _FOREIGN:
        weights.pop("Latin", None)
    script = max(weights, key=weights.__getitem__)
    if script == _EAST_ASIAN:
        return _east_asian(text, hinted)
    if script == "Latin":
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
    han = "".join(_LETTERS["Han"].findall(text))
    kana = sum(map(len, _LETTERS["Kana"].findall(text.replace("の", ""))))
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

_WORD: Final = re.compile(r"(?<![^\W\d_])(?![^\W\d_]\.)[^\W\d_]+")
"""A word, not the initials of "N.Y."."""
_SAMPLE: Final = 300
"""Characters of a text that are looked at: fifty words."""
_NEARLY: Final = 0.67
"""The share of the best language's function words that a hinted one must have."""
_ENOUGH: Final = 1.5
_CLEARLY: Final = 1.5
"""The weight of words, and the lead over the next language, that settle it without the model.

A word shared by n languages weighs 1/n.
"""
_SISTERS: Final = {"bs": "hr", "ms": "id", "sr": "hr"}
"""Languages that share their function words with one that has a list: the hint decides."""
_MODELLED: Final = """ca cs cy da de en es et eu fi fr ga hr hu id is it lt lv nl no pl pt ro sk sl
    sq sv sw tl tr vi""".split()  # noqa: SIM905  a list of words reads best as words
_ELSEWHERE: Final = frozenset(
    {language for languages in _LANGUAGES.values() for language in languages}
    | {language for rows in _TELLTALES.values() for language, _ in rows if language != "sr"}
    | {"ar", "ja", "zh", "zh-Hans", "zh-Hant"}
)
"""Languages that no one writes in Latin letters."""


@cache
def _words() -> dict[str, tuple[str, ...]]:
    """Read which languages each function word belongs to."""
    data = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    owners: dict[str, tuple[str, ...]] = {}
    for language, words in data.items():
        for word in dict.fromkeys(words.split()):
            owners[word] = (*owners.get(word, ()), language)
    return owners


@cache
def _listed() -> frozenset[str]:
    """Return the languages whose function words are known."""
    return frozenset(language for names in _words().values() for language in names)


@cache
def _model() -> "LanguageIdentifier":
    """Load the statistical model, a second of CPU, when nothing cheaper tells."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415  loads NumPy

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(_MODELLED)
    return model


def _latin(text: str, hint: str | None) -> str:
    """Tell the languages of the Latin script apart."""
    found = _function_words(text)
    counts = Counter(language for languages in found for language in languages)
    if hint is not None and hint not in _ELSEWHERE:
        listed = _SISTERS.get(hint, hint)
        most = max(counts.values(), default=0)
        if counts[listed] >= most * _NEARLY or listed not in _listed():
            return hint
    evident = _prevailing(found)
    if evident is None:
        evident = str(_model().classify(text[:_SAMPLE])[0])
    return evident


def _function_words(text: str) -> list[tuple[str, ...]]:
    """Return, of each function word in the beginning of a text, the languages that it is of."""
    known = _words()
    return [known[word] for word in _WORD.findall(text[:_SAMPLE].lower()) if word in known]


def _prevailing(found: Sequence[tuple[str, ...]]) -> str | None:
    """Return the language that function words speak for clearly, or None."""
    weights: dict[str, float] = {}
    for languages in found:
        for language in languages:
            weights[language] = weights.get(language, 0.0) + 1 / len(languages)
    best, *others = sorted(weights, key=weights.__getitem__, reverse=True) or [""]
    weight, second = weights.get(best, 0.0), weights[others[0]] if others else 0.0
    return best if weight >= _ENOUGH and weight >= second * _CLEARLY else None


def _evident(text: str) -> str | None:
    """Return the language of a text in Latin letters, where its function words show it."""
    return _prevailing(_function_words(text))


# --------------------------------------------------------------------------- bilingual texts

_READ: Final = 20_000
"""Characters of a text that are looked at."""
_SHARE: Final = 0.2
"""The share of a text that a second language must have: less is a quotation."""
_LEAST: Final = 100
"""What it must have at least, in Latin letters: some twenty words."""
_TELLING: Final = 50
"""What a paragraph must have to show by its function words which language it is in."""
_HEADLINE: Final = 12
"""What half a headline must have."""
_SHORTEST_SENTENCE: Final = 4
"""Words of a headline in Latin letters that is more than a name."""
_ALIKE: Final = 4
"""A headline and its translation differ in length by this factor at most."""
_SENTENCE: Final = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+")
_SEPARATOR: Final = re.compile(r"(?P<plain>\s*[|｜/／‖]+\s*|\s+[-–—·•]+\s+)|\s*[(（]\s*|\s+")
"""Between a headline and its translation; brackets and spaces only where the body has both."""


class _Piece(NamedTuple):
    """A paragraph, or a sentence of a mixed one."""

    text: str
    label: str
    """Its script; its language where the text has two in Latin letters."""
    weight: int


def split(blocks: Iterable[str], title: str, hint: str | None = None) -> tuple[Part, ...]:
    """Return a text's parts, one a language, that of the title first; never none.

    ``blocks`` are its paragraphs in order. A second part must be a text of its own (a fifth of
    the whole, twenty words): names, quotations and terms in another script make none. A title of
    two languages ("中文 / English") is divided between them; a part without a headline of its own
    has the title "".
    """
    groups = _grouped(_labelled(list(_pieces(blocks))))
    titles = _titles(title, list(groups))
    order = dict.fromkeys([*(label for label in titles if label in groups), *groups, *titles])
    parts = (_part(titles.get(label, ""), groups.get(label, ()), hint) for label in order)
    return tuple(parts) or (_part(title, (), hint),)


def _part(title: str, texts: Iterable[str], hint: str | None) -> Part:
    """Make a part of its title and paragraphs."""
    beginning = lead(texts)
    return Part(language=detect(f"{title}\n{beginning}", hint), title=title, lead=beginning)


def _pieces(blocks: Iterable[str]) -> Iterator[_Piece]:
    """Yield the paragraphs, one that mixes two texts by its sentences, up to ``_READ``."""
    read = 0
    for block in blocks:
        weights = _weights(block)
        mixed = len(weights) > 1 and sorted(weights.values())[-2] >= _LEAST
        yield from _runs(block) if mixed else (_piece(block, weights),)
        read += len(block)
        if read > _READ:
            return


def _runs(block: str) -> Iterator[_Piece]:
    """Cut a paragraph between sentences where the script changes."""
    ends = [sentence.end() for sentence in _SENTENCE.finditer(block)]
    start, run = 0, _piece("")
    for begin, end in pairwise([0, *ends, len(block)]):
        label = _piece(block[begin:end]).label
        if label and run.label and label != run.label:
            yield run
            start = begin
        run = _piece(block[start:end].strip())
    yield run


def _piece(text: str, weights: dict[str, int] | None = None) -> _Piece:
    """Label a text by the script that most of it is in; figures alone have none."""
    weights = _weights(text) if weights is None else weights
    label = max(weights, key=weights.__getitem__, default="")
    return _Piece(text, label, weights.get(label, 0))


def _labelled(pieces: list[_Piece]) -> list[_Piece]:
    """Label Latin pieces by language where the text begins in one and ends in another."""
    latin = [piece for piece in pieces if piece.label == "Latin" and piece.weight >= _TELLING]
    if len(latin) < 2 or not _differ(_evident(latin[0].text), _evident(latin[-1].text)):  # noqa: PLR2004  a pair
        return pieces
    labelled: list[_Piece] = []
    current = _evident(latin[0].text) or ""
    for piece in pieces:
        if piece.label == "Latin":
            current = _evident(piece.text) or current
            labelled.append(piece._replace(label=current))
        else:
            labelled.append(piece)
    return labelled


def _differ(one: str | None, other: str | None) -> bool:
    """Tell whether both are known and not the same."""
    return one is not None and other is not None and one != other


def _grouped(pieces: Sequence[_Piece]) -> dict[str, list[str]]:
    """Gather the texts of each label that makes a part; others stay with what they stand in."""
    weights: Counter[str] = Counter()
    for piece in pieces:
        weights[piece.label] += piece.weight
    if not weights:
        return {}
    main = weights.most_common(1)[0][0]
    least = max(_LEAST, _SHARE * weights.total())
    groups: dict[str, list[str]] = {}
    current = main
    for piece in pieces:
        if piece.label == main or weights[piece.label] >= least:
            current = piece.label
        groups.setdefault(current, []).append(piece.text)
    return groups


def _titles(title: str, labels: Sequence[str]) -> dict[str, str]:
    """Give each label its headline; ``labels`` are those of the body."""
    if not title:
        return {}
    if len(labels) > 1 or len(_weights(title)) > 1:
        for separator in _SEPARATOR.finditer(title):
            halves = (title[: separator.start()], title[separator.end() :].rstrip(")）"))
            one, other = (_label(half, labels) for half in halves)
            told = one in labels and other in labels
            plain = separator["plain"] is not None or (told and _is_pure(*halves))
            if plain and one != other and _translation(*halves, told=told):
                return {one: halves[0], other: halves[1]}
    label = _label(title, labels)
    if labels and label not in labels:
        own = _weights(title).keys().isdisjoint(labels) and _is_sentence(title, label)
        label = label if own else labels[0]
    return {label: title}


def _label(text: str, labels: Sequence[str]) -> str:
    """Label a headline as the body's pieces are labelled."""
    label = _piece(text).label
    languages = [name for name in labels if name in _listed()]
    if label == "Latin" and languages:
        found = _function_words(text)
        return max(languages, key=lambda name: sum(name in owners for owners in found))
    return label or next(iter(labels), "")


def _is_pure(*halves: str) -> bool:
    """Tell whether each half of a title is in one script."""
    return all(len(_weights(half)) == 1 for half in halves)


def _translation(one: str, other: str, *, told: bool) -> bool:
    """Tell whether two halves of a title say one thing in two languages.

    ``told``: the body is in both. Otherwise a Latin half must be a sentence, not a name.
    """
    pieces = (_piece(one), _piece(other))
    lower, upper = sorted(piece.weight for piece in pieces)
    if lower < _HEADLINE or upper > _ALIKE * lower:
        return False
    return told or all(_is_sentence(piece.text, piece.label) for piece in pieces)


def _is_sentence(text: str, label: str) -> bool:
    """Tell a sentence from a name, which has no function word and few words at all."""
    if label != "Latin":
        return True
    return bool(_function_words(text)) and len(_WORD.findall(text)) >= _SHORTEST_SENTENCE
