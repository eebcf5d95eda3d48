"""Header fields, read as RFC 9110 has them. Pure."""

import re

_MEMBER = re.compile(
    r"\s*([^\s;,]+)\s*(?:;\s*q\s*=\s*([0-9.]+)\s*)?(?:;[^,]*)?(?:,|$)", re.IGNORECASE
)
_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_MEMBERS = 50
"""Of a list: nobody needs more."""


def qualities(field: str) -> dict[str, float]:
    """Return what a field accepts, in lower case, with its weights (section 12.4.2)."""
    found: dict[str, float] = {}
    for name, quality in _MEMBER.findall(field)[:_MEMBERS]:
        try:
            weight = float(quality or 1)
        except ValueError:
            weight = 0.0
        found.setdefault(name.lower(), min(weight, 1.0))
    return found


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
