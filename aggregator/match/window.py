"""The articles of the last days, ready to be compared, and what may match among them.

Scoring every pair would cost time in proportion to the window. A matrix product and an index of
rare terms find what can match at all; only that is scored, never more than a fixed number a
passage, so that a feed that floods thousands of alike items costs no more than others. Half the
candidates are reserved for other languages, which share fewer terms and lie farther apart.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import inf

import numpy as np
import numpy.typing as npt

from aggregator.match.bodies import Bodies, Likeness
from aggregator.match.encoder import Encoder, Vectors
from aggregator.match.features import Document
from aggregator.match.meanings import Meanings
from aggregator.match.rarity import Rarity
from aggregator.match.scoring import Weighed, weigh

QUOTA = 24
"""Candidates a passage by each criterion: by meaning and by terms, within and across languages."""
LONGEST_POSTING = 400
"""Passages that hold a term from which it is too common to find candidates by."""
MEANING_FLOOR = 0.15
"""Cosine below which nearness is chance."""
FEW = 20
"""Articles that the window counts for more when the share of an instant is told: a handful may
all have come at one."""
STRANGERS = 8
"""Others taken at random for each article, to know how alike unrelated news is."""
BURIED = 1 / 32
"""Share of the rows that are empty from which all are written anew: at each look it would cost."""
BLOCK = 64
"""Passages whose vectors are multiplied at once: a matrix is read once a block."""

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Postings = defaultdict[str, tuple["array[int]", "array[float]"]]
"""By term: the rows that hold it, and what it weighs in each."""


class Window:
    """The passages of the last days, a row each. One writer at a time."""

    def __init__(self, encoder: Encoder | None, span: timedelta) -> None:
        self._meanings = None if encoder is None else Meanings(encoder)
        self._span = span.total_seconds()
        self._clear()

    def _clear(self) -> None:
        self._rarity = Rarity()
        self._bodies = Bodies()
        self._documents: dict[str, Document] = {}
        self._instants: Counter[datetime] = Counter()
        self._urls: defaultdict[str, set[str]] = defaultdict(set)
        self._rows: dict[str, range] = {}
        self._passages: list[Weighed] = []
        self._postings: Postings = defaultdict(lambda: (array("q"), array("d")))
        self._times: Floats = np.empty(0)
        self._languages: Rows = np.empty(0, np.int64)
        self._language_codes: dict[str, int] = {}

    def __contains__(self, article: str) -> bool:
        return article in self._documents

    def document(self, article: str) -> Document:
        """Return an article's document; KeyError where the window does not hold it."""
        return self._documents[article]

    def passages(self, article: str) -> Sequence[Weighed]:
        """Return an article's passages; KeyError where the window does not hold it."""
        rows = self._rows[article]
        return self._passages[rows.start : rows.stop]

    def cosines(self, article: str, other: str) -> Vectors | None:
        """Return the cosines of an article's passages (rows) and another's (columns), if any."""
        if self._meanings is None:
            return None
        return self._meanings.cosines(self._rows[article], self._rows[other])

    def hours(self, article: str, other: str) -> float:
        """Return the hours between two publications, or what one instant of both is worth.

        Where many articles bear it, it is that of a poll and tells nothing: one that all bear is
        worth what lies between an article that comes and any other of the span.
        """
        a, b = self._documents[article].published, self._documents[other].published
        if a != b:
            return abs((a - b).total_seconds()) / 3600
        share = (self._instants[a] - 2) / (len(self._documents) + FEW)
        return share * self._span / 2 / 3600

    def strangers(self, article: str) -> Iterator[tuple[Weighed, Weighed, float | None]]:
        """Yield an article's first passage with some that came before, evenly over them all.

        Each with its cosine, None without an encoder.
        """
        for row in self._rows[article][:1]:
            for other in {row * n // (STRANGERS + 1) for n in range(1, STRANGERS + 1)} - {row}:
                if self._times[other] < inf:
                    cosine = self._meanings.cosine(row, other) if self._meanings else None
                    yield self._passages[row], self._passages[other], cosine

    def likeness(self, article: str, other: str) -> Likeness | None:
        """Return what the whole texts of two articles have in common, where both are known."""
        return self._bodies.likeness(self._documents[article], self._documents[other])

    def add(self, documents: Sequence[Document]) -> None:
        """Take documents in; of one that is known already the older version goes."""
        if self._meanings is not None:
            self._meanings.add([passage for d in documents for passage in d.passages])
        self._take(documents)

    def _take(self, documents: Sequence[Document]) -> None:
        """Take documents in, whose meanings stand in their rows."""
        for document in documents:
            self._bury(document.id)
            for passage in document.passages:
                self._rarity.add(passage.terms)
        first = len(self._passages)
        terms = {term for d in documents for passage in d.passages for term in passage.terms}
        rarity = {term: self._rarity(term) for term in terms}.__getitem__
        for document in documents:
            self._documents[document.id] = document
            self._instants[document.published] += 1
            self._bodies.add(document)
            if document.url is not None:
                self._urls[document.url].add(document.id)
            start = len(self._passages)
            self._passages += (weigh(document, p, rarity) for p in document.passages)
            self._rows[document.id] = range(start, len(self._passages))
        for row, weighed in enumerate(self._passages[first:], first):
            for term, weight in weighed.vector.items():
                rows, weights = self._postings[term]
                rows.append(row)
                weights.append(weight)
        self._extend(self._passages[first:])

    def _extend(self, added: Sequence[Weighed]) -> None:
        """Lengthen the columns by these rows."""
        times = [weighed.document.published.timestamp() for weighed in added]
        codes = self._language_codes
        languages = [codes.setdefault(w.passage.language, len(codes)) for w in added]
        self._times = np.concatenate((self._times, np.array(times)))
        self._languages = np.concatenate((self._languages, np.array(languages, np.int64)))

    def _bury(self, article: str) -> None:
        """Take an article out of what candidates are found in; its rows stay empty."""
        if (document := self._documents.pop(article, None)) is None:
            return
        self._instants[document.published] -= 1
        rows = self._rows.pop(article)
        self._times[rows.start : rows.stop] = inf
        for passage in document.passages:
            self._rarity.remove(passage.terms)
        if document.url is not None:
            self._urls[document.url].discard(article)

    def forget(self, before: datetime) -> None:
        """Drop the articles that were published earlier."""
        for document in [d for d in self._documents.values() if d.published < before]:
            self._bury(document.id)
        kept = list(self._documents.values())
        rows = [row for document in kept for row in self._rows[document.id]]
        if len(self._passages) - len(rows) > BURIED * len(self._passages):
            if self._meanings is not None:
                self._meanings.keep(rows)
            self._clear()
            self._take(kept)

    def candidates(self, articles: Sequence[str]) -> list[set[str]]:
        """Return, for each article, those that may match: within the span, or of one address."""
        found = {
            article: set(self._urls[url]) if (url := self._documents[article].url) else set()
            for article in articles
        }
        for article in articles:
            found[article] |= self._copies(self._documents[article])
        rows = [row for article in articles for row in self._rows[article]]
        for start in range(0, len(rows), BLOCK):
            block = rows[start : start + BLOCK]
            for row in block:
                found[self._owner(row)] |= self._nearest(row, self._common_terms(row), 0.0)
            if self._meanings is not None:
                cosines = self._meanings.to_all(block)
                for row, scores in zip(block, cosines, strict=True):
                    found[self._owner(row)] |= self._nearest(row, scores, MEANING_FLOOR)
        if self._meanings is not None:
            self._meanings.ready(
                (self._rows[article], self._rows[other])
                for article in articles
                for other in found[article]
            )
        return [found[article] - {article} for article in articles]

    def _copies(self, document: Document) -> set[str]:
        """Return the articles within the span whose whole text may be this one's."""
        return {
            other
            for other in self._bodies.find(document)
            if other in self._documents
            and abs((self._documents[other].published - document.published).total_seconds())
            <= self._span
        }

    def _owner(self, row: int) -> str:
        return self._passages[row].document.id

    def _common_terms(self, row: int) -> Floats:
        """Return, by row, the cosine of its terms to this one's, the rare ones alone."""
        rows, weights = [np.empty(0, np.int64)], [np.empty(0)]
        for term, weight in self._passages[row].vector.items():
            holders, theirs = self._postings[term]
            if len(holders) <= LONGEST_POSTING:
                rows.append(np.array(holders))
                weights.append(weight * np.array(theirs))
        rows_of_all, weights_of_all = np.concatenate(rows), np.concatenate(weights)
        return np.bincount(rows_of_all, weights_of_all, len(self._passages)).astype(np.float64)

    def _nearest(self, row: int, scores: Floats | Vectors, floor: float) -> set[str]:
        """Return the owners of the highest scores above a floor, within and across languages."""
        near = np.abs(self._times - self._times[row]) <= self._span
        eligible = np.flatnonzero(near & (scores > floor))
        same = self._languages[eligible] == self._languages[row]
        return {
            self._owner(found)
            for group in (eligible[same], eligible[~same])
            for found in _highest(group, scores[group])
        }


def _highest(rows: Rows, scores: Floats | Vectors) -> list[int]:
    """Return at most QUOTA rows, of the highest scores."""
    if len(rows) > QUOTA:
        rows = rows[np.argpartition(scores, -QUOTA)[-QUOTA:]]
    found: list[int] = rows.tolist()
    return found
