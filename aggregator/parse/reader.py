"""What feedparser makes of a document: of all of it, or of all but the items that it fails on."""

from collections.abc import Iterator
from dataclasses import dataclass

from aggregator.errors import ParseError
from aggregator.parse import mended
from aggregator.parse.entries import Raw
from aggregator.parse.items import keep
from aggregator.parse.outline import Item
from aggregator.parse.sound import Sound

MAX_LOST = 20
"""Items that feedparser fails on, beyond which the document is given up."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What feedparser made of a document."""

    about: Raw
    """The feed itself."""
    version: str
    entries: tuple[tuple[Raw, bool], ...]
    """Each with whether it has a guid that is a link."""
    lost: int = 0
    """How many items it failed on."""


def read_items(sound: Sound, items: tuple[Item, ...], url: str) -> Reading:
    """Read these items of a document: in one go, or in parts around those that it fails on.

    ``url`` is where the document came from. Raises ParseError where nothing can be read.
    """
    try:
        return _read(sound, items, url)
    except ParseError:
        if not items:
            raise
        shell = _read(sound, (), url)
    entries: list[tuple[Raw, bool]] = []
    lost = 0
    for reading in _halves(sound, items, url):
        if reading is not None:
            entries.extend(reading.entries)
        elif (lost := lost + 1) > MAX_LOST:
            raise ParseError(f"feedparser fails on more than {MAX_LOST} items; please report it")
    return Reading(shell.about, shell.version, (*shell.entries, *entries), lost)


def _halves(sound: Sound, items: tuple[Item, ...], url: str) -> Iterator[Reading | None]:
    """Yield readings of all items that can be read, None for each that cannot."""
    middle = len(items) // 2
    for part in (items[:middle], items[middle:]) if middle else (items,):
        try:
            yield _read(sound, part, url)
        except ParseError:
            if len(part) == 1:
                yield None
            else:
                yield from _halves(sound, part, url)


def _read(sound: Sound, items: tuple[Item, ...], url: str) -> Reading:
    """Call it; with the document's address only where xml:base makes it matter: it costs 40 %."""
    data = keep(sound.data, sound.outline.items, items)
    base = url if b"xml:base" in sound.data else ""
    try:
        parser = mended.read(data, base)
    except MemoryError:  # half of it may fit, but who has no memory can promise nothing
        raise
    except Exception as error:
        raise ParseError(
            f"feedparser cannot read it ({type(error).__name__}: {error}); please report the feed"
        ) from error
    entries: list[Raw] = parser.entries
    if len(entries) == len(items):
        links = [item.permalink for item in items]
    else:  # items within items: feedparser says whether the guid stands in for a link
        links = [bool(entry.get("guidislink")) for entry in entries]
    return Reading(parser.feeddata, parser.version, tuple(zip(entries, links, strict=True)))
