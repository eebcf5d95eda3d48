"""Labelled pairs of articles, as features: what scripts/fit learns from."""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from labelled import GRADED, Labelled, article, read, rows
from streamed import polls

from aggregator.match import SPAN
from aggregator.match.encoder import Encoder
from aggregator.match.features import Document, Passage, prepare
from aggregator.match.names import NAME
from aggregator.match.scoring import Features, compare, model_name
from aggregator.match.window import Window

LIVE = "zhen_events_dev.jsonl"
"""The file of a live stream, the one whose times tell something."""
STORIES = (LIVE, "uci.jsonl", "wmt_zhen.jsonl", "hard_events.jsonl")
FOREVER = timedelta(days=36500)
"""The span of a window that holds everything."""
SAME, DIFFERENT = 1.75, 2.75
"""Grades (1 to 4) up to which a graded pair is one event, and from which it is not."""
FEWEST_TRUE = 10
"""True pairs from which a file is worth fitting on."""
STRIDE = 37
"""Articles so far apart are pairs too, that the models may know what shares nothing."""
MEMBERS = 20
"""Articles of a story of which every pair is taken: a huge story must not decide alone."""

UNKNOWN = 0.25
"""Share of the names that a view does not know."""
HEADLINES = 0.5
"""Share of the articles that a view shows without their leads."""
VIEWS = 3
"""How often each pair is learned: as it is, then with some names unknown and some leads hidden.

Of an unseen day fewer names are in the tables than of one at hand when these were written, and
where one feed tells headlines alone and another leads too, what both tell is still one event.
"""

Floats = npt.NDArray[np.float64]


class Example(NamedTuple):
    """A pair with its label."""

    model: str
    features: Features
    label: float
    group: str
    """Pairs of one group are never parted when the data is split in halves."""


def seen(document: Document, view: int) -> Document:
    """Return a document as a view shows it: the first all of it, the others some of it.

    Countries are always known.
    """
    if not view:
        return document

    def is_known(term: str) -> bool:
        is_country = len(term) == len(f"{NAME}us")
        return not term.startswith(NAME) or is_country or _draw(view, term) >= UNKNOWN

    def shown(passage: Passage) -> Passage:
        some = _headline(passage) if _draw(view, document.id) < HEADLINES else passage
        return replace(
            some,
            terms={term: weight for term, weight in some.terms.items() if is_known(term)},
            title_terms=frozenset(filter(is_known, some.title_terms)),
        )

    return replace(document, passages=tuple(map(shown, document.passages)))


def _draw(view: int, name: str) -> float:
    """Return a number from 0 to 1, the same one whenever a view draws for a name."""
    return zlib.crc32(f"{view} {name}".encode()) / 2**32


def _headline(passage: Passage) -> Passage:
    """Return a passage without its lead, if that leaves anything."""
    if not passage.title_terms:
        return passage
    return replace(
        passage,
        lead="",
        lead_letters=0,
        terms=dict.fromkeys(passage.title_terms, 1.0),
        encoded=passage.headline,
        has_lead=False,
    )


def pairs_of(
    items: Sequence[Labelled], span: timedelta, encoder: Encoder, view: int
) -> Iterator[Example]:
    """Yield what a window would have scored, and true pairs, with its label.

    Each as it looks when its later article comes: what is rare and what is usual is known then of
    what came so far.
    """
    window = Window(encoder, span)
    by_id = {item.article.id: item for item in items}
    stories: defaultdict[str, list[str]] = defaultdict(list)
    came: list[str] = []
    for poll, batch in polls(items):
        window.forget(poll - 2 * span)
        window.add([seen(prepare(item.article), view) for item in batch])
        ids = [item.article.id for item in batch]
        wanted: set[tuple[str, str]] = set()
        for a, candidates in zip(ids, window.candidates(ids), strict=True):
            members = stories[by_id[a].story]
            others = {*candidates, *members, *came[-STRIDE:][:1]}
            wanted |= {(min(a, b), max(a, b)) for b in others if b in window}
            if len(members) < MEMBERS:
                members.append(a)
            came.append(a)
        for a, b in sorted(wanted):
            one, other = by_id[a], by_id[b]
            same = one.story == other.story
            if same or not one.parent or one.parent != other.parent:
                yield example(window, a, b, float(same), one.story)


def example(window: Window, a: str, b: str, label: float, group: str) -> Example:
    """Return a pair of the window, by its first passages."""
    x, y = window.passages(a)[0], window.passages(b)[0]
    cosines = window.cosines(a, b)
    cosine = 0.0 if cosines is None else float(cosines[0, 0])
    name = model_name(x.passage, y.passage, encoded=False).split()[0]
    return Example(name, compare(x, y, cosine, window.hours(a, b)), label, group)


def graded(path: Path, encoder: Encoder, view: int) -> Iterator[Example]:
    """Yield pairs that people graded."""
    window = Window(encoder, FOREVER)
    found = [row for row in rows(path) if not SAME < float(row["label"]) < DIFFERENT]
    sides = {row[side]["id"]: row[side] for row in found for side in "ab"}
    window.add([seen(prepare(article(side)), view) for side in sides.values()])
    for row in found:
        a, b = row["a"]["id"], row["b"]["id"]
        if a != b and window.passages(a) and window.passages(b):
            yield example(window, a, b, float(float(row["label"]) <= SAME), a)


class Table(NamedTuple):
    """The examples of one file for one model, as columns."""

    file: str
    features: Floats
    labels: Floats
    halves: npt.NDArray[np.int64]
    """0 or 1: fitted on one half and measured on the other, the figures are honest."""

    def without(self, half: int) -> "Table":
        """Return the other half."""
        kept = self.halves != half
        return Table(self.file, self.features[kept], self.labels[kept], self.halves[kept])


def tables(examples: Mapping[str, Sequence[Example]], model: str) -> list[Table]:
    """Return the examples for one model, a table a file; only the live file tells of time."""
    found = []
    for file, some in examples.items():
        mine = [e for e in some if e.model == model]
        if sum(e.label for e in mine) >= FEWEST_TRUE:
            features = np.array([e.features for e in mine])
            if file != LIVE:
                features[:, Features._fields.index("hours")] = 0.0
            halves = np.array([zlib.crc32(e.group.encode()) % 2 for e in mine])
            found.append(Table(file, features, np.array([e.label for e in mine]), halves))
    return found


def examples_of(
    data: Path, encoder: Encoder, kept: Callable[[str, Labelled], bool] = lambda _file, _item: True
) -> dict[str, list[Example]]:
    """Return the pairs of each file in every view, of labelled ones those whose articles stay."""
    labelled = {file: [i for i in read(data / file) if kept(file, i)] for file in STORIES}
    return {
        file: [
            pair
            for view in range(VIEWS)
            for pair in pairs_of(items, SPAN if file == LIVE else FOREVER, encoder, view)
        ]
        for file, items in labelled.items()
    } | {
        file: [pair for view in range(VIEWS) for pair in graded(data / file, encoder, view)]
        for file in GRADED
    }
