"""Polling: when a feed is asked, how, and what its answer means for the next time.

::

    policy.due, policy.request   →   fetcher   →   policy.after
    pure: is it time, and for what    the edges       pure: what this teaches about the feed

``policy``, ``freshness``, ``coding``, ``guard``, ``address`` and ``lanes`` are pure; ``http`` and
``file`` are edges, and ``fetcher`` puts the two behind one face. docs/etiquette.md lists the rules.
"""
