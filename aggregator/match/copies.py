"""Near copies: one text, syndicated or lightly edited.

Where whole texts are known they are compared, whatever their titles say; where one is not, titles
and leads tell.
"""

from itertools import pairwise

from aggregator.match.bodies import Likeness
from aggregator.match.features import Passage
from aggregator.match.text import is_unspaced, tokens

LONG_TITLE = 24
"""Letters (an ideograph counts for three) from which an equal title is no coincidence."""
LONG_LEAD = 120
"""Letters from which an equal lead is no coincidence."""
ALIKE = 0.75
"""Share of pairs of words that two leads have in common, from which one copies the other."""
_IDEOGRAPH = 3
RESEMBLING = 0.5
"""Share of shingles of either text in common from which one copies the other."""
SAME_NUMBERS = 0.5
"""Share of the fewer numbers in common below which they are of a series: the weather, prices."""
HELD = 0.5
"""Share of the shorter text's shingles below which an equal lead is all that two texts share."""


def are_copies(likeness: Likeness) -> bool:
    """Whether one whole text is the other, lightly edited."""
    return likeness.resemblance >= RESEMBLING and likeness.numbers >= SAME_NUMBERS


def is_copy(x: Passage, y: Passage, likeness: Likeness | None = None) -> bool:
    """Whether two passages are one text, as far as their whole texts do not say otherwise."""
    if likeness is not None and (likeness.containment < HELD or likeness.numbers < SAME_NUMBERS):
        return False
    if _length(x.lead) >= LONG_LEAD and _length(y.lead) >= LONG_LEAD:
        return _resemblance(x.lead, y.lead) >= ALIKE
    if x.title != y.title or _length(x.title) < LONG_TITLE:
        return False
    return not x.lead or not y.lead or _resemblance(x.lead, y.lead) >= ALIKE


def _length(folded: str) -> int:
    return sum(len(token) * (_IDEOGRAPH if is_unspaced(token) else 1) for token in tokens(folded))


def _resemblance(x: str, y: str) -> float:
    """Return the share of word pairs in common of the shorter text (Broder 1997: containment)."""
    a, b = _shingles(x), _shingles(y)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def _shingles(folded: str) -> set[tuple[str, str]]:
    words = [
        piece for token in tokens(folded) for piece in (token if is_unspaced(token) else (token,))
    ]
    return set(pairwise(words))
