"""Additive logistic regressions: the models of match/scoring.py, as scripts/fit fits them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from labelled_pairs import LIVE, Floats, Table

from aggregator.match.scoring import Features

SHARES = {LIVE: 3.0, "uci.jsonl": 0.4, "wmt_zhen.jsonl": 0.3, "hard_events.jsonl": 5.0}
"""What the pairs of a file weigh together, whatever their number."""
WHOLE = (LIVE, "wmt_zhen.jsonl")
"""Files of which any pair may come, neither picked nor drawn to be hard."""
SHARE_OF_GRADED = 0.3
PAIRS_WORTH = 4000
"""Pairs that a share of 1 counts for."""
RIDGE = 3.0
SMALL_RIDGE = 0.05
"""For a model of few features in lines, which has little room to read too much into anything."""
FEW = (
    "meaning",
    "rarest",
    "title",
    "other_names",
    "other_numbers",
    "other_day",
)
"""The features of such a model."""
BENDS = (0.25, 0.5, 0.75, 0.9)
"""Quantiles of a feature's values above 0 at which its curve may bend."""
STRAIGHT = ("other_numbers", "other_day")
"""Features whose curve is a line: there are too few values to bend it by."""
FEWEST_TOLD = 50
"""Values above 0 from which a curve may bend."""
STEPS = 9
"""Of Newton's method: it converges in fewer."""
Curves = Mapping[str, Sequence[tuple[float, float]]]
"""The points of features' curves."""


class Fitted(NamedTuple):
    """An additive model: by how much each curve bends and where, and the intercept."""

    bends: Sequence[Mapping[float, float]]
    """Of each feature, in the order of ``Features``: what is added to the slope, by where."""
    intercept: float
    """Of the files of WHOLE."""
    given: Curves

    def logits(self, features: Floats) -> Floats:
        """Return the log odds without an intercept."""
        slopes = [slope for some in self.bends for slope in some.values()]
        found: Floats = _bent(features, self.bends) @ slopes + _added(features, self.given)
        return found

    def curves(self, last: Sequence[float]) -> Curves:
        """Return the points of each feature's curve, up to the last value that it can have."""
        found: dict[str, Sequence[tuple[float, float]]] = {}
        for field, bends, end in zip(Features._fields, self.bends, last, strict=True):
            found[field] = [
                (x, round(sum(slope * max(0.0, x - bend) for bend, slope in bends.items()), 3))
                for x in (*(bends or [0.0]), end)
            ]
        return found | dict(self.given)


def fitted(parts: Sequence[Table], given: Curves, *, encoded: bool) -> Fitted:
    """Return the mean of a model of all features, in curves, and one of few, in lines.

    Each errs in its own way where it was not fitted: the first reads much into combinations that
    its few stories happen to have, the second knows less. Their mean is an additive model too.
    """
    fields = [f for f in Features._fields if f not in given and (encoded or f != "meaning")]
    features = np.vstack([part.features for part in parts])
    bends = {f: _bends(f, features[:, Features._fields.index(f)]) for f in fields}
    curved = additive(parts, given, bends, RIDGE)
    straight = additive(parts, given, {f: bends[f][:1] for f in fields if f in FEW}, SMALL_RIDGE)
    return Fitted(
        [
            {
                bend: (a.get(bend, 0.0) + b.get(bend, 0.0)) / 2
                for bend in sorted(a.keys() | b.keys())
            }
            for a, b in zip(curved.bends, straight.bends, strict=True)
        ],
        (curved.intercept + straight.intercept) / 2,
        given,
    )


def additive(
    parts: Sequence[Table], given: Curves, bends: Mapping[str, Sequence[float]], ridge: float
) -> Fitted:
    """Fit an additive logistic regression by Newton's method, beside the curves that are given.

    ``bends`` has where the curve of a feature may bend, its start included. The ridge on the bends
    keeps the curves smooth. A file weighs what SHARES says, however many pairs it holds, and has
    its own intercept where it is not of WHOLE.
    """
    features = np.vstack([part.features for part in parts])
    places = [bends.get(field, ()) for field in Features._fields]
    own = [n for n, part in enumerate(parts) if part.file not in WHOLE]
    shared = len(own)
    which = np.concatenate(
        [
            np.full(len(part.labels), own.index(n) if n in own else shared)
            for n, part in enumerate(parts)
        ]
    )
    bent = _bent(features, places)
    design = np.hstack([bent, np.eye(shared + 1)[which]])
    labels = np.concatenate([part.labels for part in parts])
    worth = [PAIRS_WORTH * SHARES.get(p.file, SHARE_OF_GRADED) / len(p.labels) for p in parts]
    w = np.repeat(worth, [len(part.labels) for part in parts])
    penalty = np.array([ridge] * bent.shape[1] + [1e-3] * (shared + 1))
    offset = _added(features, given)
    solved = np.zeros(design.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-(design @ solved + offset)))
        slope = design.T @ (w * (p - labels)) + penalty * solved
        curvature = (design * (w * p * (1 - p))[:, None]).T @ design + np.diag(penalty)
        solved -= np.linalg.solve(curvature, slope)
    slopes = iter(solved.tolist())
    return Fitted([{x: next(slopes) for x in some} for some in places], float(solved[-1]), given)


def _bends(field: str, values: Floats) -> list[float]:
    """Return where a feature's curve may bend, its start included."""
    told = values[values > 0]
    few = field in STRAIGHT or len(told) < FEWEST_TOLD
    bends = [] if few else [round(float(x), 2) for x in np.quantile(told, BENDS)]
    return sorted({-1.0 if field == "meaning" else 0.0, *bends})


def _bent(features: Floats, bends: Sequence[Iterable[float]]) -> Floats:
    """Return a column a bend: how far the feature is above it."""
    columns = [
        np.maximum(0.0, features[:, n] - bend) for n, some in enumerate(bends) for bend in some
    ]
    return np.stack(columns, axis=1)


def _added(features: Floats, given: Curves) -> Floats:
    """Return what the curves that are given add."""
    found: Floats = np.zeros(len(features))
    for field, points in given.items():
        values, added = zip(*points, strict=True)
        found += np.interp(features[:, Features._fields.index(field)], values, added)
    return found


def quality(parts: Sequence[Table], given: Curves, *, encoded: bool) -> dict[str, float]:
    """Return the best pair F1 a file, each half judged by a model fitted on the other halves."""
    logits = [np.zeros(len(part.labels)) for part in parts]
    for half in (0, 1):
        others = [rest for part in parts if len((rest := part.without(half)).labels)]
        model = fitted(others, given, encoded=encoded)
        for part, told in zip(parts, logits, strict=True):
            mine = part.halves == half
            told[mine] = model.logits(part.features[mine])
    return {
        part.file: round(best_f1(told, part.labels), 3)
        for part, told in zip(parts, logits, strict=True)
    }


def best_f1(logits: Floats, labels: Floats) -> float:
    """Return the F1 at the best threshold."""
    ranked = labels[np.argsort(-logits, kind="stable")]
    true = np.cumsum(ranked)
    return float(np.max(2 * true / (np.arange(1, len(ranked) + 1) + ranked.sum())))
