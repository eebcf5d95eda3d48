"""What each step on the way from a body to a document hands to the next."""

from typing import NamedTuple


class Cleaned(NamedTuple):
    """A body, and what had to be put right about it, in words."""

    data: bytes
    problems: tuple[str, ...] = ()
