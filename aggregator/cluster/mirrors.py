"""The items that a rule makes one with others, found by what they have in common."""

from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import datetime

from aggregator.cluster.constraints import Constraints, wording
from aggregator.model import Article, Match, Rule

_MOST = 24
"""Items kept a name, the latest: a title that comes again every day costs no more."""


class Mirrors:
    """Articles of feeds that a rule always merges with some, by address and by title."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._feeds = {feed for rule in rules if rule.always for feed in rule.feeds}
        self._named: defaultdict[str, deque[Article]] = defaultdict(lambda: deque(maxlen=_MOST))

    def add(self, articles: Iterable[Article]) -> None:
        """Take in those that a rule may ever be about."""
        for article in articles:
            if article.feed in self._feeds:
                for name in _names(article):
                    self._named[name].append(article)

    def forget(self, before: datetime) -> None:
        """Drop the articles that were published earlier."""
        for name, articles in list(self._named.items()):
            kept = [article for article in articles if article.published >= before]
            if kept:
                self._named[name] = deque(kept, maxlen=_MOST)
            else:
                del self._named[name]

    def matches(self, article: Article, constraints: Constraints) -> dict[str, Match]:
        """Return the matches that a rule demands of an article, by the other's id."""
        if article.feed not in self._feeds:
            return {}
        return {
            other.id: match
            for name in _names(article)
            for other in self._named.get(name, ())
            if other.id != article.id and (match := constraints.demands(article, other))
        }


def _names(article: Article) -> Iterable[str]:
    if article.url is not None:
        yield article.url
    if title := wording(article):
        yield f"title {title}"
