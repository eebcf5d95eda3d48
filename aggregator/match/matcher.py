"""Whether two articles belong to one story, how surely, in which sense, and why."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from math import log1p

from aggregator.match.backdrop import Backdrop
from aggregator.match.encoder import Encoder
from aggregator.match.features import Document, prepare
from aggregator.match.judgement import Judgement, judge
from aggregator.match.reasons import Explanation, explain
from aggregator.match.scoring import (
    Features,
    Model,
    compare,
    model_name,
    probability,
    shipped_models,
)
from aggregator.match.window import Window
from aggregator.model import Article, Match

SPAN = timedelta(hours=72)
"""How far apart two articles may be to be matched by what they tell."""
RECENT = 1_000
"""Articles that are judged beside strangers, of those that come at once."""
FADING = "within with encoder"
"""A model that tells what hours apart add: all tell the same."""


def _prepared(articles: Sequence[Article]) -> Sequence[Document]:
    return list(map(prepare, articles))


class Matcher:
    """Scores pairs among the articles of the last days.

    Without an encoder it works too: across languages then by names and numbers alone. ``models``
    are the shipped ones unless others are given. ``documents`` gives articles as they are compared,
    one each; without it they have no signatures, and copies are told by titles and leads alone.
    """

    def __init__(
        self,
        encoder: Encoder | None = None,
        span: timedelta = SPAN,
        models: Mapping[str, Model] | None = None,
        documents: Callable[[Sequence[Article]], Sequence[Document]] = _prepared,
    ) -> None:
        self._window = Window(encoder, span)
        self._models = models or shipped_models()
        self.backdrop = Backdrop(self._models)
        self._documents = documents

    def __contains__(self, article: str) -> bool:
        return article in self._window

    def add(self, articles: Iterable[Article]) -> None:
        """Take articles into the window; a changed one replaces its older version.

        What is rare is counted over all that came so far: the order of articles within one
        call makes no difference to any score.
        """
        articles = sorted(articles, key=lambda article: (article.published, article.id))
        self._window.add(self._documents(articles))
        self.backdrop.add(self._strangers(articles[-RECENT:]))

    def _strangers(self, articles: Iterable[Article]) -> Iterator[tuple[str, float]]:
        """Yield what the models think of new articles and others at random, whenever published."""
        for article in articles:
            for x, y, cosine in self._window.strangers(article.id):
                model = model_name(x.passage, y.passage, encoded=cosine is not None)
                features = compare(x, y, cosine or 0.0, hours=0.0)._replace(publisher=0.0)
                yield model, self._models[model].logit(features)

    def forget(self, before: datetime) -> None:
        """Drop the articles that were published earlier."""
        self._window.forget(before)

    def candidates(self, articles: Sequence[str]) -> list[set[str]]:
        """Return, for each article id, the ids of those that may match it."""
        return self._window.candidates(articles)

    def logits(self, article: str, others: Sequence[str]) -> list[float]:
        """Return the log odds that an article and each of the others report one event."""
        return [self._judge(article, other).logit for other in others]

    def fading(self, article: str, others: Sequence[str]) -> list[float]:
        """Return what the hours between them add to those log odds: 0 or less."""
        hours = self._models[FADING].curves[Features._fields.index("hours")]
        return [hours(log1p(self._window.hours(article, other))) for other in others]

    def match(self, a: str, b: str) -> Match:
        """Return why two articles belong together; sensible for any pair in the window."""
        judgement = self._judge(a, b)
        return Match(
            a=a,
            b=b,
            level=judgement.level,
            probability=probability(judgement.logit),
            reasons=explain(judgement).in_favour,
        )

    def explain(self, a: str, b: str) -> Explanation:
        """Return what speaks for and against two articles being of one story, in words."""
        return explain(self._judge(a, b))

    def _judge(self, a: str, b: str) -> Judgement:
        """Return what is thought of a pair; KeyError where the window lacks one of them."""
        window = self._window
        return judge(
            window.document(a),
            window.document(b),
            window.passages(a),
            window.passages(b),
            cosines=window.cosines(a, b),
            hours=window.hours(a, b),
            likeness=window.likeness(a, b),
            models=self.backdrop.models,
        )
