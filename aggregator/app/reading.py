"""A story as a page shows it: clean lines, links fit for a click, every article with its reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.model import Article, Feed, Level, Member, Part, PublishedSource, Story
from aggregator.phrase import Phrase
from aggregator.publish.excerpt import cut
from aggregator.publish.link import address
from aggregator.publish.text import line

_TITLE = 300
_EXCERPT = 320
"""Characters: whoever wants more is sent to the publisher."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """An article's words in one language; each line may be empty."""

    language: str | None
    title: str
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An article in the coverage of a story."""

    id: str
    title: str
    language: str | None
    excerpt: str
    renderings: tuple[Rendering, ...]
    """The same in its other languages, where its publisher gives it in several."""
    publisher: str
    feed: str
    """Its name."""
    link: str | None
    published: datetime
    published_source: PublishedSource
    level: Level | None
    """In which sense it tells the same; None for the article that founded the story."""
    reasons: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A story, told in the language that suits the reader best."""

    id: str
    lead: Report
    reports: tuple[Report, ...]
    """All, the lead among them, the earliest first."""
    publishers: tuple[str, ...]
    categories: tuple[str, ...]
    created: datetime
    updated: datetime

    @property
    def is_shared(self) -> bool:
        """Whether several publishers tell it."""
        return len(self.publishers) > 1

    @property
    def languages(self) -> tuple[str | None, ...]:
        """Those told in: the lead's first, then the most told."""
        counts: dict[str | None, int] = {}
        for report in self.reports:
            counts[report.language] = counts.get(report.language, 0) + 1
        lead = self.lead.language
        return tuple(sorted(counts, key=lambda tag: (tag != lead, -counts[tag], tag or "~")))

    def by_language(self) -> tuple[tuple[str | None, tuple[Report, ...]], ...]:
        """Return the reports in each of its languages."""
        return tuple(
            (language, tuple(report for report in self.reports if report.language == language))
            for language in self.languages
        )

    @property
    def first(self) -> datetime:
        """When it was first reported."""
        return self.reports[0].published

    @property
    def last(self) -> datetime:
        """When it was last reported."""
        return self.reports[-1].published


def read(story: Story, feeds: Mapping[str, Feed], preferred: Sequence[str] = ()) -> Reading:
    """Make a story ready for a page; ``preferred`` are the reader's languages, best first."""
    member, part = story.lead(preferred)
    lead = _report(member, part, feeds)
    others = [_report(m, m.article.parts[0], feeds) for m in story.members if m is not member]
    named = (feeds[article.feed].category or "" for article in story.articles)
    return Reading(
        id=story.id,
        lead=lead,
        reports=tuple(sorted([lead, *others], key=lambda report: (report.published, report.id))),
        publishers=_lines(story.publishers),
        categories=_lines(named),
        created=story.created,
        updated=story.updated,
    )


def _report(member: Member, part: Part, feeds: Mapping[str, Feed]) -> Report:
    article, match = member.article, member.match
    publisher = line(article.publisher) or article.feed
    title = _title(article, part) or publisher
    return Report(
        id=article.id,
        title=title,
        language=part.language,
        excerpt=_quoted(part, title),
        renderings=tuple(
            Rendering(
                language=other.language,
                title=(words := cut(line(other.title), _TITLE)),
                excerpt=_quoted(other, words),
            )
            for other in article.parts
            if other is not part
        ),
        publisher=publisher,
        feed=line(feeds[article.feed].name),
        link=address(article.link),
        published=article.published,
        published_source=article.published_source,
        level=match.level if match else None,
        reasons=tuple(Phrase.of(r).mapped(line) for r in match.reasons) if match else (),
    )


def _title(article: Article, part: Part) -> str:
    return cut(line(part.title) or line(article.title) or line(part.lead), _TITLE)


def _quoted(part: Part, title: str) -> str:
    """Quote the beginning of a text, unless it only says its title again."""
    lead = line(part.lead)
    return "" if lead == title else cut(lead, _EXCERPT)


def _lines(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(line, texts))))
