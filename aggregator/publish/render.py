"""An edition, in every format that we publish. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence

from aggregator.model import ArchivePage, Tombstone
from aggregator.publish import atom, html, jsonfeed, opml, rss
from aggregator.publish.edition import Edition
from aggregator.publish.item import Item, items

FOLDERS = ("archive", "opml", "views")
OURS = re.compile(
    r"views/[a-z0-9-]+/(feed\.(atom|rss|json)|index\.html|feeds\.opml)"
    r"|(views/[a-z0-9-]+/)?archive/[0-9]+\.atom|opml/[^/]+\.opml"
)
"""The names that files get in these folders of the published directory."""


def render(edition: Edition, told: Sequence[Item] | None = None) -> Mapping[str, bytes]:
    """Return the files to publish, by name. The same edition gives the same bytes.

    ``told`` are the edition's items, where they are made already.
    """
    told = items(edition) if told is None else told
    contents = tuple(map(html.content, told))
    files = {
        atom.NAME: atom.render(edition, told, contents),
        rss.NAME: rss.render(edition, told, contents),
        jsonfeed.NAME: jsonfeed.render(edition, told, contents),
        html.NAME: html.render(edition, told),
        opml.NAME: opml.render(edition),
    }
    return {edition.folder + name: content for name, content in files.items()}


def render_archives(edition: Edition, pages: Iterable[ArchivePage]) -> Mapping[str, bytes]:
    """Return archive documents, by name."""
    return {
        edition.folder + atom.archive_name(page.number): atom.archive(edition, page)
        for page in pages
    }


def archive_entries(
    edition: Edition, told: Sequence[Item], withdrawn: Sequence[Tombstone]
) -> bytes:
    """Return what an archive keeps of an edition's items, and of the withdrawn."""
    return atom.entries(edition, told, tuple(map(html.content, told)), withdrawn)
