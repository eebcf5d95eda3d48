"""Near copies: one text, syndicated or lightly edited.

Where whole texts are known they are compared, whatever their titles say; where one is not, titles
and leads tell.
"""

from functools import lru_cache
from itertools import pairwise

from aggregator.match.bodies import Likeness
from aggregator.match.features import Passage
from aggregator.match.text import is_unspaced, letters, tokens

LONG_TITLE = 24
"""Letters (match.text) from which an equal title is no coincidence."""
LONG_LEAD = 120
"""Letters from which an equal lead is no coincidence."""
ALIKE = 0.75
"""Share of pairs of words that two leads have in common, from which one copies the other."""
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
    if min(x.lead_letters, y.lead_letters) >= LONG_LEAD:
        return _resemblance(x.lead, y.lead) >= ALIKE
    if x.title != y.title or letters(x.title) < LONG_TITLE:
        return False
    return not x.lead or not y.lead or _resemblance(x.lead, y.lead) >= ALIKE


def _resemblance(x: str, y: str) -> float:
    """Return the share of word pairs in common of the shorter text (Broder 1997: containment)."""
    a, b = _shingles(x), _shingles(y)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


@lru_cache(maxsize=512)
def _shingles(folded: str) -> frozenset[tuple[str, str]]:
    # An article is compared with many others in a row.
    words = [
        piece for token in tokens(folded) for piece in (token if is_unspaced(token) else (token,))
    ]
    return frozenset(pairwise(words))
