"""A story as one entry of a feed or one piece of a page: the same facts for every format. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.model import Article, Enclosure, Feed, Level, Member, Part, PublishedSource, Story
from aggregator.publish.edition import Edition
from aggregator.publish.excerpt import cut, cut_html, cut_words, plain
from aggregator.publish.link import address, loadable
from aggregator.publish.text import line

EXCERPT = 500
"""Characters of a summary where articles are published in full."""
TITLE = 300
"""Characters of a title: some feeds put a whole post there."""
REPORTS = 50
"""Reports listed a story; more are counted."""
CATEGORIES = 30
"""Categories an entry: the union over a large story's sources has no end."""

_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An article as the coverage of a story names it: clean lines, and a link fit for a click."""

    title: str
    language: str | None
    publisher: str
    link: str | None
    published: datetime
    published_source: PublishedSource
    level: Level | None
    """In which sense it tells the same; None for the article that founded the story."""
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The reports in one language, the earliest first."""

    language: str | None
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """An article again, in another of its languages: clean lines, each of which may be empty."""

    language: str | None
    title: str
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A story that another one follows up, as that one names it."""

    story: str
    title: str
    language: str | None
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A story ready to be told: clean lines, and addresses fit for a click."""

    id: str
    lead: Report
    """The article whose words stand for the story."""
    excerpt: str
    """A line; empty where the text only says its title again."""
    body: str
    """Sanitized HTML: the same at the length that the settings allow; empty where there is none."""
    renderings: tuple[Rendering, ...]
    """The lead in its other languages, where its publisher gives it in several."""
    authors: tuple[str, ...]
    """The lead's; its publisher where it names none."""
    enclosures: tuple[Enclosure, ...]
    """The representative's, whatever language the words are taken from; and so the image."""
    image: str | None
    feed: Feed
    """The lead's."""
    also: tuple[Coverage, ...]
    """The other reports: in the lead's language first, then in the most told."""
    unlisted: int
    """How many more there are than ``also`` lists."""
    earlier: tuple[Earlier, ...] = ()
    """What it follows up, of all that the feed tells or told."""
    categories: tuple[str, ...]
    publishers: tuple[str, ...]
    languages: tuple[str, ...]
    published: datetime
    updated: datetime
    last: datetime
    """When the event was last reported."""

    @property
    def reports(self) -> tuple[Report, ...]:
        """The other reports, without their grouping."""
        return tuple(report for coverage in self.also for report in coverage.reports)


def items(edition: Edition) -> tuple[Item, ...]:
    """Make an edition's stories ready to be told."""
    feeds = {feed.id: feed for feed in edition.feeds}
    length = edition.settings.excerpt
    made = [_item(story, feeds, edition.languages, length) for story in edition.stories]
    told = {story.id: _report(*story.lead(edition.languages)) for story in edition.earlier}
    told |= {item.id: item.lead for item in made}
    return tuple(
        replace(item, earlier=tuple(_earlier(story, told)))
        for story, item in zip(edition.stories, made, strict=True)
    )


def _earlier(story: Story, told: Mapping[str, Report]) -> Iterable[Earlier]:
    for related in story.related:
        lead = told.get(related.story)
        if lead is not None and lead.link is not None:
            yield Earlier(
                story=related.story, title=lead.title, language=lead.language, link=lead.link
            )


def _item(
    story: Story, feeds: Mapping[str, Feed], preferred: Sequence[str], length: int | str
) -> Item:
    member, part = story.lead(preferred)
    article = member.article
    lead = _report(member, part)
    others = _others(story, member)
    listed = _listed(others)
    limit = length if isinstance(length, int) else None
    shortest = EXCERPT if limit is None else limit
    excerpt = _excerpt(part, lead.title, shortest)
    # The text of an article in several languages begins in the first of them.
    html = (article.content or article.summary) if part == article.parts[0] else ""
    return Item(
        id=story.id,
        lead=lead,
        excerpt=excerpt,
        body="" if plain(html) == lead.title else cut_html(html, limit),
        renderings=tuple(_rendering(other, shortest) for other in article.parts if other != part),
        authors=_lines(article.authors) or (lead.publisher,),
        enclosures=tuple(_enclosures(story.lead_article)),
        image=loadable(story.lead_article.image) or loadable(article.image),
        feed=feeds[article.feed],
        also=_by_language(listed, (*preferred, lead.language)),
        unlisted=len(others) - len(listed),
        categories=_categories(story, feeds),
        publishers=_lines(story.publishers),
        languages=story.languages,
        published=story.created,
        updated=story.updated,
        last=story.last,
    )


def _report(member: Member, part: Part) -> Report:
    article = member.article
    publisher = line(article.publisher) or article.feed
    words = line(part.title) or line(article.title) or line(part.lead) or publisher
    return Report(
        title=cut_words(words, TITLE),
        language=part.language,
        publisher=publisher,
        link=address(article.link),
        published=article.published,
        published_source=article.published_source,
        level=member.match.level if member.match else None,
        reasons=_lines(member.match.reasons) if member.match else (),
    )


def _rendering(part: Part, length: int) -> Rendering:
    title = cut_words(line(part.title), TITLE)
    return Rendering(language=part.language, title=title, excerpt=_excerpt(part, title, length))


def _excerpt(part: Part, title: str, length: int) -> str:
    """Quote the beginning of a text, unless it only says its title again."""
    lead = line(part.lead)
    return "" if lead == title else cut(lead, length)


def _others(story: Story, lead: Member) -> list[Report]:
    """Return the other reports, the earliest first; an item that came by two feeds counts once."""
    by_address = {_name(member.article): member for member in reversed(story.members)}
    by_address.pop(_name(lead.article))
    ordered = sorted(by_address.values(), key=lambda m: (m.article.published, m.article.id))
    return [_report(member, member.article.parts[0]) for member in ordered]


def _name(article: Article) -> tuple[str, str]:
    return article.publisher, article.url or article.id


def _listed(reports: Sequence[Report]) -> list[Report]:
    """Keep as many as are shown, so that as many publishers as possible are named."""
    if len(reports) <= REPORTS:
        return list(reports)
    named: set[str] = set()
    firsts: list[Report] = []
    further: list[Report] = []
    for report in reports:
        (further if report.publisher in named else firsts).append(report)
        named.add(report.publisher)
    return sorted((firsts + further)[:REPORTS], key=lambda report: report.published)


def _by_language(
    reports: Iterable[Report], preferred: Sequence[str | None]
) -> tuple[Coverage, ...]:
    """Group reports: the preferred languages first, then their kin, then the most told."""
    groups: dict[str | None, list[Report]] = {}
    for report in reports:
        groups.setdefault(report.language, []).append(report)

    kin = {language.partition("-")[0] for language in preferred if language}

    def rank(language: str | None) -> tuple[int, bool, int, str]:
        place = preferred.index(language) if language in preferred else len(preferred)
        known = language or "~"
        return place, known.partition("-")[0] not in kin, -len(groups[language]), known

    return tuple(
        Coverage(language=language, reports=tuple(groups[language]))
        for language in sorted(groups, key=rank)
    )


def _categories(story: Story, feeds: Mapping[str, Feed]) -> tuple[str, ...]:
    """Return ours, then the sources' own; two spellings of one differ in more than case."""
    ours = (feeds[article.feed].category or "" for article in story.articles)
    theirs = (category for article in story.articles for category in article.categories)
    distinct: dict[str, str] = {}
    for category in _lines((*ours, *theirs)):
        distinct.setdefault(category.casefold(), category)
    return tuple(distinct.values())[:CATEGORIES]


def _enclosures(article: Article) -> Iterable[Enclosure]:
    for enclosure in article.enclosures:
        if (url := loadable(enclosure.url)) is not None:
            well_typed = _MEDIA_TYPE.fullmatch(enclosure.type or "")
            yield replace(
                enclosure,
                url=url,
                type=enclosure.type if well_typed else None,
                length=enclosure.length if (enclosure.length or 0) >= 0 else None,
            )


def _lines(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(line, texts))))
