"""Views: which stories a feed of some of them tells. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID, uuid5

from aggregator.config import Selection, View
from aggregator.model import Feed, Member, Story
from aggregator.publish.category import all_of
from aggregator.publish.language import speaks
from aggregator.publish.query import finder

_ARTICLES = UUID("5b0d9c5e-1f0c-5b43-9c7e-6f0f6a1c2d11")
"""Whose names are articles' ids: the entries of a view that tells one story's coverage."""


def folder(view: View | None) -> str:
    """Return where a view's files lie within the published directory; "" is the directory."""
    return "" if view is None else f"views/{view.name}/"


def chosen(view: View, stories: Iterable[Story], feeds: Mapping[str, Feed]) -> Iterator[Story]:
    """Yield what a view tells of these public stories; ``feeds`` are the public ones, by id."""
    if view.story is not None:
        stories = (story for story in stories if story.id == view.story)
    for story in matching(view, stories, feeds):
        yield from (story,) if view.story is None else _coverage(story)


def matching(
    selection: Selection, stories: Iterable[Story], feeds: Mapping[str, Feed]
) -> Iterator[Story]:
    """Yield those of these public stories that all holds for that is said of them."""
    query = finder(selection.query or "")
    for story in stories:
        if _holds(selection, story, feeds) and query.finds(_words(story)):
            yield story


def subscriptions(view: View, feeds: Iterable[Feed]) -> tuple[Feed, ...]:
    """Return the feeds that a view may tell of: its category's, and those that it names."""
    return tuple(
        feed
        for feed in feeds
        if feed.id not in view.without
        and (not view.feeds or feed.id in view.feeds)
        and (view.category is None or _folded(view.category) in _all_folded(feed.category))
    )


def _holds(selection: Selection, story: Story, feeds: Mapping[str, Feed]) -> bool:
    tellers = {article.feed for article in story.articles}
    return (
        len(story.publishers) >= selection.publishers
        and (not selection.feeds or not tellers.isdisjoint(selection.feeds))
        and tellers.isdisjoint(selection.without)
        and (selection.category is None or _folded(selection.category) in _categories(story, feeds))
        and (
            selection.language is None
            or any(speaks(selection.language, tag) for tag in story.languages)
        )
    )


def _categories(story: Story, feeds: Mapping[str, Feed]) -> set[str]:
    """Return what a story is filed under here, with what that lies in, and at its publishers."""
    ours = (name for a in story.articles for name in _all_folded(feeds[a.feed].category))
    theirs = (_folded(category) for article in story.articles for category in article.categories)
    return {*ours, *theirs}


def _folded(category: str) -> str:
    return next(reversed(_all_folded(category)), "")


def _all_folded(category: str | None) -> list[str]:
    return [name.casefold() for name in all_of(category)]


def _words(story: Story) -> Sequence[str]:
    return [
        text
        for article in story.articles
        for text in (article.title, *(w for p in article.parts for w in (p.title, p.lead)))
    ]


def _coverage(story: Story) -> Iterator[Story]:
    """Take each article of a story for a story of its own, for those who follow how it goes on."""
    for article in story.articles:
        yield replace(
            story,
            id=uuid5(_ARTICLES, article.id).urn,
            members=(Member(article=article, match=None),),
            representative=article.id,
            created=article.first_seen,
            updated=max(article.first_seen, article.updated or article.first_seen),
        )
