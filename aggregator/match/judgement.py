"""What is thought of a pair of documents: level, log odds, and the features behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from rapidfuzz import fuzz

from aggregator.match.bodies import Likeness
from aggregator.match.copies import are_copies, is_copy
from aggregator.match.encoder import Vectors
from aggregator.match.features import Document, Passage
from aggregator.match.opposites import contradict
from aggregator.match.scoring import Features, Model, Weighed, compare, model_name
from aggregator.model import Level
from aggregator.phrase import Phrase

SAME_ITEM = 12.0
"""The logit of one item: its probability rounds to 1."""
SAME_TEXT = 6.0
"""The logit of one text: .998."""
SAME_EVENT = 5.0
"""The highest logit that a model's word is taken for: .993."""
SAYS_NOTHING = -6.0
"""The logit of a pair of which one says too little to be matched by."""
OTHER_ONE = -4.0
"""The logit of two of a series, or of opposites: no labelled data teaches it."""
SERIES = 65
"""Likeness in percent from which titles with other numbers are of a series, or opposites."""
RECURRING = timedelta(hours=12)
"""Time from which a publisher's equal titles are a rubric, not one item."""
FEWEST_TERMS = 3
"""Telling terms that a text needs to be matched by."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two passages, compared."""

    x: Weighed
    y: Weighed
    model: Model
    features: Features

    @property
    def at_one_instant(self) -> bool:
        """Whether both were published at the very same time."""
        return self.x.document.published == self.y.document.published


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is thought of two documents."""

    level: Level
    logit: float
    rule: Phrase | None
    """What decided, in words, where no model did."""
    pair: Pair | None = None
    """The passages that match best; None where none were compared."""


def judge(
    a: Document,
    b: Document,
    xs: Sequence[Weighed],
    ys: Sequence[Weighed],
    *,
    cosines: Vectors | None,
    hours: float,
    models: Mapping[str, Model],
    likeness: Likeness | None = None,
) -> Judgement:
    """Return what is thought of two documents, by their best pair of passages.

    ``cosines`` has a row for each of ``xs`` and a column for each of ``ys``; ``hours`` lie between
    their publications, or what those are worth (match.window); ``models`` go by
    ``model_name``; ``likeness`` is that of the whole texts, None where one is not known.
    """
    if a.url is not None and a.url == b.url and _is_page(a.url):
        return Judgement(Level.ITEM, SAME_ITEM, Phrase("same address: {url}", url=a.url))
    if a.feed == b.feed and a.guid is not None and a.guid == b.guid:
        rule = Phrase("same guid in one feed: {guid}", guid=a.guid)
        return Judgement(Level.ITEM, SAME_ITEM, rule)
    best: Judgement | None = None
    for i, x in enumerate(xs):
        for j, y in enumerate(ys):
            cosine = None if cosines is None else float(cosines[i, j])
            judged = _judge_passages(x, y, cosine, hours, models=models, likeness=likeness)
            if best is None or judged.logit > best.logit:
                best = judged
    if best is None:
        return Judgement(Level.EVENT, SAYS_NOTHING, Phrase("one has no words"))
    return best


def _is_page(url: str) -> bool:
    """Whether an address is an item's own, not a site's front page."""
    parts = urlsplit(url)
    return parts.path.strip("/") != "" or parts.query != ""


def _judge_passages(
    x: Weighed,
    y: Weighed,
    cosine: float | None,
    hours: float,
    *,
    models: Mapping[str, Model],
    likeness: Likeness | None,
) -> Judgement:
    model = models[model_name(x.passage, y.passage, encoded=cosine is not None)]
    pair = Pair(x, y, model, compare(x, y, cosine or 0.0, hours))
    logit = model.logit(pair.features)
    if _is_rubric(x, y):
        rule = Phrase("a title that the publisher repeats")
        return Judgement(Level.EVENT, SAYS_NOTHING, rule, pair)
    if _is_opposed(x, y):
        rule = Phrase("titles alike that say the opposite")
        return Judgement(Level.EVENT, OTHER_ONE, rule, pair)
    if (same := _same_text(x, y, likeness)) is not None:
        level, rule = same
        return Judgement(level, SAME_TEXT, rule, pair)
    if _says_little(x) or _says_little(y):
        rule = Phrase("one says too little to be matched by")
        return Judgement(Level.EVENT, SAYS_NOTHING, rule, pair)
    if (other := _next_of_its_kind(x, y)) is not None:
        return Judgement(Level.EVENT, OTHER_ONE, other, pair)
    return Judgement(Level.EVENT, min(logit, SAME_EVENT), None, pair)


def _same_text(x: Weighed, y: Weighed, likeness: Likeness | None) -> tuple[Level, Phrase] | None:
    """Return in which sense two articles are one text, and why; None where they are not."""
    if likeness is None or not are_copies(likeness):
        if is_copy(x.passage, y.passage, likeness):
            return Level.COPY, Phrase("the same text, or nearly")
        return None
    if _is_series(x, y) or _is_recurring(x, y):
        return None
    percent = likeness.percent
    if x.document.feed == y.document.feed:
        rule = Phrase("a new version: {percent} % of the wording is the same", percent=percent)
        return Level.ITEM, rule
    if x.passage.title == y.passage.title:
        return Level.COPY, Phrase("{percent} % of the wording is the same", percent=percent)
    rule = Phrase("{percent} % of the wording is the same, under another title", percent=percent)
    return Level.COPY, rule


def _is_rubric(x: Weighed, y: Weighed) -> bool:
    """Whether two titles are equal because the publisher uses them again and again."""
    return (
        x.passage.title == y.passage.title
        and x.passage.lead != y.passage.lead
        and _is_recurring(x, y)
    )


def _is_recurring(x: Weighed, y: Weighed) -> bool:
    """Whether one publisher says both, half a day apart."""
    a, b = x.document, y.document
    apart = abs(a.published - b.published)
    return bool(a.publisher) and a.publisher == b.publisher and apart > RECURRING


def _is_opposed(x: Weighed, y: Weighed) -> bool:
    """Whether two titles of one language are alike but for words that contradict each other."""
    return (
        x.passage.language == y.passage.language
        and fuzz.ratio(x.passage.pattern, y.passage.pattern, score_cutoff=SERIES) > 0
        and contradict(x.passage.title, y.passage.title)
    )


def _says_little(x: Weighed) -> bool:
    return x.telling < FEWEST_TERMS


def _next_of_its_kind(x: Weighed, y: Weighed) -> Phrase | None:
    """Return why two tell of one thing at another time; None where nothing says so."""
    if _is_series(x, y):
        return Phrase("titles of a series, with other numbers")
    if _is_other_quarter(x.passage, y.passage):
        return Phrase("they tell of different quarters")
    return None


def _is_series(x: Weighed, y: Weighed) -> bool:
    """Whether two titles are of a series: episodes, versions, match days, rounds of a vote."""
    a, b = x.document.ordinals, y.document.ordinals
    other_place = bool(a and b) and a.isdisjoint(b)
    numbers = zip(x.passage.title_numbers, y.passage.title_numbers, strict=False)
    other_number = any(m != n for m, n in numbers)
    return (
        x.passage.language == y.passage.language
        and (other_place or other_number)
        and fuzz.ratio(x.passage.pattern, y.passage.pattern, score_cutoff=SERIES) > 0
    )


def _is_other_quarter(x: Passage, y: Passage) -> bool:
    """Whether each tells of a quarter, and none of them is the other's: results, growth rates."""
    return bool(x.quarters and y.quarters) and x.quarters.isdisjoint(y.quarters)
