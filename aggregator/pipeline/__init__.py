"""The six stages in order, and the shapes of what the pipeline is handed.

::

    due feeds → fetch → parse → normalize → identify → cluster (by what match thinks) → store
                                                        publish reads what is stored
    rounds      └ batches └ reading ───────────────┘   └ telling ────────────────────────┘
"""

from aggregator.pipeline.batches import BATCH
from aggregator.pipeline.outcome import Polled, Progress, Step, Taken
from aggregator.pipeline.rounds import Pipeline
from aggregator.pipeline.seams import Clock, Fetcher, Parser, Store

__all__ = [
    "BATCH",
    "Clock",
    "Fetcher",
    "Parser",
    "Pipeline",
    "Polled",
    "Progress",
    "Step",
    "Store",
    "Taken",
]
