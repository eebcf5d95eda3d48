"""YAML text → plain data, and the line that each key stands in."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from aggregator.config.slips import in_words
from aggregator.errors import ConfigError

Key = tuple[str | int, ...]
"""A place in a document: the keys and list positions that lead to it."""


_PLACES = 2_000_000
"""Places in a document, those that aliases repeat counted: a hundred thousand feeds."""
_DEPTH = 20
_TOO_MUCH = "too much, or too deep, for a configuration"


class Loader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]  # either base is fine
    """Resolves scalars by the core schema of YAML 1.2: a Norwegian ``no`` is not ``false``."""

    yaml_implicit_resolvers: Mapping[str, Sequence[tuple[str, re.Pattern[str]]]] = {}


for _tag, _pattern, _starts in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_starts)
    )


def read(text: str, source: str) -> tuple[Any, Mapping[Key, int]]:
    """Return the document's data, and the line of each place in it.

    Raises ConfigError, with ``source`` and line, where the text is not YAML, is empty, names a
    key twice, or holds an alias that contains itself.
    """
    try:
        root = yaml.compose(text, Loader=Loader)
        places = 0 if root is None else _places(root, {})
    except yaml.MarkedYAMLError as error:
        line, words = in_words(error, text)
        raise ConfigError((f"{source}:{line}: not YAML: {words}",)) from error
    except yaml.YAMLError as error:
        raise ConfigError((f"{source}:1: not YAML: {error}",)) from error
    except RecursionError as error:
        raise ConfigError((f"{source}:1: nested too deep to be a configuration",)) from error
    if root is None:
        raise ConfigError((f"{source}:1: the file is empty: write version: 1 and feeds: [] first",))
    if places > _PLACES:
        raise ConfigError((f"{source}:1: {_TOO_MUCH}",))
    walk = _Walk(source)
    data = walk.value(root, ())
    if walk.problems:
        raise ConfigError(tuple(walk.problems))
    return data, walk.lines


class _Walk:
    """Turns nodes into data, noting where each stands."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._open: set[int] = set()
        self.lines: dict[Key, int] = {}
        self.problems: list[str] = []

    def value(self, node: yaml.Node, key: Key) -> Any:
        self.lines.setdefault(key, node.start_mark.line + 1)
        if id(node) in self._open:
            self._complain(node, "an alias contains itself")
            return None
        if len(key) > _DEPTH:
            raise ConfigError((f"{self._source}:{node.start_mark.line + 1}: {_TOO_MUCH}",))
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item, (*key, n)) for n, item in enumerate(node.value)]
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, key)
            return _scalar(node)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name_node, item in node.value:
            if not isinstance(name_node, yaml.ScalarNode):
                self._complain(name_node, "a key is a word")
                continue
            name = name_node.value
            if name in found:
                self._complain(name_node, f"{name}: this key is here twice")
            self.lines[(*key, name)] = name_node.start_mark.line + 1
            found[name] = self.value(item, (*key, name))
        return found

    def _complain(self, node: yaml.Node, message: str) -> None:
        self.problems.append(f"{self._source}:{node.start_mark.line + 1}: {message}")


def _places(node: yaml.Node, known: dict[int, int]) -> int:
    """Count the places in a node, what aliases repeat as often as they repeat it.

    ``known`` has what was counted already: a bomb of aliases is told by its few nodes.
    """
    if id(node) not in known:
        known[id(node)] = 1  # met again within itself, which the walk complains about
        within = (
            node.value
            if isinstance(node, yaml.SequenceNode)
            else (item for _, item in node.value)
            if isinstance(node, yaml.MappingNode)
            else ()
        )
        known[id(node)] += sum(_places(item, known) for item in within)
    return known[id(node)]


def _scalar(node: yaml.Node) -> str | bool | float | None:
    text: str = node.value
    match node.tag.rpartition(":")[2]:
        case "bool":
            return text.lower() == "true"
        case "null":
            return None
        case "int":
            return int(text)
        case "float":
            return float(text)
        case _:
            return text
