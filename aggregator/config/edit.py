"""Changes to the text of feeds.yaml that leave every other character as it stands. Pure.

A new entry takes over the indentation and style of those that are there; one that goes takes along
the remarks that are about it alone. Each change is read again before it is returned: the data may
differ by what was asked for, and by nothing else.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import yaml

from aggregator.config.document import Loader, read
from aggregator.config.layout import Feeds, find, places
from aggregator.errors import ConfigError

Entry = Mapping[str, str]
"""The keys of a subscription, in the order in which they are to be written."""

_INDENT = 2
_REMARK = re.compile(r"[^\S\n]*#")
_NEVER_AS_IT_IS = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""YAML escapes them (1.2.2 section 5.1), JSON does not."""
_TEXT = "tag:yaml.org,2002:str"
_READERS = (Loader, yaml.SafeLoader)


def add(text: str, entries: Sequence[Entry], source: str = "feeds.yaml") -> str:
    """Return the text with these entries at the end of its list of feeds.

    Where nothing stands behind ``feeds:``, an empty list does, even if nothing is added. Raises
    ConfigError where the list is written in a way that cannot be changed safely.
    """
    text = _with_a_list(text, source)
    if not entries:
        return text
    data, feeds = _read(text, source)
    changed = (_InBrackets if feeds.in_brackets else _InLines)(text, feeds).with_more(entries)
    return _checked(changed, data, [*data["feeds"], *map(dict, entries)], source)


def remove(text: str, number: int, source: str = "feeds.yaml") -> str:
    """Return the text without the entry of this number, from 0 on, of its list of feeds.

    Raises ConfigError where that cannot be done safely: another entry uses an anchor of it, say.
    """
    data, feeds = _read(text, source)
    changed = (_InBrackets if feeds.in_brackets else _InLines)(text, feeds).without(number)
    return _checked(changed, data, [*data["feeds"][:number], *data["feeds"][number + 1 :]], source)


def _with_a_list(text: str, source: str) -> str:
    data, _ = read(text, source)
    if not isinstance(data, dict) or data.get("feeds", "") is not None:
        return text
    at = next((name.end for _, name, _ in places(text)), 0)
    before, colon, after = text[at:].partition(":")
    return _checked(f"{text[:at]}{before}{colon} []{after}", data, [], source)


def _read(text: str, source: str) -> tuple[dict[str, Any], Feeds]:
    data, _ = read(text, source)
    if isinstance(data, dict) and isinstance(data.get("feeds"), list):
        feeds = find(text)
        if feeds is not None:
            return data, feeds
    raise _by_hand(source)


def _checked(changed: str, before: Mapping[str, Any], feeds: Sequence[Any], source: str) -> str:
    """Return the changed text; raise ConfigError where it does not say what it should."""
    try:
        found, _ = read(changed, source)
    except ConfigError as error:
        raise _by_hand(source) from error
    if found != {**before, "feeds": feeds}:
        raise _by_hand(source)
    return changed


def _by_hand(source: str) -> ConfigError:
    return ConfigError(
        (f"{source}: feeds: written in a way that no command can change safely; edit it by hand",)
    )


@dataclass(frozen=True, slots=True)
class _Span:
    """The lines of an entry, from 0 on: from that of its dash to that of its last character."""

    first: int
    last: int


class _InLines:
    """A list with an entry behind each dash, or an empty one that will be such."""

    def __init__(self, text: str, feeds: Feeds) -> None:
        self._text = text
        self._feeds = feeds
        self._lines = text.split("\n")
        self._starts = list(accumulate((len(line) + 1 for line in self._lines), initial=0))
        self._return = "\r" if self._lines[0].endswith("\r") else ""
        self._entries = [
            _Span(self._line(dash), self._line(item.end))
            for dash, item in zip(feeds.dashes, feeds.list.parts, strict=True)
        ]
        self._column = self._column_of(feeds.dashes[0]) if feeds.dashes else _INDENT

    def with_more(self, entries: Sequence[Entry]) -> str:
        lines = self._lines.copy()
        if self._entries:
            at = self._end_of_remarks(self._entries[-1].last, self._column)
        else:
            at = self._line(self._feeds.list.start)
            lines[at] = self._without_brackets()
            at = self._end_of_remarks(at, 0)
        spaced = self._is_spaced(entries)
        new = []
        for number, entry in enumerate(entries):
            if spaced and (number or self._entries):
                new.append("")
            new += self._written(entry)
        new = [line + self._return for line in new]
        if at == len(lines) - 1:  # without a line's end, as the last line will be
            lines[at] += self._return
            new[-1] = new[-1].removesuffix("\r")
        lines[at + 1 : at + 1] = new
        return "\n".join(lines)

    def without(self, number: int) -> str:
        lines = self._lines.copy()
        first, last = self._span(number)
        del lines[first : last + 1]
        if first == len(lines):
            lines[-1] = lines[-1].removesuffix("\r")
        if len(self._entries) == 1:
            name = self._line(self._feeds.name.end)
            end = self._column_of(self._feeds.name.end)
            before, colon, after = lines[name][end:].partition(":")
            lines[name] = f"{lines[name][:end]}{before}{colon} []{after}"
        return "\n".join(lines)

    def _span(self, number: int) -> tuple[int, int]:
        """Return the first and the last line that go with an entry: of two gaps around it one."""
        entry = self._entries[number]
        is_last = number == len(self._entries) - 1
        last = self._end_of_remarks(entry.last, self._column)
        first = self._start_of_remarks(entry.first, last)
        above, below = first, last
        while self._is_blank(above - 1):
            above -= 1
        while self._is_blank(below + 1):
            below += 1
        if is_last or (above < first and below > last):
            return above, last
        return first, below if above == first else last

    def _line(self, index: int) -> int:
        return bisect_right(self._starts, index) - 1

    def _column_of(self, index: int) -> int:
        return index - self._starts[self._line(index)]

    def _is_blank(self, number: int) -> bool:
        return 0 <= number < len(self._lines) and not self._lines[number].strip()

    def _indent(self, number: int) -> int:
        """Return how far a line of remarks alone is indented; -1 for any other line."""
        if number < len(self._lines) and _REMARK.match(self._lines[number]):
            return self._lines[number].index("#")
        return -1

    def _end_of_remarks(self, last: int, column: int) -> int:
        """Return the last of the lines of remarks below that are indented as an entry's own."""
        while self._indent(last + 1) > column:
            last += 1
        return last

    def _start_of_remarks(self, first: int, last: int) -> int:
        """Return the first of the lines of remarks right above that are about this entry alone.

        Those that open a paragraph of several entries are its heading, and stay.
        """
        top = first
        while self._indent(top - 1) == self._column:
            top -= 1
        opens = self._is_blank(top - 1) or top - 1 == self._line(self._feeds.name.end)
        goes_on = any(entry.first == last + 1 for entry in self._entries)
        return first if opens and goes_on else top

    def _without_brackets(self) -> str:
        start = self._feeds.list.start
        before, after = self._text[self._starts[self._line(start)] : start], self._feeds.list.end
        rest = self._text[after : self._starts[self._line(after) + 1] - 1]
        return before.rstrip() + rest

    def _is_spaced(self, entries: Sequence[Entry]) -> bool:
        """Whether a blank line stands between entries; around a lone one only if it is long."""
        if len(self._entries) > 1:
            above = self._entries[-2].last + 1
            return any(self._is_blank(n) for n in range(above, self._entries[-1].first))
        if self._entries:
            return self._entries[0].last > self._entries[0].first
        return len(entries[0]) > 1

    def _written(self, entry: Entry) -> list[str]:
        """Write an entry as the last one is written."""
        gap = _INDENT
        if self._entries:
            item, dash = self._feeds.list.parts[-1], self._feeds.dashes[-1]
            if self._line(item.start) == self._line(dash):
                gap = item.start - dash
            if item.in_brackets:
                return [" " * self._column + "-" + " " * (gap - 1) + _in_braces(entry)]
        margin = " " * (self._column + gap)
        written = [f"{margin}{key}: {scalar(value)}" for key, value in entry.items()]
        written[0] = " " * self._column + "-" + written[0][self._column + 1 :]
        return written


class _InBrackets:
    """A list as in ``[{url: …}, {url: …}]``."""

    def __init__(self, text: str, feeds: Feeds) -> None:
        self._text = text
        self._list = feeds.list
        self._items = feeds.list.parts

    def with_more(self, entries: Sequence[Entry]) -> str:
        written = [_in_braces(entry) for entry in entries]
        if not self._items:
            at = self._text.index("[", self._list.start) + 1
            return self._text[:at] + ", ".join(written) + self._text[at:]
        last = self._items[-1]
        margin = self._text[self._text.rfind("\n", 0, last.start) + 1 : last.start]
        end = self._text.find("\n", last.end, self._list.end)
        if margin.strip() or end < 0:
            more = "".join(", " + entry for entry in written)
            return self._text[: last.end] + more + self._text[last.end :]
        return self._with_lines(last.end, end, [margin + entry for entry in written])

    def _with_lines(self, comma: int, end: int, lines: Sequence[str]) -> str:
        """Put lines behind the last entry's, which ends there; what it has after it stays."""
        newline = "\n"
        if self._text[end - 1] == "\r":
            newline, end = "\r\n", end - 1
        rest = self._text[comma:end]
        more = "".join(f"{newline}{line}," for line in lines)
        if not rest.lstrip().startswith(","):
            rest, more = "," + rest, more.removesuffix(",")
        return self._text[:comma] + rest + more + self._text[end:]

    def without(self, number: int) -> str:
        start, end = self._items[number].start, self._items[number].end
        if number + 1 < len(self._items):
            end = self._items[number + 1].start
        elif number and "#" not in self._text[self._items[number - 1].end : start]:
            start = self._items[number - 1].end
        return self._text[:start] + self._text[end:]


def _in_braces(entry: Entry) -> str:
    keys = (f"{key}: {scalar(value, in_brackets=True)}" for key, value in entry.items())
    return "{" + ", ".join(keys) + "}"


def scalar(text: str, *, in_brackets: bool = False) -> str:
    """Write a line of text as every reader of YAML, 1.1 and 1.2, takes it for this text."""
    if all(_is_plain(text, loader, in_brackets=in_brackets) for loader in _READERS):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _NEVER_AS_IT_IS.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _is_plain(text: str, loader: type[Any], *, in_brackets: bool) -> bool:
    """Whether it means itself without quotes."""
    try:
        node = yaml.compose(f"[{text}]" if in_brackets else f"- {text}", loader)
    except yaml.YAMLError:
        return False
    items = node.value if node else ()
    return [(item.tag, item.value) for item in items] == [(_TEXT, text)]
