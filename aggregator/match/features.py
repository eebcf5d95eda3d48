"""What an article is compared by: a compact document, a passage for each language told in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from sys import intern

from aggregator.match import dates, names, quantities, quarters
from aggregator.match.dates import Mention
from aggregator.match.text import fold, letters, simplify, terms, without_publisher
from aggregator.model import Article, Part

TITLE = 300
"""Characters of a title that are read: what comes later tells nothing about the event."""
LEAD = 600
LEAD_WEIGHT = 0.5
"""What a term of the lead counts beside one of the title."""

NUMBER = "#"
"""What a term begins with that is a number, the same in every language as names' keys are."""

_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_SENTENCE = re.compile(r"(?<=[.!?])\s|(?<=[。！？])")


@dataclass(frozen=True, slots=True)
class Passage:
    """A text in one language, as it is compared. All text is folded (match.text)."""

    language: str
    """The primary subtag: Traditional and Simplified Chinese are one language. May be empty."""
    title: str
    lead: str
    lead_letters: int
    """How long the lead is (match.text)."""
    title_terms: frozenset[str]
    terms: Mapping[str, float]
    """Words, pairs of characters, names and numbers, each with its weight: 1 from the title."""
    encoded: str
    """What an encoder reads: title and lead, Simplified, unfolded. May be empty."""
    headline: str
    """What it reads of the title alone."""
    has_lead: bool
    """Whether there is more than that to read."""
    pattern: str
    """The title with its numbers masked: what the items of a series share."""
    title_numbers: tuple[str, ...]
    """The numbers that are masked there, in order."""
    quarters: frozenset[int]
    """The quarters of a year that title and lead tell."""


@dataclass(frozen=True, slots=True)
class Document:
    """An article, as it is compared."""

    id: str
    published: datetime
    feed: str
    publisher: str
    guid: str | None
    url: str | None
    passages: tuple[Passage, ...]
    """Empty where the article has no words at all."""
    told: frozenset[Mention]
    """Days, as the text tells them."""
    days: frozenset[int]
    """Those of them that lie near the publication, as proleptic ordinals (match.dates)."""
    ordinals: frozenset[int]
    """Places in a series that the titles tell."""
    signature: bytes
    """Of the whole text (match.signature); empty where it is short or not known."""


def prepare(article: Article, signature: bytes = b"") -> Document:
    """Return an article as it is compared. Pure: equal articles give equal documents."""
    told: set[Mention] = set()
    ordinals: set[int] = set()
    passages = []
    for part in article.parts:
        passage, mentions = _passage(part, article)
        if passage.terms or passage.title:
            passages.append(passage)
        told |= mentions
        ordinals |= quantities.ordinals(passage.title)
    return Document(
        id=article.id,
        published=article.published,
        feed=article.feed,
        publisher=fold(article.publisher),
        guid=article.guid,
        url=article.url,
        passages=tuple(passages),
        told=frozenset(told),
        days=dates.near(told, article.published.date()),
        ordinals=frozenset(ordinals),
        signature=signature,
    )


def _passage(part: Part, article: Article) -> tuple[Passage, frozenset[Mention]]:
    """Return a part as it is compared, and the days that it tells."""
    lead = part.lead[:LEAD]
    told = without_publisher(part.title, article.publisher)[:TITLE].strip()
    headline = told or _first_sentence(lead)
    title = " ".join(fold(names.spell_out(headline)).split())
    folded_lead = " ".join(fold(names.spell_out(lead)).split())
    title_days, undated_title = dates.find(title)
    lead_days, undated_lead = dates.find(folded_lead)
    title_terms = _all_terms(undated_title)
    weights = dict.fromkeys(_all_terms(undated_lead), LEAD_WEIGHT)
    weights |= dict.fromkeys(title_terms, 1.0)
    passage = Passage(
        language=(part.language or "").partition("-")[0].lower(),
        title=title,
        lead=folded_lead,
        lead_letters=letters(folded_lead),
        title_terms=title_terms,
        terms=weights,
        pattern=_DIGITS.sub("0", title),
        title_numbers=tuple(_DIGITS.findall(title)),
        encoded=simplify(". ".join(filter(None, (told, lead.strip())))),
        headline=simplify(headline),
        has_lead=bool(lead.strip()),
        quarters=quarters.find(title) | quarters.find(folded_lead),
    )
    return passage, title_days | lead_days


def _all_terms(folded: str) -> frozenset[str]:
    found = (
        *terms(folded),
        *names.find(folded),
        *(NUMBER + number for number in quantities.find(folded)),
    )
    return frozenset(map(intern, found))  # most terms stand in many texts


def _first_sentence(text: str) -> str:
    """Return what stands for the headline of a part that has none."""
    return _SENTENCE.split(text.strip(), maxsplit=1)[0][:TITLE]
