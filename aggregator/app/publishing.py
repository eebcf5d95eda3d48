"""From stored stories to published files: every view in turn, what it told, and its archives."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from operator import attrgetter
from typing import TYPE_CHECKING

from aggregator import __version__
from aggregator.app import hubs
from aggregator.app.choice import Choice
from aggregator.app.redact import redacted
from aggregator.config import Config, View
from aggregator.model import ArchivePage, Issued, Story, Told, Tombstone
from aggregator.publish import Edition, opml
from aggregator.publish.archive import full_pages
from aggregator.publish.atom import archive_name
from aggregator.publish.files import missing, outdated, stamp, sweep, write
from aggregator.publish.item import Item
from aggregator.publish.privacy import public
from aggregator.publish.render import FOLDERS, OURS, archive_entries, render, render_archives
from aggregator.publish.selection import Selection
from aggregator.publish.told import told_now
from aggregator.publish.view import chosen, folder

if TYPE_CHECKING:
    from aggregator.app.aggregator import Aggregator

_OF_A_FEED = attrgetter(
    *("id", "shown_url", "name", "category", "language", "priority", "publisher", "private"),
    "mutes",
)
"""What is published rests on these; what becomes of a poll is the stories' own affair."""


def publish(aggregator: "Aggregator") -> tuple[str, ...]:
    """Write the published files of every view; return the names of those that changed.

    A view of which nothing changed is left alone. What readers are going to be told is stored
    before they are: who ends this program in between makes the next run write the same. Raises
    PublishError and StoreError.
    """
    desk = _Desk(aggregator, aggregator.clock())
    views = (None, *aggregator.config.publish.views)
    issues = {folder(view): issue for view in views if (issue := desk.issue(view)) is not None}
    changed = _write(aggregator, issues, desk) if issues else ()
    desk.remember(issues)
    return changed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issue:
    """What is published of a view now, and what is to be remembered of it."""

    files: Mapping[str, bytes]
    told: Sequence[Told]
    archives: tuple[str, ...] = ()
    """The names of its archive documents, those that stay as they are included."""
    pages: Sequence[ArchivePage] = ()
    """New ones."""
    buried: Sequence[Tombstone] = ()
    """Those that stand in them."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all of its files, those that stay as they are included."""
        return tuple(dict.fromkeys((*self.files, *self.archives)))


def _write(
    aggregator: "Aggregator", issues: Mapping[str, _Issue], desk: "_Desk"
) -> tuple[str, ...]:
    """Store what readers are told, then put the files there; return the names of those changed."""
    config, publications = aggregator.config, aggregator.store.publications
    files = {name: content for issue in issues.values() for name, content in issue.files.items()}
    publications.keep(
        {where: issue.told for where, issue in issues.items()},
        pages=[page for issue in issues.values() for page in issue.pages],
        buried={where: issue.buried for where, issue in issues.items()},
        messages=hubs.pings(config.publish, outdated(config.directory, files), desk.now),
    )
    changed = write(config.directory, files)
    sweep(config.directory, FOLDERS, OURS, desk.names(issues))
    publications.forget_others(desk.folders)
    if not config.publish.archive:
        publications.forget_archives()
    return changed


class _Desk:
    """Where what is published at one time is put together."""

    def __init__(self, aggregator: "Aggregator", now: datetime) -> None:
        self._config = aggregator.config
        self._settings = aggregator.config.publish
        self._store = aggregator.store
        self._feeds = {feed.id: feed for feed in self._config.feeds if not feed.private}
        self._choice = Choice(aggregator, now)
        self._digest = _digest(self._config)
        self._issued = {
            where: issued
            for where, issued in self._store.editions.issued().items()
            if issued.settings == self._digest
        }
        self._selected: dict[str, Selection] = {}
        self.now = now

    @property
    def folders(self) -> Collection[str]:
        """Those of the views that were looked at."""
        return self._selected.keys()

    def names(self, issues: Mapping[str, _Issue]) -> set[str]:
        """Return the names of all files that are published now."""
        return {
            name
            for where in self._selected
            for name in (issues.get(where) or self._issued[where]).names
        }

    def issue(self, view: View | None) -> _Issue | None:
        """Put together what is published of a view; None where that is there already."""
        where = folder(view)
        before = self._issued.get(where)
        selection = self._selected[where] = self._choice.select(view, before)
        if before and self._stands(before, selection):
            return None
        edition = self._followed(view) if view and view.story else self._chosen(view, selection)
        issue = self._put_together(view, edition)
        if view is None:
            return replace(issue, files={**issue.files, **opml.by_category(edition)})
        return issue

    def remember(self, issues: Mapping[str, _Issue]) -> None:
        """Keep what was published, for the next time; the files have to be there."""
        now = [self._remembered(where, issues.get(where)) for where in self._selected]
        is_news = any(issued != self._issued.get(issued.view) for issued in now)
        if is_news or self._choice.changed != self._choice.waiting:
            self._store.editions.keep(now, self._choice.waiting)

    def _remembered(self, where: str, issue: _Issue | None) -> Issued:
        selection = self._selected[where]
        names = issue.names if issue else self._issued[where].names
        return Issued(
            view=where,
            settings=self._digest,
            oldest=self._choice.oldest,
            stories=selection.stories,
            lasts=tuple(place.last for place in selection.places),
            is_all=selection.is_all,
            names=names,
            stamp=stamp(self._config.directory, names),
        )

    def _stands(self, before: Issued, selection: Selection) -> bool:
        """Tell whether everything that a view would be made of is as it was, and its files too."""
        changed = self._choice.changed
        return (
            before.stories == selection.stories
            and changed.isdisjoint(before.stories)
            and not self._store.publications.told(before.view, changed)
            and stamp(self._config.directory, before.names) == before.stamp
        )

    def _put_together(self, view: View | None, edition: Edition) -> _Issue:
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
            else _Issue(files=render(edition, made), told=told)
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

    def _chosen(self, view: View | None, selection: Selection) -> Edition:
        """Take up what was selected, with its texts."""
        whole = {story.id: story for story in self._whole(selection.stories)}
        stories = tuple(whole[story] for story in selection.stories)
        return replace(self._choice.edition((), view), stories=stories)

    def _followed(self, view: View) -> Edition:
        """Take up one story, under whichever id it lives on."""
        name = view.story or ""
        alive = self._store.browse.survivor(name) or name
        edition = self._choice.edition(
            self._whole([alive]), view.model_copy(update={"story": alive})
        )
        return replace(edition, view=view)

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


def _digest(config: Config) -> str:
    """Return what changes with what the configuration says of all that is published.

    Secrets are no part of it: the store is to hold nothing of them.
    """
    feeds = [(*_OF_A_FEED(feed), feed.url == feed.shown_url) for feed in config.feeds]
    said = (__version__, config.publish, str(config.directory), config.languages, feeds)
    return blake2b(repr(said).encode("utf-8", "replace"), digest_size=16).hexdigest()
