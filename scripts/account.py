"""What a store holds, set against what a farm delivered; and lines fitted to measurements."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from farm import Ledger


def complaints(store: Path, ledger: Ledger) -> list[str]:
    """Return what is missing in a store or stands in it twice, and what is astray in it."""
    with closing(sqlite3.connect(store)) as database:
        links = database.execute("SELECT link FROM articles UNION ALL SELECT url FROM forgotten")
        kept = Counter(link for (link,) in links)
        told = database.execute(
            "SELECT count(*) FROM articles WHERE id NOT IN (SELECT article FROM members)"
        ).fetchone()[0]
        back = database.execute(
            "SELECT count(*) FROM stories WHERE id IN (SELECT story FROM withdrawals)"
        ).fetchone()[0]
    missing, strange = ledger.delivered() - kept.keys(), kept.keys() - ledger.delivered()
    found = [f"delivered and not stored: {link}" for link in sorted(missing)]
    found += [f"stored {n} times: {link}" for link, n in sorted(kept.items()) if n > 1]
    found += [f"stored, though no whole answer had it: {link}" for link in sorted(strange)]
    found += [f"{told} articles stand in no story"] if told else []
    found += [f"{back} withdrawn stories are back"] if back else []
    return found


_PROBABILITY = "round(CAST(probability AS numeric), 9)"
_ALIKE = {
    "feeds": "SELECT * FROM feeds",
    "validators and due times": "SELECT * FROM feed_states",
    "what each feed showed last": "SELECT * FROM feed_items",
    "articles": "SELECT * FROM articles",
    "names of articles": "SELECT * FROM article_keys",
    "addresses of articles": "SELECT * FROM article_names",
    "versions of articles": "SELECT * FROM article_versions",
    "words of articles": "SELECT article, words FROM searchable",
    "what is left of old articles": "SELECT * FROM forgotten",
    "names of old articles": "SELECT * FROM forgotten_keys",
    "stories": "SELECT representative, created, updated, fingerprint, first, last FROM stories",
    "members of stories": (
        f"SELECT representative, article, position, a, b, level, {_PROBABILITY}, reasons"  # noqa: S608  a constant
        " FROM members JOIN stories ON id = story"
    ),
    "related stories": f"SELECT a, b, level, {_PROBABILITY}, reasons FROM relations",  # noqa: S608  a constant
    "withdrawn stories": "SELECT at FROM withdrawals",
    "what readers were told": (
        "SELECT view, representative, seen, p.updated, archived"
        " FROM publications p JOIN stories ON id = story"
    ),
    "archives": "SELECT view, number, updated FROM archives",
}
"""All that is drawn from the same answers; ids of stories are drawn by chance."""


def differences(one: Path, other: Path) -> list[str]:
    """Return in what two stores in SQLite files differ that were given the same."""
    with closing(sqlite3.connect(one)) as a, closing(sqlite3.connect(other)) as b:
        return contrasts(a, b)


def contrasts(a: Any, b: Any) -> list[str]:
    """Return in what two stores differ, each behind a connection of its driver."""
    found = []
    for what, query in _ALIKE.items():
        rows, others = (Counter(map(repr, database.execute(query))) for database in (a, b))
        if rows != others:
            lost, more = (rows - others).total(), (others - rows).total()
            found.append(f"{what}: {lost} rows are missing, {more} are others")
    return found


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return by how much y grows with x, by least squares."""
    n = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    across = sum((x - mean_x) * (y - mean_y) for x, y in points)
    return across / sum((x - mean_x) ** 2 for x, _ in points)
