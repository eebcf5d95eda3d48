"""Headlines that are alike but say the opposite: "passes the budget", "rejects the budget"."""

from functools import cache
from importlib import resources

from aggregator.match.text import fold, is_unspaced, tokens

Sides = tuple[frozenset[str], ...]


@cache
def _table() -> tuple[Sides, ...]:
    """Read ``opposites.txt``, which explains itself."""
    lines = resources.files(__package__).joinpath("opposites.txt").read_text("utf-8").splitlines()
    return tuple(
        tuple(frozenset(fold(side).split()) for side in line.split("|"))
        for line in lines
        if line and not line.startswith("#")
    )


def contradict(a: str, b: str) -> bool:
    """Whether two folded titles take different sides of some pair, neither taking both."""
    return any(
        len(one) == len(other) == 1 and one != other
        for sides in _table()
        if (one := _taken(a, sides)) and (other := _taken(b, sides))
    )


def _taken(title: str, sides: Sides) -> frozenset[int]:
    """Return which of the sides a title takes."""
    words = frozenset(tokens(title))
    return frozenset(
        number
        for number, side in enumerate(sides)
        if words & side or any(word in title for word in side if is_unspaced(word))
    )
