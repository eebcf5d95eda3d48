"""What the members of a story say of one more article, and of another story."""

from collections.abc import Sequence
from math import log2
from statistics import fmean

from aggregator.cluster.draft import Draft
from aggregator.cluster.scorer import Scorer
from aggregator.model import Level

SUPPORT = -0.75
"""The logit that the members must reach on average."""
LARGE = 4
"""Members from which more is asked of two stories that may be one: they had many chances to be."""
ASKED_OF_LARGE = 0.25
"""What more the members must reach on average, each time the smaller story is twice as large."""
COHESION = 1.75
"""The mean logit among the members of a usual story."""
ASKED_OF_TIGHT = 0.25
"""What more they must reach for each logit by which the members of the looser story want each other
more than is usual. Where they want each other less, less is asked; COHESION bounds both."""
LASTING = 0.5
"""Share of what the time to a member takes off that is forgiven, but for the time to the nearest:
a story that lasts a day is no less one."""
CERTAIN = 6.0
"""The logit from which a match needs nobody's support: the same item, or the same text."""
ASKED = 24
"""Members that are asked at most, spread evenly over the story: time stays bounded."""
ASKED_TO_MERGE = 8
"""The same, of each of two stories that may be one."""


class Members:
    """Asks the members of stories, by the logits of their pairs."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer

    def support(self, article: str, draft: Draft) -> float:
        """Return the mean logit between an article and the members of a story."""
        return self._mean([article], self._voices(draft))

    def are_one(self, one: Draft, other: Draft) -> bool:
        """Whether the members of two stories want each other enough for the two to be one.

        The larger and the tighter they are, the more is asked; how tight they are is looked at
        only where it can decide.
        """
        voices = self._voices(one), self._voices(other)
        reached = self._mean(*voices)
        smaller = min(map(len, voices))
        asked = SUPPORT + ASKED_OF_LARGE * log2(max(smaller, LARGE) / LARGE)
        if smaller > 1 and abs(reached - asked) <= ASKED_OF_TIGHT * COHESION:
            looser = min(self._mean(some, some) for some in voices)
            asked += ASKED_OF_TIGHT * min(max(looser - COHESION, -COHESION), COHESION)
        return reached >= asked

    def _voices(self, draft: Draft) -> list[str]:
        """Return the members that are asked, of those still known.

        What many presses run in the same words is one voice, not many.
        """
        known = {name: m for name, m in draft.members.items() if name in self._scorer}
        own = [n for n, m in known.items() if m.match is None or m.match.level is Level.EVENT]
        return own or [*known]

    def _mean(self, ids: Sequence[str], others: Sequence[str]) -> float:
        """Return the mean logit between articles of two stories, or of one.

        Of time they are held apart by the nearest, too, not by every member that is old.
        """
        asked = _spread(others, ASKED if len(ids) == 1 else ASKED_TO_MERGE)
        asking = _spread(ids, ASKED_TO_MERGE)
        pairs = [(article, [x for x in asked if x != article]) for article in asking]
        logits = [x for article, some in pairs for x in self._scorer.logits(article, some)]
        if not logits:
            return -CERTAIN
        faded = [x for article, some in pairs for x in self._scorer.fading(article, some)]
        forgiven = LASTING * (max(faded) - fmean(faded))
        return fmean(min(max(x, -CERTAIN), CERTAIN) for x in logits) + forgiven


def _spread(ids: Sequence[str], most: int) -> Sequence[str]:
    """Return at most so many of some ids, evenly over them, the last one included."""
    if len(ids) <= most:
        return ids
    return [ids[(n + 1) * len(ids) // most - 1] for n in range(most)]
