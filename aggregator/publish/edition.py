"""What a reader is told: which stories, from which sources. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin
from uuid import NAMESPACE_URL, UUID, uuid5

from aggregator.config import Publish, View
from aggregator.model import Feed, PublishedSource, Story, Tombstone
from aggregator.publish.privacy import public
from aggregator.publish.text import line
from aggregator.publish.view import chosen, folder, subscriptions

FRONT_PAGE = "index.html"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One merged feed, chosen and ready to be rendered."""

    settings: Publish
    view: View | None = None
    """Which part of the stories it tells; None for all."""
    stories: tuple[Story, ...]
    """Newest first, with public members only."""
    feeds: tuple[Feed, ...]
    """The public subscriptions."""
    languages: tuple[str, ...] = ()
    """Those the reader prefers to be told a story in, best first."""
    earlier: tuple[Story, ...] = ()
    """What its readers were told before and its stories follow up; public members only."""
    withdrawn: tuple[Tombstone, ...] = ()
    archives: int = 0
    """Archive documents that there are; they are numbered from 1, the oldest first."""

    @property
    def folder(self) -> str:
        """Where its files lie within the published directory; "" is the directory."""
        return folder(self.view)

    @property
    def title(self) -> str:
        """A clean line."""
        return line((self.view.title or self.view.name) if self.view else self.settings.title)

    @property
    def uuid(self) -> UUID:
        """The feed's own identity: drawn from its address, or its title where it has none.

        Version 5 (RFC 9562 section 5.5), so that it needs no store and is equal on every machine.
        """
        if self.settings.base_url:
            return uuid5(NAMESPACE_URL, self.href(""))
        return uuid5(NAMESPACE_URL, line(self.settings.title) + self.folder)

    @property
    def description(self) -> str:
        """What it is, in a sentence."""
        if self.view:
            return f"A part of {line(self.settings.title)}, every event told once."
        return "Many feeds merged into one, every event told once."

    @property
    def language(self) -> str:
        """The one language of its stories, or ``mul``, which is BCP 47 for several."""
        told = {language for story in self.stories for language in story.languages}
        return told.pop() if len(told) == 1 else "mul"

    @property
    def updated(self) -> datetime:
        """When what it tells last changed, whenever it is rendered."""
        changes = [story.updated for story in self.stories]
        return max([*changes, *(tombstone.at for tombstone in self.withdrawn)], default=_NEVER)

    @property
    def subscriptions(self) -> tuple[Feed, ...]:
        """The feeds that it may tell of."""
        return subscriptions(self.view, self.feeds) if self.view else self.feeds

    def href(self, name: str, within: str = "") -> str:
        """Return the address of a file of its own.

        Where no base is known that is how a document leads there, which lies in its folder or, if
        ``within`` says so, in one below.
        """
        if self.settings.base_url:
            return urljoin(self.settings.base_url.rstrip("/") + "/", self.folder + name)
        return name.removeprefix(within) if name.startswith(within) else f"../{name}"

    def top(self, name: str) -> str:
        """Return how a page of its own leads to a file of the whole directory."""
        return "../" * self.folder.count("/") + name


def select(
    stories: Iterable[Story],
    feeds: Sequence[Feed],
    settings: Publish,
    view: View | None = None,
    *,
    now: datetime,
    languages: tuple[str, ...] = (),
) -> Edition:
    """Choose the newest stories, of those that have settled, none too much older than the newest.

    The newest is told by dates that come from feeds: one undated item, first seen today, does
    not hide an archive. What private feeds brought is left out before anything is counted.
    """
    by_id = {feed.id: feed for feed in feeds if not feed.private}
    shown = [told for story in stories if (told := public(story, by_id)) is not None]
    oldest = newest(shown) - settings.max_age
    recent: Iterable[Story] = (
        story
        for story in shown
        if (story.last >= oldest or (view and view.story))
        and now - story.created >= settings.settle
    )
    if view:
        recent = chosen(view, recent, by_id)
        languages = (*filter(None, [view.language]), *languages)
    ordered = sorted(recent, key=lambda story: story.id)
    ordered.sort(key=lambda story: story.last, reverse=True)
    return Edition(
        settings=settings,
        view=view,
        stories=tuple(ordered[: (view and view.limit) or settings.limit]),
        feeds=tuple(by_id.values()),
        languages=languages,
    )


def newest(stories: Sequence[Story]) -> datetime:
    """Return when the newest of the stories was reported, by dates that come from feeds."""
    dated = [
        article.published
        for story in stories
        for article in story.articles
        if article.published_source is not PublishedSource.FIRST_SEEN
    ]
    return max(dated, default=max((story.last for story in stories), default=_NEVER))
