"""The categories of feeds, which may lie in one another: ``News/Asia`` is a part of ``News``."""

_BETWEEN = "/"


def path(category: str | None) -> tuple[str, ...]:
    """Return the names of a category and those that it lies in, the outermost first."""
    return tuple(filter(None, map(str.strip, (category or "").split(_BETWEEN))))


def all_of(category: str | None) -> tuple[str, ...]:
    """Return a category and those that it lies in, each in full, the outermost first."""
    names = path(category)
    return tuple(_BETWEEN.join(names[: depth + 1]) for depth in range(len(names)))
