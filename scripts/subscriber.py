"""A subscriber of a published Atom feed: what it saw over time, and what it may complain of."""

import xml.etree.ElementTree as ET
from pathlib import Path

_ATOM = "{http://www.w3.org/2005/Atom}"
_TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
_EARLIER = "Earlier: "
"""Begins the title of a link to another story."""


class Subscriber:
    """Reads the feed again and again, as whoever polls it does.

    It complains of a document that is not whole; of an entry that comes back after it was
    withdrawn, changes under the same ``updated``, or goes back in time; and of an item that stands
    in two entries, at once or, without a tombstone for the first, one after the other.
    """

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.readings = 0
        self.entry_of: dict[str, str] = {}
        """Under which entry each item was told last."""
        self.withdrawn: set[str] = set()
        self._versions: dict[tuple[str, str], tuple[str, ...]] = {}
        self._updated: dict[str, str] = {}

    @property
    def entries(self) -> set[str]:
        """All that it was ever told of, less what was withdrawn."""
        return self._updated.keys() - self.withdrawn

    def read(self, path: Path) -> None:
        """Read the file, where there is one yet."""
        try:
            document = ET.parse(path).getroot()  # noqa: S314  our own
        except FileNotFoundError:
            return
        except ET.ParseError as error:
            self._complain(f"not whole: {error}")
            return
        self.readings += 1
        self.withdrawn |= {t.get("ref", "") for t in document.iter(_TOMBSTONE)}
        told: dict[str, str] = {}
        for entry in document.iter(f"{_ATOM}entry"):
            self._read(entry, told)
        self.entry_of |= told

    def _read(self, entry: ET.Element, told: dict[str, str]) -> None:
        name, updated, title, summary = (
            entry.findtext(f"{_ATOM}{tag}") or "" for tag in ("id", "updated", "title", "summary")
        )
        items = [
            link.get("href", "")
            for link in entry.findall(f"{_ATOM}link")
            if not link.get("title", "").startswith(_EARLIER)
        ]
        if name in self.withdrawn:
            self._complain(f"{name} came back after it was withdrawn")
        if self._updated.get(name, "") > updated:
            self._complain(f"{name} went back from {self._updated[name]} to {updated}")
        self._updated[name] = updated
        version = (title, summary, *items)
        if self._versions.setdefault((name, updated), version) != version:
            self._complain(f"{name} changed and still is of {updated}")
        for item in items:
            if (other := told.get(item)) is not None:
                self._complain(f"{item} stands in {other} and in {name}")
            before = self.entry_of.get(item, name)
            if before != name and before not in self.withdrawn:
                self._complain(f"{item} was told in {before} and is told again in {name}")
            told[item] = name

    def _complain(self, what: str) -> None:
        self.complaints.append(f"reading {self.readings}: {what}")
