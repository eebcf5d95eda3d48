"""Matches into stories, each link with its reason."""

from aggregator.cluster.clusterer import Changes, Clusterer
from aggregator.cluster.constraints import Constraints
from aggregator.cluster.coverage import Coverage
from aggregator.cluster.scorer import Scorer

__all__ = ["Changes", "Clusterer", "Constraints", "Coverage", "Scorer"]
