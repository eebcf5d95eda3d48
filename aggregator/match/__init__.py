"""Is this pair the same event, and why."""

from aggregator.match.encoder import Encoder, UniversalSentenceEncoder
from aggregator.match.matcher import SPAN, Matcher
from aggregator.match.reasons import Explanation

__all__ = ["SPAN", "Encoder", "Explanation", "Matcher", "UniversalSentenceEncoder"]
