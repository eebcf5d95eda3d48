"""Articles about one event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aggregator.model.article import Article, Part
from aggregator.model.match import Match
from aggregator.negotiation import negotiate


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article's place in a story."""

    article: Article
    match: Match | None
    """What brought it in; None for the article that founded the story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """An earlier story that a story follows up, without being the same event."""

    story: str
    """Its id."""
    match: Match
    """Of an article here (``a``) with one there (``b``): what speaks for a relation, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A set of articles about one event."""

    id: str
    """``urn:uuid:…``, drawn once and kept for life."""
    members: tuple[Member, ...]
    """In the order in which they came in; never empty."""
    representative: str
    """The id of the article whose words stand for the story."""
    created: datetime
    """When the story came to be here: what feed readers are told as ``published``."""
    updated: datetime
    """When what readers see of it last changed."""
    fingerprint: str
    """Of what readers see of it: ``updated`` moves only when this does."""
    related: tuple[Related, ...] = ()
    """Earlier stories that this one follows up, the surest first."""

    @property
    def articles(self) -> tuple[Article, ...]:
        """Its members' articles."""
        return tuple(member.article for member in self.members)

    @property
    def lead_article(self) -> Article:
        """The representative itself."""
        return next(a for a in self.articles if a.id == self.representative)

    @property
    def first(self) -> datetime:
        """When the event was first reported."""
        return min(article.published for article in self.articles)

    @property
    def last(self) -> datetime:
        """When it was last reported."""
        return max(article.published for article in self.articles)

    @property
    def publishers(self) -> tuple[str, ...]:
        """The distinct publishers, in order of arrival."""
        return tuple(dict.fromkeys(article.publisher for article in self.articles))

    @property
    def languages(self) -> tuple[str, ...]:
        """The distinct languages told, in order of arrival."""
        return tuple(
            dict.fromkeys(
                part.language
                for article in self.articles
                for part in article.parts
                if part.language is not None
            )
        )

    @property
    def titles(self) -> dict[str, str]:
        """Its title by language: the representative's own, else the fullest article's.

        Of articles about as full the earliest gives it. A part without a headline, or in a
        language that nobody could tell, gives none.
        """
        return {language: part.title for language, (_, part) in self._told().items()}

    def title(self, languages: Sequence[str] = ()) -> str:
        """Return the title that serves a reader of these languages (BCP 47, best first) best.

        The representative's where there is none in any of them; empty where that has none either.
        """
        titles = self.titles
        language = negotiate(languages, titles)
        return self.lead_article.title if language is None else titles[language]

    def lead(self, languages: Sequence[str] = ()) -> tuple[Member, Part]:
        """Return the member whose words serve a reader of these languages best, and the words.

        Those of ``title``, so that a story is told alike wherever it is told.
        """
        told = self._told()
        language = negotiate(languages, told)
        if language is not None:
            return told[language]
        member = next(m for m in self.members if m.article.id == self.representative)
        return member, member.article.parts[0]

    def _told(self) -> dict[str, tuple[Member, Part]]:
        """Return who tells it best in each of its languages."""
        ranked = sorted(
            self.members,
            key=lambda m: (
                m.article.id != self.representative,
                -m.article.length.bit_length(),
                m.article.published,
                m.article.id,
            ),
        )
        found: dict[str, tuple[Member, Part]] = {}
        for member in ranked:
            for part in member.article.parts:
                if part.language is not None and part.title:
                    found.setdefault(part.language, (member, part))
        return found


class Criterion(StrEnum):
    """What makes an article stand for its story rather than another."""

    LANGUAGES = "languages"
    """It is in the language that the reader prefers."""
    FULLEST = "fullest"
    """Its text is the fullest; texts within a factor of two count as equal."""
    PRIORITY = "priority"
    """Its feed has the highest priority."""
    EARLIEST = "earliest"
    """It was published first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A story that turned out to be part of another: its id never returns."""

    story: str
    survivor: str
    at: datetime
