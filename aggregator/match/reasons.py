"""A judgement in words."""

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
    in_favour: tuple[str, ...]
    against: tuple[str, ...]
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


def _told(pair: Pair) -> list[tuple[float, str]]:
    """Return what the features of a pair add to the log odds, in words, the most first."""
    added = dict(zip(Features._fields, pair.model.added(pair.features), strict=True))
    told = [(sum(added[name] for name in names), words(pair)) for names, words in _WORDS]
    return sorted(((weight, words) for weight, words in told if words), reverse=True)


def _meaning(pair: Pair) -> str:
    cosine = pair.features.meaning
    return f"the texts mean {'much' if cosine > 0 else 'nothing'} alike (cosine {cosine:.2f})"


def _words(pair: Pair) -> str:
    shared = pair.x.rarities.keys() & pair.y.rarities.keys()
    return _listed("words in common", pair, (t for t in shared if not t.startswith((NAME, NUMBER))))


def _names(pair: Pair) -> str:
    return _listed("names in common", pair, pair.x.names.keys() & pair.y.names.keys())


def _other_names(pair: Pair) -> str:
    if not pair.features.other_names:
        return ""
    return _listed("names that only one has", pair, pair.x.names.keys() ^ pair.y.names.keys())


def _numbers(pair: Pair) -> str:
    return _listed("numbers in common", pair, pair.x.numbers.keys() & pair.y.numbers.keys())


def _other_numbers(pair: Pair) -> str:
    return "no number in common" if pair.features.other_numbers else ""


def _days(pair: Pair) -> str:
    if pair.features.same_day:
        both = pair.x.document.days & pair.y.document.days
        return f"both tell of {_dates(both)}"
    if pair.features.other_day:
        return f"one tells of {_dates(pair.x.document.days)}, one of {_dates(pair.y.document.days)}"
    return ""


def _length(pair: Pair) -> str:
    return "both texts are long" if pair.features.length > LONG else "both texts are short"


def _publisher(pair: Pair) -> str:
    return "one publisher has both" if pair.features.publisher else ""


def _hours(pair: Pair) -> str:
    hours = round(expm1(pair.features.hours))
    return f"published {hours} {'hour' if hours == 1 else 'hours'} apart"


_WORDS: tuple[tuple[tuple[str, ...], Callable[[Pair], str]], ...] = (
    (("meaning",), _meaning),
    (("words", "rarest", "title", "spelling"), _words),
    (("names", "name_share"), _names),
    (("other_names",), _other_names),
    (("numbers",), _numbers),
    (("other_numbers",), _other_numbers),
    (("same_day", "other_day"), _days),
    (("length",), _length),
    (("publisher",), _publisher),
    (("hours",), _hours),
)
"""The features that one phrase speaks for, and the phrase."""


def _listed(what: str, pair: Pair, terms: Iterable[str]) -> str:
    """Return the rarest of some terms as people read them; "" where there is none."""
    rarity = {**pair.y.rarities, **pair.x.rarities}
    rarest = sorted(terms, key=lambda term: (-rarity[term], term))[:SHOWN]
    return f"{what}: {', '.join(_readable(term, pair) for term in rarest)}" if rarest else ""


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
