"""What must never be shown: values that the environment fills in for ``${NAME}``."""

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SHORTEST_SECRET = 6
"""A shorter value is an ordinary word somewhere: blotting it out would spoil texts."""


class Secrets:
    """Fills in ``${NAME}`` and remembers what must never be shown."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.values: set[str] = set()
        self.names: set[str] = set()
        """The variables that were asked for."""

    def fill(self, text: str, *, secret: bool = True, quoted: bool = False) -> str:
        """Fill in the variables; raise ValueError where the environment lacks one.

        What is ``secret`` is remembered; what is ``quoted`` may hold characters that would
        end a part of a url (RFC 3986 section 3.2.1).
        """
        if "${" in _VARIABLE.sub("", text):
            raise ValueError("a variable is written ${NAME}")
        self.names |= set(_VARIABLE.findall(text))
        for name in _VARIABLE.findall(text):
            if not self._environment.get(name):
                raise ValueError(f"the environment has no {name}; set it before starting")
            if secret:
                self.remember(self._environment[name])
        values = {name: self._environment[name] for name in _VARIABLE.findall(text)}
        if quoted:
            values = {name: quote(value, safe="") for name, value in values.items()}
        return _VARIABLE.sub(lambda found: values[found[1]], text)

    def fill_url(self, url: str) -> str:
        """Fill in a url's variables, part by part: none can reach over into the next."""
        written = urlsplit(url)
        userinfo, at, place = written.netloc.rpartition("@")
        user, colon, password = userinfo.partition(":")
        netloc = (
            self.fill(user, secret=not colon, quoted=True)
            + colon
            + self.fill(password, quoted=True)
            + at
            + self.fill(place, secret=False)
        )
        filled = written._replace(
            netloc=netloc, path=self.fill(written.path), query=self.fill(written.query)
        )
        return filled.geturl()

    def has(self, text: str) -> bool:
        """Tell whether the environment holds every variable of a text."""
        return all(self._environment.get(name) for name in _VARIABLE.findall(text))

    def remember(self, value: str) -> None:
        """Remember a value, as written and as a url holds it."""
        if len(value) >= _SHORTEST_SECRET:
            self.values |= {value, quote(value, safe=""), unquote(value)}

    @staticmethod
    def is_variable(text: str) -> bool:
        """Tell whether a secret is kept out of the file."""
        return _VARIABLE.search(text) is not None
