"""A judgement in words, which can be said in the reader's language (aggregator.phrase)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from math import expm1

from aggregator.match.features import NUMBER
from aggregator.match.judgement import Judgement, Pair
from aggregator.match.names import NAME
from aggregator.match.scoring import Features, probability
from aggregator.match.text import tokens
from aggregator.model import Level
from aggregator.phrase import Phrase

TELLS = 0.2
"""What must be added to the log odds, or taken from them, to be worth a word."""
LONG = 3.5
"""log(1 + terms) from which a text is called long: some 30 terms."""
SHOWN = 5
"""Terms that are named."""
COUNTRY = 2
"""Letters of a country's key (ISO 3166)."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What speaks for and against two articles being of one story, in words."""

    level: Level
    probability: float
    in_favour: tuple[Phrase, ...]
    against: tuple[Phrase, ...]
    """Strongest first, both."""


def explain(judgement: Judgement) -> Explanation:
    """Return a judgement in words."""
    told = _told(judgement.pair) if judgement.pair else []
    in_favour = [words for weight, words in told if weight > TELLS]
    against = [words for weight, words in reversed(told) if weight < -TELLS]
    if judgement.rule is not None:
        (in_favour if judgement.logit > 0 else against).insert(0, judgement.rule)
    return Explanation(
        level=judgement.level,
        probability=probability(judgement.logit),
        in_favour=tuple(in_favour),
        against=tuple(against),
    )


def _told(pair: Pair) -> list[tuple[float, Phrase]]:
    """Return what the features of a pair add to the log odds, in words, the most first."""
    added = dict(zip(Features._fields, pair.model.added(pair.features), strict=True))
    told = [(sum(added[name] for name in names), words(pair)) for names, words in _WORDS]
    told.append((-pair.model.lift, Phrase("all news of these days is much alike")))
    return sorted(((weight, words) for weight, words in told if words), reverse=True)


def _meaning(pair: Pair) -> Phrase:
    cosine = round(pair.features.meaning, 2)
    if cosine > 0:
        return Phrase("the texts mean much alike (cosine {cosine:.2f})", cosine=cosine)
    return Phrase("the texts mean nothing alike (cosine {cosine:.2f})", cosine=cosine)


def _words(pair: Pair) -> Phrase | None:
    shared = pair.x.rarities.keys() & pair.y.rarities.keys()
    terms = _listed(pair, (t for t in shared if not t.startswith((NAME, NUMBER))))
    return Phrase("words in common: {terms}", terms=terms) if terms else None


def _names(pair: Pair) -> Phrase | None:
    terms = _listed(pair, pair.x.names.keys() & pair.y.names.keys())
    return Phrase("names in common: {terms}", terms=terms) if terms else None


def _other_names(pair: Pair) -> Phrase | None:
    if not pair.features.other_names:
        return None
    terms = _listed(pair, pair.x.names.keys() ^ pair.y.names.keys())
    return Phrase("names that only one has: {terms}", terms=terms)


def _numbers(pair: Pair) -> Phrase | None:
    terms = _listed(pair, pair.x.numbers.keys() & pair.y.numbers.keys())
    return Phrase("numbers in common: {terms}", terms=terms) if terms else None


def _other_numbers(pair: Pair) -> Phrase | None:
    return Phrase("no number in common") if pair.features.other_numbers else None


def _other_day(pair: Pair) -> Phrase | None:
    if not pair.features.other_day:
        return None
    if pair.at_one_instant:
        return Phrase("they tell of different days")
    return Phrase(
        "one tells of {days}, one of {others}",
        days=_dates(pair.x.document.days),
        others=_dates(pair.y.document.days),
    )


def _length(pair: Pair) -> Phrase:
    if pair.features.length > LONG:
        return Phrase("both texts are long")
    return Phrase("both texts are short")


def _publisher(pair: Pair) -> Phrase | None:
    return Phrase("one publisher has both") if pair.features.publisher else None


def _hours(pair: Pair) -> Phrase:
    hours = round(expm1(pair.features.hours))
    if pair.at_one_instant and hours:
        return Phrase("published at one instant, like much else")
    if hours == 1:
        return Phrase("published 1 hour apart")
    return Phrase("published {hours} hours apart", hours=hours)


_WORDS: tuple[tuple[tuple[str, ...], Callable[[Pair], Phrase | None]], ...] = (
    (("meaning",), _meaning),
    (("words", "rarest", "title", "spelling"), _words),
    (("names", "name_share"), _names),
    (("other_names",), _other_names),
    (("numbers",), _numbers),
    (("other_numbers",), _other_numbers),
    (("other_day",), _other_day),
    (("length",), _length),
    (("publisher",), _publisher),
    (("hours",), _hours),
)
"""The features that one phrase speaks for, and the phrase."""


def _listed(pair: Pair, terms: Iterable[str]) -> str:
    """Return the rarest of some terms as people read them."""
    rarity = {**pair.y.rarities, **pair.x.rarities}
    rarest = sorted(terms, key=lambda term: (-rarity[term], term))[:SHOWN]
    return ", ".join(_readable(term, pair) for term in rarest)


def _readable(term: str, pair: Pair) -> str:
    """Return a term as people write it: a key as a name, a stem as its word."""
    if term.startswith(NUMBER):
        return term.removeprefix(NUMBER)
    if term.startswith(NAME):
        key = term.removeprefix(NAME)
        return key.upper() if len(key) == COUNTRY else key.replace("_", " ").title()
    texts = (text for w in (pair.x, pair.y) for text in (w.passage.title, w.passage.lead))
    words = (word for text in texts for word in tokens(text))
    return next((word for word in words if word.startswith(term)), term)


def _dates(ordinals: Iterable[int]) -> str:
    return ", ".join(date.fromordinal(day).isoformat() for day in sorted(ordinals))
