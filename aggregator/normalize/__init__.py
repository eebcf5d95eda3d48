"""Entries into articles: one shape, one spelling, one language a part, nothing that can run.

::

    Entry → url · text · date · language → Article (draft) → identity → new, changed or unchanged
"""

from aggregator.normalize.article import normalize
from aggregator.normalize.identity import Resolution, identify

__all__ = ["Resolution", "identify", "normalize"]
