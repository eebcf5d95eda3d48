"""Which published feeds a page offers: that of all stories, and those of the views about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.config import Publish, View
from aggregator.publish.language import speaks

FORMATS = (
    ("Atom", "feed.atom", "application/atom+xml"),
    ("RSS", "feed.rss", "application/rss+xml"),
    ("JSON", "feed.json", "application/feed+json"),
)
"""What each is published as: label, file, media type."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A published feed: its title, and where its files lie."""

    title: str
    folder: str
    """Below the root; ends with a slash."""
    view: View | None = None
    """None: it tells all stories."""


def offers(publish: Publish) -> tuple[Offer, ...]:
    """Return all of them, that of all stories first."""
    views = (Offer(view.title or view.name, f"/views/{view.name}/", view) for view in publish.views)
    return (Offer(publish.title, "/"), *views)


def about(
    offered: Sequence[Offer],
    *,
    language: str | None = None,
    category: str | None = None,
    feed: str | None = None,
    story: str | None = None,
) -> tuple[Offer, ...]:
    """Return the views that tell just what a page shows, and at last all stories' feed."""
    shown = (category and category.casefold(), feed, story)
    if not language and not any(shown):
        return (offered[0],)
    fitting = (
        offer
        for offer in offered
        if offer.view and _subject(offer.view) == shown and _is_in(offer.view.language, language)
    )
    return (*fitting, offered[0])


def _subject(view: View) -> tuple[str | None, ...] | None:
    """Return what a view is about, its language apart; None where it has other conditions too."""
    if view.publishers > 1 or view.query or view.without or len(view.feeds) > 1:
        return None
    feed = view.feeds[0] if view.feeds else None
    return (view.category and view.category.casefold(), feed, view.story)


def _is_in(wanted: str | None, language: str | None) -> bool:
    """Tell whether both mean one language: zh-TW and zh-Hant do, zh and zh-Hant do not."""
    if not wanted or not language:
        return not wanted and not language
    return speaks(wanted, language) and speaks(language, wanted)
