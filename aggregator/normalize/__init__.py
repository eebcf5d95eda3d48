"""Entries into articles: one shape, one spelling, one language a part, nothing that can run.

::

    Entry ─┬ url       links: safe, absolute, canonical
           ├ text      markup: sanitized; plain text drawn from it
           ├ date      when, and how we know; place, where nothing else tells
           └ parts     one a language: script → words → language
             → article (drafts) → identity: new, changed or unchanged
"""

from aggregator.normalize.article import normalize
from aggregator.normalize.identity import Resolution, identify

__all__ = ["Resolution", "identify", "normalize"]
