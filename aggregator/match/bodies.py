"""The whole texts of the last days: which resemble each other, and by how much.

What a feed writes under many of its articles (“read more”, “sign up”, the standing introduction
of a live page) is no part of what they tell, and is left out of every comparison.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aggregator.match.bands import Bands
from aggregator.match.features import Document
from aggregator.match.signature import Kind, Sketch, read

REPEATED = 2
"""Other articles of the feed that have a shingle too, from which it is boilerplate."""
REMEMBERED = 24
"""Articles of a feed in which it is looked for, the latest."""
FEWEST = 32
"""Orders in which something else comes first that a comparison needs: fewer estimate nothing."""
HARDLY = 0.05
"""Share of equal values below which it is not asked what of them is boilerplate."""
WORTH = 0.3
"""Share of equal values from which a text is a candidate."""

Mask = npt.NDArray[np.bool_]
_KINDS = (Kind.WORDS, Kind.CHARACTERS)


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two texts have in common. All are estimates, 0 to 1."""

    resemblance: float
    """Shingles in common, of those of either (Jaccard)."""
    containment: float
    """Shingles in common, of those of the shorter text."""
    numbers: float
    """Numbers in common, of those of the text with fewer; 1 where one tells next to none."""

    @property
    def percent(self) -> int:
        """How much of the two is the same, both taken together (Dice), rounded down."""
        return int(200 * self.resemblance / (1 + self.resemblance))


class Bodies:
    """The articles of the last days whose whole text is known. One writer at a time."""

    def __init__(self) -> None:
        self._bands = Bands()
        self._holders: list[tuple[Document, Kind]] = []
        """Whose the texts are, by their numbers there."""
        self._of_feed: defaultdict[str, dict[str, Document]] = defaultdict(dict)
        """The latest of each, by id."""

    def add(self, document: Document) -> None:
        """Take a document in."""
        if not document.signature:
            return
        latest = self._of_feed[document.feed]
        latest.pop(document.id, None)
        latest[document.id] = document
        if len(latest) > REMEMBERED:
            del latest[next(iter(latest))]
        for text in _texts(document):
            self._bands.add(text.kind, text.sketch.minima)
            self._holders.append((document, text.kind))

    def find(self, document: Document) -> set[str]:
        """Return the articles whose text may be this one's, or nearly; itself among them."""
        found = set()
        for text in _texts(document):
            for number in self._bands.find(text.kind, text.sketch.minima):
                other, kind = self._holders[number]
                if kind is text.kind and _agreement(text, other) >= WORTH:
                    found.add(other.id)
        return found

    def likeness(self, a: Document, b: Document) -> Likeness | None:
        """Return what two texts have in common, by the script in which they are most alike.

        None where one is unknown, or too short, or hardly more than boilerplate.
        """
        if not (a.signature and b.signature):
            return None
        x, y = read(a.signature), read(b.signature)
        shares = (
            self._shares(_Text(a, kind, x[kind]), _Text(b, kind, y[kind]))
            for kind in _KINDS
            if kind in x and kind in y
        )
        best = max(filter(None, shares), default=None)
        if best is None:
            return None
        has_numbers = Kind.NUMBERS in x and Kind.NUMBERS in y
        numbers = x[Kind.NUMBERS].containment(y[Kind.NUMBERS]) if has_numbers else 1.0
        return Likeness(*best, numbers)

    def _shares(self, x: "_Text", y: "_Text") -> tuple[float, float] | None:
        """Return resemblance and containment of two texts of one kind."""
        if x.sketch.agreement(y.sketch) < HARDLY:
            return 0.0, 0.0
        mine, theirs = x.sketch.minima, y.sketch.minima
        idle, their_idle = self._boilerplate(x, besides=y), self._boilerplate(y, besides=x)
        first = np.minimum(mine, theirs)
        told = ~((mine == first) & idle | (theirs == first) & their_idle)
        if np.count_nonzero(told) < FEWEST:
            return None
        resemblance = float(np.mean((mine == theirs)[told]))
        shared = resemblance * np.mean(told) * x.sketch.together(y.sketch)
        shorter = min(x.sketch.count * np.mean(~idle), y.sketch.count * np.mean(~their_idle))
        return resemblance, min(1.0, float(shared / shorter))

    def _boilerplate(self, text: "_Text", *, besides: "_Text") -> Mask:
        """Return in which orders the first shingle of a text is one that its feed repeats."""
        pair = {text.document.id, besides.document.id}
        seen = np.zeros(len(text.sketch.minima), np.int64)
        for other in self._of_feed[text.document.feed].values():
            if other.id not in pair and (sketch := read(other.signature).get(text.kind)):
                seen += sketch.minima == text.sketch.minima
        return seen >= REPEATED


@dataclass(frozen=True, slots=True)
class _Text:
    """A document's text in one kind of script."""

    document: Document
    kind: Kind
    sketch: Sketch


def _texts(document: Document) -> Iterator[_Text]:
    for kind, sketch in read(document.signature).items():
        if kind in _KINDS:
            yield _Text(document, kind, sketch)


def _agreement(text: _Text, other: Document) -> float:
    return text.sketch.agreement(read(other.signature)[text.kind])
