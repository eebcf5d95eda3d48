"""Which stories go from a feed into an archive, and when (RFC 5005 section 4). Pure.

A feed holds its newest stories, and besides what no archive has yet as it was told last: a reader
that reads the feed and its archives has missed nothing. As soon as a story leaves that was never
archived, the stories told longest ago are written into an archive, as many as a feed holds: most of
them are still in the feed, where they stay. A story that changes after that is told once more, in
the feed first, until its turn comes again.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from aggregator.model import Told


def full_pages(
    unarchived: Mapping[str, Told],
    shown: Collection[str],
    size: int,
    fresh: Collection[str] = frozenset(),
) -> Iterator[Sequence[Told]]:
    """Yield what is to be archived now: the entries of a page each, the oldest change first.

    ``unarchived`` has, by story, what no archive has as it was told last; ``shown`` are the
    stories that the feed holds anyhow, ``size`` is how many those may be. What changed just now,
    ``fresh``, is to be told by the feed first, unless it is a flood.
    """
    waiting = sorted(unarchived.values(), key=lambda told: (told.updated, told.story))
    unseen = [one.story for one in waiting if one.story in fresh and one.story not in shown]
    while True:
        ripe = [told for told in waiting if told.story not in unseen[-size:]]
        leaving = [told for told in ripe if told.story not in shown]
        if len(leaving) <= size and all(told.archived for told in leaving):
            return
        page = ripe[:size]
        if len(page) < size:  # what changed just now is to be seen in the feed for a while
            page = [told for told in page if told.archived is None or told.story in shown]
        yield page
        waiting = [told for told in waiting if told not in page]
