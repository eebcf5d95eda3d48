"""Near copies: one text, syndicated or lightly edited."""

from itertools import pairwise

from aggregator.match.features import Passage
from aggregator.match.text import is_unspaced, tokens

LONG_TITLE = 24
"""Letters (an ideograph counts for three) from which an equal title is no coincidence."""
LONG_LEAD = 120
"""Letters from which an equal lead is no coincidence."""
ALIKE = 0.75
"""Share of pairs of words that two leads have in common, from which one copies the other."""
_IDEOGRAPH = 3


def is_copy(x: Passage, y: Passage) -> bool:
    """Whether two passages are one text."""
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
