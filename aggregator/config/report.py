"""What is wrong with feeds.yaml, in words, each problem at its line and key."""

from collections.abc import Mapping
from difflib import get_close_matches

from aggregator.config.document import Key
from aggregator.config.sections import KEYS
from aggregator.errors import ConfigError


class Report:
    """Collects problems, each placed at its line and key."""

    def __init__(self, source: str, lines: Mapping[Key, int]) -> None:
        self._source = source
        self._lines = lines
        self.problems: list[str] = []
        self.warnings: list[str] = []

    def add(self, key: Key, message: str) -> None:
        """Take a problem that forbids the file."""
        self.problems.append(self._placed(key, message))

    def warn(self, key: Key, message: str) -> None:
        """Take one that it can be used with."""
        self.warnings.append(self._placed(key, message))

    def line(self, key: Key) -> int:
        """Return where a key stands, or what holds it where the key is missing."""
        while key and key not in self._lines:
            key = key[:-1]
        return self._lines.get(key, 1)

    def error(self) -> ConfigError:
        """Return all problems as one error."""
        return ConfigError(tuple(self.problems))

    def _placed(self, key: Key, message: str) -> str:
        name = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in key)
        place = f"{self._source}:{self.line(key)}: "
        return place + (f"{name.lstrip('.')}: {message}" if name else message)


_WORDS = {
    "missing": "this key is missing",
    "string_pattern_mismatch": "write letters, digits, “.”, “-” and “_” only, a letter first",
    "string_too_short": "write something here",
    "too_short": "name one at least",
    "bool_type": "write true or false",
    "int_type": "write a whole number",
    "string_type": 'write a text; put a number or true/false in quotes ("…")',
    "tuple_type": "write a list, one “- …” a line",
    "model_type": "write keys and values here",
}


def in_words(kind: str, message: str, key: Key) -> str:
    """Say a validator's complaint in this file's terms."""
    if kind == "extra_forbidden" and key[-1] in KEYS:
        return "this key stands elsewhere (docs/configuration.md)"
    if kind == "extra_forbidden":
        return "unknown key" + "".join(
            f"; did you mean {name}?" for name in get_close_matches(str(key[-1]), KEYS, 1)
        )
    if kind == "model_type" and key[:-1] == ("feeds",):
        return "write url: and the feed's address here"
    if key == ("version",):
        return "write version: 1"
    return _WORDS.get(kind, message.removeprefix("Value error, "))
