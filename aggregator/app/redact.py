"""Secrets out of texts: a server may echo a reader's own token in what it publishes."""

from collections.abc import Callable
from dataclasses import replace

from aggregator.model import Article, Match, Member, Story
from aggregator.phrase import Phrase


def redacted(story: Story, redact: Callable[[str], str]) -> Story:
    """Return a story whose articles' words went through ``redact``.

    Addresses that hold a secret are left out where they are published (publish.privacy): one with
    a hole in it leads nowhere.
    """
    members = tuple(
        Member(article=_redacted(m.article, redact), match=m.match and _told(m.match, redact))
        for m in story.members
    )
    return replace(story, members=members)


def _told(match: Match, redact: Callable[[str], str]) -> Match:
    """Redact the reasons: a secret that two articles echo is a word that they share."""
    return replace(match, reasons=tuple(Phrase.of(r).mapped(redact) for r in match.reasons))


def _redacted(article: Article, redact: Callable[[str], str]) -> Article:
    return replace(
        article,
        title=redact(article.title),
        parts=tuple(
            replace(part, title=redact(part.title), lead=redact(part.lead))
            for part in article.parts
        ),
        summary=redact(article.summary),
        content=redact(article.content),
        authors=tuple(map(redact, article.authors)),
        categories=tuple(map(redact, article.categories)),
    )
