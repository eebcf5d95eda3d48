"""The composition root: the one place that knows every edge."""

from aggregator.app.aggregator import Aggregator
from aggregator.app.explain import PairExplanation
from aggregator.app.record import as_record
from aggregator.app.summary import Found, Summary, summary_record

__all__ = ["Aggregator", "Found", "PairExplanation", "Summary", "as_record", "summary_record"]
