"""Dates for the undated: where an item stands in a document says how old it is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from aggregator.model import Article, PublishedSource

APART: Final = timedelta(hours=1)
"""How far apart the items of a feed are taken to be of which nothing is known."""


def dated_by_place(drafts: Sequence[Article]) -> tuple[Article, ...]:
    """Return a feed's first articles with the undated among them put into the past.

    On later polls an undated item is new, and dated by our first sight of it. On the first all are
    new to us, and most are old: each is taken to be as old as the dated one above it, or below
    it; where none is dated they are taken to stand an hour apart, the newest first.
    """
    dated = [d.published_source is not PublishedSource.FIRST_SEEN for d in drafts]
    if not any(dated):
        return tuple(
            replace(draft, published=draft.published - APART * place)
            for place, draft in enumerate(drafts)
        )
    published = next(d.published for d, is_dated in zip(drafts, dated, strict=True) if is_dated)
    placed: list[Article] = []
    for draft, is_dated in zip(drafts, dated, strict=True):
        published = draft.published if is_dated else published
        placed.append(draft if is_dated else replace(draft, published=published))
    return tuple(placed)
