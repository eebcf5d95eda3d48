"""From stored stories to published files: every view in turn, what it told, and its archives."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.app import hubs
from aggregator.app.mutes import muting
from aggregator.app.redact import redacted
from aggregator.config import View
from aggregator.model import ArchivePage, Story, Told, Tombstone
from aggregator.publish import Edition, opml, select
from aggregator.publish.archive import full_pages
from aggregator.publish.atom import archive_name
from aggregator.publish.files import missing, outdated, sweep, write
from aggregator.publish.history import without_history
from aggregator.publish.item import Item
from aggregator.publish.privacy import public
from aggregator.publish.render import FOLDERS, OURS, archive_entries, render, render_archives
from aggregator.publish.told import told_now
from aggregator.publish.view import chosen

if TYPE_CHECKING:
    from aggregator.app.aggregator import Aggregator


def publish(aggregator: "Aggregator") -> tuple[str, ...]:
    """Write the published files of every view; return the names of those that changed.

    What readers are going to be told is stored before they are: who ends this program in between
    makes the next run write the same. Raises PublishError and StoreError.
    """
    config, store = aggregator.config, aggregator.store
    desk = _Desk(aggregator, aggregator.clock())
    issues = [desk.issue(view) for view in (None, *config.publish.views)]
    files = {name: content for issue in issues for name, content in issue.files.items()}
    files |= opml.by_category(issues[0].edition)
    store.publications.keep(
        {issue.edition.folder: issue.told for issue in issues},
        pages=[page for issue in issues for page in issue.pages],
        buried={issue.edition.folder: issue.buried for issue in issues},
        messages=hubs.pings(config.publish, outdated(config.directory, files), desk.now),
    )
    changed = write(config.directory, files)
    archives = [name for issue in issues for name in issue.archives]
    sweep(config.directory, FOLDERS, OURS, {*files, *archives})
    store.publications.forget_others([issue.edition.folder for issue in issues])
    if not config.publish.archive:
        store.publications.forget_archives()
    hubs.deliver(aggregator)
    return changed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issue:
    """What is published of a view now, and what is to be remembered of it."""

    edition: Edition
    files: dict[str, bytes]
    told: Sequence[Told]
    archives: tuple[str, ...] = ()
    """The names of its archive documents, those that stay as they are included."""
    pages: Sequence[ArchivePage] = ()
    """New ones."""
    buried: Sequence[Tombstone] = ()
    """Those that stand in them."""


class _Desk:
    """Where what is published at one time is put together."""

    def __init__(self, aggregator: "Aggregator", now: datetime) -> None:
        self._config = aggregator.config
        self._settings = aggregator.config.publish
        self._store = aggregator.store
        self._feeds = {feed.id: feed for feed in self._config.feeds if not feed.private}
        since = aggregator.store.subscribed()
        self._since = {feed: since[feed] for feed in self._feeds if feed in since}
        self._newest: list[Story] = []
        self._mute = muting(self._config.feeds)
        self._silent: set[str] = set()
        """Those of them that were told before all of their articles were muted."""
        self._all_read = False
        self.now = now

    def issue(self, view: View | None) -> _Issue:
        """Put together what is published of a view."""
        edition = self._followed(view) if view and view.story else self._chosen(view)
        shown = {story.id for story in edition.stories}
        before = self._store.publications.told(edition.folder, shown)
        archived = self._settings.archive and not (view and view.story)
        gone: list[Told] = []
        if archived:
            waiting = self._store.publications.unarchived(edition.folder)
            before = waiting | before
            changed = self._visible(view, [story for story in waiting if story not in shown])
            edition = replace(edition, stories=(*edition.stories, *changed))
            there = {story.id for story in edition.stories}
            gone = [
                replace(told, archived=told.updated)
                for told in waiting.values()
                if told.story not in there
            ]
        edition = replace(edition, earlier=self._earlier(view, edition))
        edition, made, told = told_now(edition, before)
        withdrawn = self._withdrawn(edition, archived=archived)
        edition = replace(edition, withdrawn=withdrawn)
        issue = (
            self._with_archives(edition, made, told, before, shown)
            if archived
            else _Issue(edition=edition, files=dict(render(edition, made)), told=told)
        )
        return replace(
            issue, told=[one for one in (*issue.told, *gone) if before.get(one.story) != one]
        )

    def _with_archives(
        self,
        edition: Edition,
        made: Sequence[Item],
        told: Sequence[Told],
        known: Mapping[str, Told],
        shown: set[str],
    ) -> _Issue:
        """Move what leaves the feed into archives, and write those that are not there yet."""
        publications, where = self._store.publications, edition.folder
        before = publications.archives(where)
        latest = {one.story: one for one in told}
        limit = (edition.view and edition.view.limit) or self._settings.limit
        unarchived = {story: one for story, one in latest.items() if not one.is_archived}
        buried = tuple(tombstone for tombstone in edition.withdrawn if not tombstone.is_archived)
        pages: list[ArchivePage] = []
        changed = {o.story for o in told if o.updated != known.get(o.story, o).updated}
        for page in full_pages(unarchived, shown, limit, changed):
            on_it = {one.story for one in page}
            part = replace(
                edition, stories=tuple(story for story in edition.stories if story.id in on_it)
            )
            pages.append(
                ArchivePage(
                    view=where,
                    number=before + len(pages) + 1,
                    updated=page[-1].updated,
                    entries=archive_entries(
                        part, [item for item in made if item.id in on_it], () if pages else buried
                    ),
                )
            )
            latest |= {one.story: replace(one, archived=one.updated) for one in page}
        count = before + len(pages)
        stay = {s for s in latest if s in shown or not latest[s].is_archived}
        edition = replace(
            edition,
            stories=tuple(story for story in edition.stories if story.id in stay),
            archives=count,
        )
        names = [where + archive_name(number) for number in range(1, count + 1)]
        return _Issue(
            edition=edition,
            files={
                **render(edition, [item for item in made if item.id in stay]),
                **render_archives(edition, [*self._older(where, before, names), *pages]),
            },
            archives=tuple(names),
            told=tuple(latest.values()),
            pages=pages,
            buried=buried if pages else (),
        )

    def _older(self, where: str, before: int, names: Sequence[str]) -> list[ArchivePage]:
        """Return the older archives to write: those not there, and those that one of them follows.

        A run that ended between storing and writing leaves some for this one.
        """
        lost = missing(self._config.directory, names)
        following = {names.index(name) + 1 for name in lost}
        numbers = {n for one in following for n in (one - 1, one) if 0 < n <= before}
        return [self._store.publications.archive(where, number) for number in sorted(numbers)]

    def _chosen(self, view: View | None) -> Edition:
        """Choose a view's stories, reading as far into the past as it takes to fill it."""
        limit = (view and view.limit) or self._settings.limit
        while True:
            heard = (story for story in self._newest if story.id not in self._silent)
            edition = self._select(without_history(heard, self._since), view)
            if len(edition.stories) == limit or self._all_read:
                break
            self._read_on()
        whole = {story.id: story for story in self._whole(story.id for story in edition.stories)}
        stories = tuple(whole[story.id] for story in edition.stories)
        return replace(edition, stories=stories)

    def _followed(self, view: View) -> Edition:
        """Take up one story, under whichever id it lives on."""
        name = view.story or ""
        alive = self._store.browse.survivor(name) or name
        edition = self._select(self._whole([alive]), view.model_copy(update={"story": alive}))
        return replace(edition, view=view)

    def _select(self, stories: Iterable[Story], view: View | None) -> Edition:
        return select(
            stories,
            self._config.feeds,
            self._settings,
            view,
            now=self.now,
            languages=self._config.languages,
        )

    def _read_on(self) -> None:
        """Read as many stories again, newest first, none of them too old to be published."""
        last = self._newest[-1] if self._newest else None
        wanted = max(len(self._newest), self._settings.limit)
        some = self._store.browse.page(after=(last.last, last.id) if last else None, limit=wanted)
        self._newest += some
        self._silent |= {
            story.id
            for story in some
            if all(self._mute(a) for a in story.articles if a.feed in self._feeds)
        }
        self._all_read = len(some) < wanted or (
            self._newest[-1].last < self._newest[0].last - self._settings.max_age
        )

    def _whole(self, ids: Iterable[str]) -> list[Story]:
        """Return stories as others may see them, with their texts."""
        found: Iterable[Story] = self._store.browse.stories(list(ids), content=True)
        if self._config.secrets:
            found = (redacted(story, self._config.redact) for story in found)
        return [told for story in found if (told := public(story, self._feeds)) is not None]

    def _earlier(self, view: View | None, edition: Edition) -> tuple[Story, ...]:
        """Return what a view told before of what its stories follow up.

        An entry names it for good: were it taken from the feed alone, the entry would change
        whenever what it follows up leaves.
        """
        there = {story.id for story in edition.stories}
        followed = {related.story for story in edition.stories for related in story.related}
        told = self._store.publications.told(edition.folder, followed - there)
        return tuple(self._visible(view, sorted(told)))

    def _visible(self, view: View | None, ids: Sequence[str]) -> list[Story]:
        """Return those of these stories that a view may still tell."""
        stories = self._whole(ids) if ids else []
        return list(chosen(view, stories, self._feeds)) if view else stories

    def _withdrawn(self, edition: Edition, *, archived: bool) -> tuple[Tombstone, ...]:
        """Return the tombstones to show: for as long as a story would be, or no archive has it."""
        since = edition.updated - self._settings.max_age
        found = self._store.publications.withdrawn(edition.folder, since)
        return tuple(tombstone for tombstone in found if archived or tombstone.at >= since)
