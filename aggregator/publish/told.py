"""What a feed told of its stories: it says "updated" only where readers see a change. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.model import Story, Told
from aggregator.publish.edition import Edition
from aggregator.publish.item import Item, items

_TICK = timedelta(milliseconds=1)


def told_now(
    edition: Edition, before: Mapping[str, Told]
) -> tuple[Edition, tuple[Item, ...], tuple[Told, ...]]:
    """Return an edition with the times that readers are told, its items, and what they were told.

    ``before`` has, by story, how each was told last. ``updated`` moves where the story changed and
    its readers can see it: not with what a private feed adds, nor with a setting of ours. Stories
    that changed in one instant are told a millisecond apart, the latest reported last: W3C's
    validator takes equal times for a mistake, and readers sort by them.
    """
    made = {item.id: item for item in items(edition)}
    taken = {told.updated for told in before.values()}
    told = {
        story.id: _told(story, digest(made[story.id]), before.get(story.id), taken)
        for story in sorted(edition.stories, key=lambda s: (s.updated, s.last, s.id))
    }
    times = {name: one.updated for name, one in told.items()}
    return (
        replace(edition, stories=tuple(replace(s, updated=times[s.id]) for s in edition.stories)),
        tuple(replace(made[story.id], updated=times[story.id]) for story in edition.stories),
        tuple(told.values()),
    )


def digest(item: Item) -> str:
    """Return a digest of what readers see of a story: its words, and who else reports it."""
    lead = item.lead
    seen = [
        [lead.title, lead.link, item.excerpt, item.body, item.image],
        [[rendering.title, rendering.excerpt] for rendering in item.renderings],
        [[enclosure.url, enclosure.type] for enclosure in item.enclosures],
        [[report.publisher, report.title, report.link] for report in item.reports],
        item.unlisted,
    ]
    text = json.dumps(seen, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _told(story: Story, seen: str, before: Told | None, taken: set[datetime]) -> Told:
    if before is not None and (story.updated == before.seen or seen == before.digest):
        return replace(before, digest=seen, seen=story.updated)
    updated = story.updated.replace(microsecond=story.updated.microsecond // 1000 * 1000)
    if before is not None:  # a clock that was set back: who reads takes what is older for known
        updated = max(updated, before.updated)
    while updated in taken:
        updated += _TICK
    taken.add(updated)
    return Told(
        story=story.id,
        digest=seen,
        seen=story.updated,
        updated=updated,
        archived=before.archived if before else None,
    )
