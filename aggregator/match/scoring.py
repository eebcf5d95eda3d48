"""How likely two documents report one event: features of the pair, and a fitted model of them.

There is a model for each kind of pair: within a language or across, with vectors or without.
They stand in ``weights.json`` with the data that they were fitted on (scripts/fit).
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import exp, fsum, log1p, sqrt
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from aggregator.match import dates
from aggregator.match.features import NUMBER, Document, Passage
from aggregator.match.names import NAME

USUAL_SPELLING = 50
"""Likeness in percent that titles reach by chance."""
TELLING = 2.5
"""Rarity from which a term tells something: one passage in twelve."""
FARTHEST = 10
"""Days told from which it makes no difference how many more lie between."""
Rarities = Mapping[str, float]
"""Terms with what they weigh."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A passage with the rarity that its terms had when it came."""

    document: Document
    passage: Passage
    rarities: Rarities
    title: Rarities
    names: Rarities
    numbers: Rarities
    telling: int
    """Terms that are rare enough to tell something."""

    @property
    def vector(self) -> Rarities:
        """All terms, of length 1: asked for now and then, and so not kept."""
        weights = {
            term: weight * self.rarities[term] for term, weight in self.passage.terms.items()
        }
        length = sqrt(fsum(weight * weight for weight in weights.values())) or 1.0
        return {term: weight / length for term, weight in weights.items()}


def weigh(document: Document, passage: Passage, rarity: Callable[[str], float]) -> Weighed:
    """Return a passage ready to be compared."""
    rarities = {term: rarity(term) for term in passage.terms}
    return Weighed(
        document=document,
        passage=passage,
        rarities=rarities,
        title={term: rarities[term] for term in passage.title_terms},
        names=_marked(NAME, rarities),
        numbers=_marked(NUMBER, rarities),
        telling=sum(rarity > TELLING for rarity in rarities.values()),
    )


def _marked(mark: str, rarities: Rarities) -> Rarities:
    return {term: rarity for term, rarity in rarities.items() if term.startswith(mark)}


class Features(NamedTuple):
    """What is known of a pair. All are 0 where nothing is known."""

    meaning: float
    """Cosine of the encoder's vectors, -1 to 1."""
    words: float
    """log(1 + rarity) of all terms in common; what leads alone share counts less."""
    rarest: float
    """Rarity of the rarest of them."""
    title: float
    """Share of the lighter title's rarity that both titles have, 0 to 1."""
    names: float
    """log(1 + rarity) of the names in common."""
    numbers: float
    """log(1 + rarity) of the numbers in common."""
    name_share: float
    """Share of the names' rarity that both have, of the one that has less of them, 0 to 1."""
    other_names: float
    """log(1 + rarity) of the names that only one has, for the one that has less of them."""
    other_numbers: float
    """1 where both tell numbers, none in common."""
    spelling: float
    """Likeness of the titles as text, above chance, 0 to 1."""
    other_day: float
    """log(days between) where the days told are two or more apart: one is a matter of zones.

    That both tell one day says nothing: most news tells of today.
    """
    length: float
    """log(1 + terms) of the shorter text: long ones have more in common by chance."""
    publisher: float
    """1 where one publisher has both."""
    hours: float
    """log(1 + hours between the publications, or what they are worth)."""


def compare(x: Weighed, y: Weighed, cosine: float, hours: float) -> Features:
    """Return the features of a pair of passages.

    ``cosine`` is 0 without an encoder, ``hours`` what lies between the publications (match.window).
    """
    a, b = x.document, y.document
    shared = [
        min(x.rarities[term], y.rarities[term]) * min(x.passage.terms[term], y.passage.terms[term])
        for term in x.rarities.keys() & y.rarities.keys()
    ]
    names = _shared(x.names, y.names)
    fewer_names = min(fsum(x.names.values()), fsum(y.names.values()))
    numbers = _shared(x.numbers, y.numbers)
    lighter = min(fsum(x.title.values()), fsum(y.title.values()))
    spelling = fuzz.token_set_ratio(x.passage.title, y.passage.title)
    apart = _days_apart(a, b)
    return Features(
        meaning=cosine,
        words=log1p(fsum(shared)),
        rarest=max(shared, default=0.0),
        title=_shared(x.title, y.title) / lighter if lighter else 0.0,
        names=log1p(names),
        numbers=log1p(numbers),
        name_share=names / fewer_names if fewer_names else 0.0,
        other_names=log1p(max(0.0, fewer_names - names)),
        other_numbers=float(bool(x.numbers and y.numbers) and not numbers),
        spelling=max(0.0, spelling - USUAL_SPELLING) / (100 - USUAL_SPELLING),
        other_day=log1p(min(apart, FARTHEST) - 1) if apart else 0.0,
        length=log1p(min(len(x.rarities), len(y.rarities))),
        publisher=float(bool(a.publisher) and a.publisher == b.publisher),
        hours=log1p(hours),
    )


def _shared(x: Rarities, y: Rarities) -> float:
    """Return the rarity of what both hold; the order of a set must not show in the last digit."""
    return fsum(min(x[term], y[term]) for term in x.keys() & y.keys())


def _days_apart(a: Document, b: Document) -> int | None:
    """Return the days between the nearest days told; None where one tells none.

    One instant is as a rule that of a poll, not of a publication, which days could be told by.
    """
    if a.published == b.published:
        return dates.apart(a.told, b.told)
    return min((abs(d - e) for d in a.days for e in b.days), default=None)


@dataclass(frozen=True, slots=True)
class Curve:
    """What a feature adds to the log odds at each value: straight between the points."""

    values: tuple[float, ...]
    """Ascending, two at least."""
    added: tuple[float, ...]

    def __call__(self, value: float) -> float:
        """Return what is added; beyond the ends as much as at them."""
        if value <= self.values[0]:
            return self.added[0]
        if value >= self.values[-1]:
            return self.added[-1]
        right = bisect_right(self.values, value)
        x0, x1 = self.values[right - 1 : right + 1]
        y0, y1 = self.added[right - 1 : right + 1]
        return y0 + (y1 - y0) * (value - x0) / (x1 - x0)


@dataclass(frozen=True, slots=True)
class Model:
    """An additive logistic regression (Hastie and Tibshirani 1986): a curve a feature."""

    intercept: float
    curves: tuple[Curve, ...]
    """In the order of ``Features``."""
    usual: float = 0.0
    """What the log odds of unrelated articles usually reach (match.backdrop)."""
    lift: float = 0.0
    """By how much they lie above that now, which is taken off all log odds."""

    def added(self, features: Features) -> list[float]:
        """Return what each feature adds to the log odds, in the order of ``Features``."""
        return [curve(value) for curve, value in zip(self.curves, features, strict=True)]

    def logit(self, features: Features) -> float:
        """Return the log of the odds that the pair reports one event."""
        return self.intercept + sum(self.added(features)) - self.lift


def probability(logit: float) -> float:
    """Return the probability of a logit."""
    return 1 / (1 + exp(-logit)) if logit >= 0 else exp(logit) / (1 + exp(logit))


def model_name(x: Passage, y: Passage, *, encoded: bool) -> str:
    """Return which model judges a pair; a language that is not known is taken for the other's."""
    within = x.language == y.language or not (x.language and y.language)
    return f"{'within' if within else 'across'} {'with' if encoded else 'without'} encoder"


@cache
def shipped_models() -> Mapping[str, Model]:
    """Return the shipped models by name."""
    source = resources.files(__package__).joinpath("weights.json")
    return read_models(json.loads(source.read_text("utf-8"))["models"])


def read_models(written: Mapping[str, Any]) -> Mapping[str, Model]:
    """Return models as scripts/fit writes them."""
    return {
        name: Model(
            intercept=model["intercept"],
            usual=model["usual"],
            curves=tuple(
                Curve(*map(tuple, zip(*model["curves"][field], strict=True)))
                for field in Features._fields
            ),
        )
        for name, model in written.items()
    }
