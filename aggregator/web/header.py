"""Header fields, read as RFC 9110 has them. Pure."""

import re
from collections.abc import Iterable

_WEIGHT = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")
_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_MEMBERS = 50
"""Of a list: nobody needs more."""


def qualities(field: str) -> dict[str, float]:
    """Return what a field accepts, in lower case, with its weights (section 12.4.2)."""
    found: dict[str, float] = {}
    for member in field.split(",")[:_MEMBERS]:
        name, *parameters = (part.strip().lower() for part in member.split(";"))
        if name:
            found.setdefault(name, _weight(parameters))
    return found


def _weight(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return float(value) if _WEIGHT.fullmatch(value.strip()) else 0.0
    return 1.0


def coding(accept_encoding: str | None, available: tuple[str, ...]) -> str | None:
    """Return the content coding that serves a client best; None is identity (section 12.5.3).

    ``available`` is in our own order of preference, which decides between equal weights. Where
    a client forbids everything it gets identity all the same: bytes are better than an error.
    """
    wishes = qualities(accept_encoding or "")
    anything = wishes.get("*", 0.0)
    plain = wishes.get("identity", 0.0)
    best = max(available, key=lambda name: wishes.get(name, anything), default=None)
    if best is None:
        return None
    weight = wishes.get(best, anything)
    return best if weight > 0 and weight >= plain else None


def tags(if_none_match: str) -> frozenset[str]:
    """Return the opaque tags of a field; weak ones count as strong ones do (section 8.8.3.2)."""
    return frozenset(_TAG.findall(if_none_match)[:_MEMBERS])


def is_known(if_none_match: str, tag: str) -> bool:
    """Whether a client has what the tag names (section 13.1.2)."""
    return if_none_match.strip() == "*" or tag in tags(if_none_match)
