"""What each step from a body to a document hands to the next, and how it puts that in words."""

from typing import NamedTuple


class Cleaned(NamedTuple):
    """A body, and what had to be put right about it, in words."""

    data: bytes
    problems: tuple[str, ...] = ()


def counted(number: int, thing: str) -> str:
    """Say how many there are: ``1 byte``, ``2 bytes``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
