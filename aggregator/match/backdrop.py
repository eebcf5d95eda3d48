"""How alike unrelated news of these days looks: what all of it has in common tells of no event.

In a month of Olympic Games any two articles share words and mean something alike. So pairs that
nobody has reason to think related are judged too, a few an article, and by how much these lie above
what is usual, the log odds of every pair are lowered. A score is set against those of a cohort of
impostors, as in speaker verification (Auckenthaler et al. 2000, "Score Normalization").
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from aggregator.match.scoring import Model

LATEST = 4_000
"""Pairs of a kind that are kept."""
HIGH = 0.9
"""The quantile held against the usual one: a few of the pairs are of one event after all."""
LEEWAY = 1.0
"""What it may lie above the usual from day to day, which nothing is taken off for."""
MOST = 3.0
"""The most that is taken off: more would leave equal titles apart."""
FEW = 500
"""Pairs that the usual counts for: a handful of articles may all be of one event."""


class Backdrop:
    """Remembers the log odds of pairs taken at random, by the model that judged them."""

    def __init__(self, models: Mapping[str, Model]) -> None:
        self._usual = models
        self._latest: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=LATEST))
        self.models = models
        """The models as they judge now, each with its lift."""

    def add(self, logits: Iterable[tuple[str, float]]) -> None:
        """Take in the log odds of random pairs, each with the name of the model that judged it."""
        for name, logit in logits:
            self._latest[name].append(logit)
        self.models = {
            name: replace(model, lift=self._lift(name, model.usual))
            for name, model in self._usual.items()
        }

    def reached(self, name: str) -> float | None:
        """Return what the log odds of random pairs reach; None where there were none."""
        latest = self._latest[name]
        return float(np.quantile(latest, HIGH)) if latest else None

    def _lift(self, name: str, usual: float) -> float:
        """Return what is to be taken off, the less the fewer pairs were seen."""
        reached, seen = self.reached(name), len(self._latest[name])
        if reached is None:
            return 0.0
        return min(max(reached - usual - LEEWAY, 0.0), MOST) * seen / (seen + FEW)
