"""Entries into articles: everything that is read off one feed document."""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from html import unescape
from typing import Final
from urllib.parse import urlsplit

from aggregator.model import Article, Content, Enclosure, Entry, Feed, ParsedFeed
from aggregator.normalize import date, identity, text
from aggregator.normalize.language import tag
from aggregator.normalize.parts import split
from aggregator.normalize.place import dated_by_place
from aggregator.normalize.url import canonical, is_home, registrable_domain, resolve

_LOG: Final = logging.getLogger(__name__)

_LONGEST_NAME: Final = 200
_LONGEST_GUID: Final = 1000
_MOST: Final = 100
"""Authors, categories and enclosures of one item that are kept."""
_ECHO: Final = 40
"""Characters by which a paragraph that repeats the title may be longer, a publisher's name say."""
_OPENING: Final = 80
"""Characters of a summary that show it to be the beginning of the content."""
_PICTURE: Final = re.compile(
    r'<img(?![^<>]* (?:height|width)="\d{1,2}(?:px)?")[^<>]* src="([^"]*)"'
)
"""In sanitized markup, and no icon: those are less than a hundred pixels wide or high."""


def normalize(
    feed: Feed,
    document: ParsedFeed,
    *,
    response_url: str,
    now: datetime,
    is_first: bool = False,
    is_whole: bool = True,
) -> tuple[Article, ...]:
    """Return a draft article for each entry of a document, in its order; empty entries are dropped.

    A draft has its keys and the id that it gets if none of them is known (``identify`` tells). An
    address that names no article (the front page, a page that several items link to) stays its
    link and is not its ``url``, since equal urls are taken for one item elsewhere.
    ``response_url`` is where the document came from, the last base for relative links;
    ``is_first`` says that nothing of this feed is known, so that undated items are old;
    ``is_whole``, that the document is not only what is new in the feed. Never
    raises for what a feed says: an entry that cannot be normalized costs that entry, and is logged.
    """
    context = _Document(feed, document, response_url, now)
    drafts: list[Article] = []
    clues: list[identity.Clues] = []
    for position, entry in enumerate(document.entries):
        try:
            made = context.article(entry)
        except Exception:  # noqa: BLE001  whatever one entry holds, the others go on
            _LOG.exception("%s: entry %d cannot be normalized and is left out", feed.id, position)
            continue
        if made is not None:
            drafts.append(made[0])
            clues.append(made[1])
    afresh = is_whole and len(document.entries) == len(document.digests)
    named = tuple(
        replace(
            draft,
            id=identity.article_id(feed.id, keys[0]),
            keys=keys,
            url=draft.url if identity.has_address(keys) else None,
        )
        for draft, keys in zip(drafts, identity.keys(clues, afresh=afresh), strict=True)
    )
    return dated_by_place(named) if is_first else named


class _Document:
    """Where entries stand: what the feed and the document say for all of them."""

    def __init__(self, feed: Feed, document: ParsedFeed, response_url: str, now: datetime) -> None:
        self.feed = feed
        self.document = document
        self.now = now
        # A query may hold a secret, and no relative link needs it.
        retrieved = resolve(None, response_url.partition("?")[0])
        self.base = resolve(retrieved, document.base or document.link or "") or retrieved
        self.ahead = date.clock(document.entries, feed.language or document.language, now)
        self.page = canonical(resolve(self.base, document.link or "") or "")

    def article(self, entry: Entry) -> tuple[Article, identity.Clues] | None:
        """Return the draft of an entry and what it is recognised by; None of an empty one."""
        content = _fullest(entry.content)
        summary_html, content_html = self._html(entry.summary), self._html(content)
        link = self._link(entry)
        enclosures = tuple(self._enclosures(entry.enclosures))
        headline = _headline(entry.title, entry.source_title)
        blocks = _blocks(summary_html, content_html)
        title = headline or text.made_title(blocks)
        if not (title or summary_html or content_html or link or enclosures):
            return None
        url = self._address(link)
        body = _without_echo(blocks, headline)
        parts = split(body, title, self._hint(entry, content))
        published, source = date.published(entry, self.now, self.ahead)
        guid = text.line(entry.guid or "")
        article = Article(
            id="",
            feed=self.feed.id,
            guid=guid[:_LONGEST_GUID] or None,
            url=url,
            link=link,
            title=title,
            language=parts[0].language,
            parts=parts,
            summary=summary_html,
            content=content_html,
            length=sum(map(len, blocks)),
            authors=_names(entry.authors),
            categories=_names(entry.categories),
            enclosures=enclosures,
            image=self._image(entry, content_html or summary_html),
            publisher=self._publisher(entry, link),
            published=published,
            published_source=source,
            updated=date.updated(entry, self.now, self.ahead),
            first_seen=self.now,
            content_hash=_content_hash(title, blocks, url, enclosures),
        )
        files = " ".join(enclosure.url for enclosure in enclosures)
        return article, identity.Clues(
            guid=guid or None,
            url=url,
            title=title,
            text=" ".join(body) or files or article.image or "",
            date=_stated(entry),
        )

    def _html(self, content: Content | None) -> str:
        """Return a text of an entry as safe markup."""
        if content is None:
            return ""
        if not content.html:
            return text.paragraphs(content.value)
        base = resolve(self.base, content.base) if content.base else None
        return text.sanitize(content.value, base or self.base)

    def _link(self, entry: Entry) -> str | None:
        """Return what a reader is sent to: the link, else a guid that says it is one."""
        link = resolve(self.base, entry.link) if entry.link and entry.link.strip() else None
        if link is None and entry.guid and entry.guid_is_link:
            link = resolve(None, entry.guid)
        return link

    def _address(self, link: str | None) -> str | None:
        """Return the canonical address of a page that can be an article's."""
        url = canonical(link) if link else None
        return None if url is None or is_home(url) or url == self.page else url

    def _enclosures(self, enclosures: Sequence[Enclosure]) -> Iterator[Enclosure]:
        """Yield the enclosures with a usable address, each once."""
        seen: set[str] = set()
        for enclosure in enclosures[:_MOST]:
            url = resolve(self.base, enclosure.url)
            if url is not None and url not in seen:
                seen.add(url)
                kind = text.line(enclosure.type or "").lower()[:_LONGEST_NAME] or None
                length = enclosure.length if (enclosure.length or 0) > 0 else None
                yield Enclosure(url=url, type=kind, length=length)

    def _image(self, entry: Entry, html: str) -> str | None:
        """Return the picture that the entry names, else the first in its text that is no icon."""
        if entry.image and (image := resolve(self.base, entry.image)):
            return image
        picture = _PICTURE.search(html)
        return unescape(picture[1]) if picture else None

    def _publisher(self, entry: Entry, link: str | None) -> str:
        """Return the feed's publisher, else the item's source, its link's domain, the feed."""
        source = text.title(entry.source_title or "", html=True)
        domain = registrable_domain(link) if link else None
        return self.feed.publisher or source or domain or self.feed.name

    def _hint(self, entry: Entry, content: Content | None) -> str | None:
        """Return the language to assume: the entry's own, the user's word, the document's."""
        overall = self.document.language
        for said in (entry.title, content, entry.summary):
            if said is not None and said.language != overall and tag(said.language):
                return said.language
        return self.feed.language or overall


def _fullest(contents: Sequence[Content]) -> Content | None:
    """Return the content to show: markup before plain text, then the longest."""
    return max(contents, key=lambda content: (content.html, len(content.value)), default=None)


def _headline(title: Content | None, source: str | None) -> str:
    """Return the entry's own title, "" where it has none.

    News searches put the source behind it, which they name by itself too.
    """
    said = "" if title is None else text.title(title.value, html=title.html)
    source = text.title(source or "", html=True)
    return said.removesuffix(f" - {source}") if source else said


def _blocks(summary: str, content: str) -> tuple[str, ...]:
    """Return the paragraphs of summary and content, once where one begins the other."""
    first, second = text.blocks(summary), text.blocks(content)
    opening = " ".join(first)[:_OPENING].rstrip("….[] ")
    if opening and " ".join(second).startswith(opening):
        return second
    return first + second


def _without_echo(blocks: Sequence[str], headline: str) -> list[str]:
    """Return the paragraphs but those that only repeat the headline."""
    if not headline:
        return list(blocks)
    return [
        block
        for block in blocks
        if not (block.startswith(headline) and len(block) - len(headline) <= _ECHO)
    ]


def _names(names: Sequence[str]) -> tuple[str, ...]:
    """Return names of people or subjects as plain text, each once."""
    plain = (text.cut(text.title(name, html=True), _LONGEST_NAME) for name in names[:_MOST])
    return tuple(dict.fromkeys(name for name in plain if name))


def _stated(entry: Entry) -> str:
    """Return the date that an entry gives, believed or not, in one spelling for all formats."""
    for written in (entry.published, entry.updated):
        if written and (moment := date.parse(written)):
            return moment.isoformat()
    return ""


def _content_hash(
    title: str, blocks: Sequence[str], url: str | None, enclosures: Sequence[Enclosure]
) -> str:
    """Return a digest of what a reader would call the article.

    Its words, where it leads and what comes with it. Not its dates, its markup, nor the query of
    its address: what changes at each poll is seldom the article. Not its authors and categories
    either, which a feed's Atom half gives and its RSS half leaves out.
    """
    places = [_place(address) for address in (url, *(item.url for item in enclosures))]
    return sha256("\0".join((title, *blocks, "", *places)).encode()).hexdigest()


def _place(address: str | None) -> str:
    """Return host and path."""
    parts = urlsplit(address or "")
    return f"{parts.netloc}{parts.path}"
