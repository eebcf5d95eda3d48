"""People have the last word: stories merged and split by hand, and taken back.

A decision is a row in the store, whoever holds it, and is carried out at once where nobody does;
else the run that holds it does so the next time that it looks for due feeds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from aggregator.app.aggregator import Aggregator
from aggregator.app.naming import article_named, story_named, story_of
from aggregator.app.record import rfc3339
from aggregator.cluster import Constraints
from aggregator.errors import DecisionError, NotFoundError, StoreLocked
from aggregator.model import Decision, Story, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision, and what came of it."""

    decision: Decision
    stories: tuple[Story, ...]
    """Those that its articles stand in now."""
    held_by: str | None
    """Who is to carry it out, in words; None where it was carried out."""
    overruled: str | None = None
    """A rule of the configuration that it goes before, in words."""


def merge(aggregator: Aggregator, a: str, b: str) -> Decided:
    """Make two stories one, for good; each is named by itself or by one of its articles.

    Of two that were told the older id survives. Raises NotFoundError for an unknown or ambiguous
    name, DecisionError where both names are of one article.
    """
    one, other = story_named(aggregator.store, a), story_named(aggregator.store, b)
    if one.id == other.id and (a == b or len(one.members) == 1):
        raise DecisionError(f"{a} and {b} are one and the same; name two articles, or two stories")
    articles = tuple(article.id for article in one.articles)
    others = tuple(article.id for article in other.articles if one.id != other.id)
    rules = Constraints((), aggregator.config.rules, aggregator.config.alone)
    made = aggregator.store.decisions.add(Verdict.MERGE, articles, others, aggregator.clock())
    return _carried_out(aggregator, made, rules.part(one.articles, other.articles))


def split(aggregator: Aggregator, names: Sequence[str]) -> Decided:
    """Take articles out of their story, together, never to be with the rest of it again.

    An article goes with the same item of other feeds. Whatever else comes may join either part.
    Raises NotFoundError for an unknown or ambiguous name, DecisionError where the articles stand
    in several stories, or where nothing of the story would be left.
    """
    store = aggregator.store
    named = [article_named(store, name) for name in names]
    stories = {story.id: story for story in (story_of(store, article) for article in named)}
    if len(stories) > 1:
        raise DecisionError("these articles stand in several stories; split one story at a time")
    (story,) = stories.values()
    urls = {article.url for article in named} - {None}
    ids = {article.id for article in named}
    going = [a.id for a in story.articles if a.id in ids or a.url in urls]
    staying = [a.id for a in story.articles if a.id not in going]
    if not staying:
        raise DecisionError(f"the story {story.id} has nothing else that this could be split from")
    made = store.decisions.add(Verdict.SPLIT, going, staying, aggregator.clock())
    return _carried_out(aggregator, made)


def undo(aggregator: Aggregator, number: int) -> Decided:
    """Take a decision back, and what it did to the stories, as far as no other is against it.

    Raises NotFoundError where there is no such decision, or it was taken back before.
    """
    undone = aggregator.store.decisions.undo(number, aggregator.clock())
    if undone is None:
        raise NotFoundError(
            f"no decision {number} holds; aggregate decisions lists those that were made"
        )
    return _carried_out(aggregator, undone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A decision with the titles of what it is about."""

    decision: Decision
    articles: tuple[str, ...]
    others: tuple[str, ...]
    """Titles."""


def decisions(aggregator: Aggregator) -> list[Listed]:
    """Return what was decided, the newest first, what was undone too."""
    made = aggregator.store.decisions.all()
    told = aggregator.store.stories_of(
        {article for decision in made for article in (*decision.articles, *decision.others)}
    )
    titles = {article.id: article.title for story in told for article in story.articles}
    return [
        Listed(
            decision=decision,
            articles=tuple(titles[article] for article in decision.articles if article in titles),
            others=tuple(titles[article] for article in decision.others if article in titles),
        )
        for decision in reversed(made)
    ]


def decision_record(decision: Decision) -> dict[str, Any]:
    """Return a decision as the JSON object that ``aggregate decisions --json`` prints."""
    return {
        "number": decision.number,
        "verdict": decision.verdict,
        "articles": list(decision.articles),
        "others": list(decision.others),
        "at": rfc3339(decision.at),
        "undone": decision.undone and rfc3339(decision.undone),
        "settled": decision.settled,
    }


def _carried_out(aggregator: Aggregator, decision: Decision, rule: str | None = None) -> Decided:
    held_by = None
    try:
        with aggregator.exclusive() as pipeline:
            pipeline.settle()
    except StoreLocked as error:
        held_by = str(error)
    stories = aggregator.store.stories_of((*decision.articles, *decision.others))
    return Decided(
        decision=replace(decision, settled=held_by is None),
        stories=tuple(stories),
        held_by=held_by,
        overruled=rule,
    )
