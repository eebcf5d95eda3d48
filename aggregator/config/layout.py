"""Where the values of a configuration's text stand: each from its first character to its last.

PyYAML's nodes end where the next thing begins, behind blank lines and remarks, and hide aliases;
its events tell more. The text is one that ``document.read`` has read.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from aggregator.config.document import Loader

_EMPTY_LIST = re.compile(r"\[[ \t]*\]")


@dataclass(frozen=True, slots=True)
class Value:
    """A value in the text: from its first character (its anchor's, if any) to behind its last."""

    start: int
    end: int
    is_list: bool = False
    in_brackets: bool = False
    parts: tuple["Value", ...] = ()
    """Of a list its items; of a mapping its keys and values in turn."""


@dataclass(frozen=True, slots=True)
class Feeds:
    """Where the list of feeds stands."""

    name: Value
    """The key ``feeds``."""
    list: Value
    in_brackets: bool
    """Whether it has to stay on in brackets: lines can take the place of a plain ``[]``."""
    dashes: tuple[int, ...]
    """Where each item's ``-`` stands, outside of brackets."""


def find(text: str) -> Feeds | None:
    """Find the list of feeds; None where an alias stands in its place."""
    for root, name, value in places(text):
        if value.is_list:
            plain = not root.in_brackets and _EMPTY_LIST.fullmatch(text, value.start, value.end)
            dashes = () if value.in_brackets else tuple(_dashes(text, value.parts))
            return Feeds(name, value, value.in_brackets and not plain, dashes)
    return None


def places(text: str) -> Iterator[tuple[Value, Value, Value]]:
    """Yield the document, its key ``feeds`` and what stands behind it, if it has one."""
    events = yaml.parse(text, Loader=Loader)
    first = next(event for event in events if isinstance(event, yaml.NodeEvent))
    root = _value(text, first, events)
    for name, value in zip(root.parts[::2], root.parts[1::2], strict=True):
        if text[name.start : name.end].strip("\"'") == "feeds":
            yield root, name, value


def _value(text: str, event: yaml.Event, events: Iterator[yaml.Event]) -> Value:
    start, end = _index(event.start_mark), _index(event.end_mark)
    if not isinstance(event, yaml.CollectionStartEvent):
        return Value(start, start + len(text[start:end].rstrip()))
    parts = []
    while not isinstance(inner := next(events), yaml.CollectionEndEvent):
        parts.append(_value(text, inner, events))
    in_brackets = bool(event.flow_style)
    if in_brackets:
        end = _index(inner.end_mark)
    elif parts:
        end = parts[-1].end
    is_list = isinstance(event, yaml.SequenceStartEvent)
    return Value(start, end, is_list, in_brackets, tuple(parts))


def _index(mark: Any) -> int:
    """Return a mark's place; PyYAML's types know marks that are None, its parser makes none."""
    return int(mark.index)


def _dashes(text: str, items: Sequence[Value]) -> Iterator[int]:
    tokens = yaml.scan(text, Loader=Loader)
    all_ = [_index(t.start_mark) for t in tokens if isinstance(t, yaml.BlockEntryToken)]
    for item in items:
        yield all_[bisect_right(all_, item.start) - 1]
