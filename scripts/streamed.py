"""Labelled articles through clustering, and how well the stories that come of it agree.

Shared by scripts/bench and scripts/fit.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import combinations, count, groupby

from labelled import Labelled

from aggregator.cluster import Clusterer, Scorer
from aggregator.match import SPAN

POLL = timedelta(hours=1)


def stream(items: Sequence[Labelled], matcher: Scorer) -> dict[str, str]:
    """Return the story of each article, after all have come in order of publication.

    As a live run would see them: an hour's articles a poll.
    """
    numbers = count()
    clusterer = Clusterer(matcher, draw_id=lambda: f"story-{next(numbers)}", priorities={})
    story_of: dict[str, str] = {}
    for now, batch in polls(items):
        clusterer.forget(now - 2 * SPAN)
        changes = clusterer.add([item.article for item in batch], now)
        for story in changes.stories:
            story_of |= {article.id: story.id for article in story.articles}
    return story_of


def polls(items: Sequence[Labelled]) -> Iterator[tuple[datetime, list[Labelled]]]:
    """Yield the times of an hourly poll with what each brings."""
    for hour, batch in groupby(items, key=lambda item: _hour(item.article.published)):
        yield hour + POLL, list(batch)


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


class Scores:
    """Precision, recall and F1 of a clustering.

    B-cubed (Bagga and Baldwin 1998), all pairs, and pairs across languages. Pairs of one parent
    and different stories count neither way.
    """

    def __init__(self, items: Sequence[Labelled], cluster_of: Mapping[str, str]) -> None:
        self.clusters = len(set(cluster_of.values()))
        found: defaultdict[str, list[Labelled]] = defaultdict(list)
        true = Counter(item.story for item in items)
        for item in items:
            found[cluster_of[item.article.id]].append(item)
        precision = recall = 0.0
        pairs: Counter[tuple[bool, bool]] = Counter()
        for members in found.values():
            for item in members:
                judged = [m for m in members if not _open(item, m)]
                right = sum(m.story == item.story for m in judged)
                precision += right / len(judged)
                recall += right / true[item.story]
            for a, b in combinations(members, 2):
                if not _open(a, b):
                    pairs[a.story == b.story, _across(a, b)] += 1
        self.b_cubed = (precision / len(items), recall / len(items))
        wanted = _true_pairs(items)
        right, wrong = (pairs[same, False] + pairs[same, True] for same in (True, False))
        self.pairs = _ratios(right, wrong, wanted[False] + wanted[True])
        self.across = _ratios(pairs[True, True], pairs[False, True], wanted[True])

    def __str__(self) -> str:
        return "  ".join(
            f"{name} {p:.3f} / {r:.3f} / {f1(p, r):.3f}"
            for name, (p, r) in (
                ("B³", self.b_cubed),
                ("pairs", self.pairs),
                ("across", self.across),
            )
        )


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean of both; 0 where both are."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _open(a: Labelled, b: Labelled) -> bool:
    return a.parent != "" and a.parent == b.parent and a.story != b.story


def _across(a: Labelled, b: Labelled) -> bool:
    return a.article.language != b.article.language


def _true_pairs(items: Sequence[Labelled]) -> Counter[bool]:
    """Return the number of true pairs within (False) and across (True) languages."""
    stories: defaultdict[str, list[Labelled]] = defaultdict(list)
    for item in items:
        stories[item.story].append(item)
    return Counter(
        _across(a, b) for members in stories.values() for a, b in combinations(members, 2)
    )


def _ratios(right: int, wrong: int, wanted: int) -> tuple[float, float]:
    return (right / (right + wrong) if right else 0.0, right / wanted if wanted else 0.0)
