"""What a reader is told: which stories, from which sources. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin
from uuid import NAMESPACE_URL, UUID, uuid5

from aggregator.model import Feed, PublishedSource, Story
from aggregator.publish.privacy import public
from aggregator.publish.text import line

FRONT_PAGE = "index.html"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One merged feed, chosen and ready to be rendered."""

    title: str
    """A clean line."""
    stories: tuple[Story, ...]
    """Newest first, with public members only."""
    feeds: tuple[Feed, ...]
    """The public subscriptions."""
    base_url: str | None = None
    """Where the files will be served from."""
    languages: tuple[str, ...] = ()
    """Those the reader prefers to be told a story in, best first."""

    @property
    def uuid(self) -> UUID:
        """The feed's own identity: drawn from its address, or its title where it has none.

        Version 5 (RFC 9562 section 5.5), so that it needs no store and is equal on every machine.
        """
        return uuid5(NAMESPACE_URL, self.href("") or self.title)

    @property
    def description(self) -> str:
        """What it is, in a sentence."""
        return "Many feeds merged into one, every event told once."

    @property
    def language(self) -> str:
        """The one language of its stories, or ``mul``, which is BCP 47 for several."""
        told = {language for story in self.stories for language in story.languages}
        return told.pop() if len(told) == 1 else "mul"

    @property
    def updated(self) -> datetime:
        """When what it tells last changed, whenever it is rendered."""
        return max((story.updated for story in self.stories), default=_NEVER)

    def href(self, name: str) -> str:
        """Return the address of a published file: its name alone where no base is known."""
        return urljoin(self.base_url.rstrip("/") + "/", name) if self.base_url else name


def select(
    stories: Iterable[Story],
    feeds: Sequence[Feed],
    *,
    title: str,
    limit: int,
    max_age: timedelta,
    base_url: str | None = None,
    languages: tuple[str, ...] = (),
) -> Edition:
    """Choose the ``limit`` newest stories, none of them ``max_age`` older than the newest.

    The newest is told by dates that come from feeds: one undated item, first seen today, does
    not hide an archive. What private feeds brought is left out before anything is counted.
    """
    by_id = {feed.id: feed for feed in feeds if not feed.private}
    shown = [told for story in stories if (told := public(story, by_id)) is not None]
    dated = [
        article.published
        for story in shown
        for article in story.articles
        if article.published_source is not PublishedSource.FIRST_SEEN
    ]
    newest = max(dated, default=max((story.last for story in shown), default=_NEVER))
    recent = [story for story in shown if story.last >= newest - max_age]
    recent.sort(key=lambda story: story.id)
    recent.sort(key=lambda story: story.last, reverse=True)
    return Edition(
        title=line(title),
        stories=tuple(recent[:limit]),
        feeds=tuple(by_id.values()),
        base_url=base_url,
        languages=languages,
    )
