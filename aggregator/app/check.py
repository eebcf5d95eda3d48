"""What a poll of a feed would give, for the person who wonders."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from aggregator.app.asking import Answer, Asker
from aggregator.app.finding import named
from aggregator.app.record import rfc3339
from aggregator.feed_links import Link
from aggregator.model import Article, Feed, PublishedSource, Response
from aggregator.normalize import normalize
from aggregator.normalize.text import cleaned, line
from aggregator.parse.labels import labels_of
from aggregator.poll import policy

_SHOWN_ITEMS: Final = 5
_CACHE_FIELDS: Final = (
    "etag",
    "last-modified",
    "cache-control",
    "expires",
    "age",
    "retry-after",
)
_FORMATS: Final = {
    "rss090": "RSS 0.90",
    "rss091": "RSS 0.91",
    "rss092": "RSS 0.92",
    "rss093": "RSS 0.93",
    "rss094": "RSS 0.94",
    "rss10": "RSS 1.0",
    "rss20": "RSS 2.0",
    "rss": "RSS of no version that it names",
    "atom03": "Atom 0.3",
    "atom10": "Atom 1.0",
    "atom": "Atom of no version that it names",
    "json10": "JSON Feed 1.0",
    "json11": "JSON Feed 1.1",
    "json": "JSON Feed of no version that it names",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a feed answered, and what would be made of it."""

    answer: Answer
    articles: tuple[Article, ...] = ()
    """All of the document, normalized."""
    links: tuple[Link, ...] = ()
    """Where a page came instead of a feed: the feeds that it leads to."""

    @property
    def error(self) -> str | None:
        """Why it is no feed, in words; None where it is one."""
        return self.answer.state.error

    @property
    def encoding(self) -> str | None:
        """What the document says that it is in; whether that is true, its problems tell."""
        response = self.answer.response
        return next(iter(labels_of(response.body, response.headers.get("content-type"))), None)

    @property
    def format(self) -> str | None:
        """The format and its version, as people call it."""
        document = self.answer.document
        return _FORMATS.get(document.format, document.format or "unknown") if document else None

    @property
    def newest(self) -> datetime | None:
        """When its newest item was published, by the feed's own dates."""
        stated = (
            a.published for a in self.articles if a.published_source != PublishedSource.FIRST_SEEN
        )
        return max(stated, default=None)

    @property
    def cache(self) -> Mapping[str, str]:
        """The fields of the answer that say what may be kept, and for how long."""
        headers = self.answer.response.headers
        return {name: headers[name] for name in _CACHE_FIELDS if name in headers}

    def lines(self) -> Iterator[str]:
        """Tell it, a line each; what servers wrote may still hold secrets."""
        yield self.answer.feed.shown_url
        for name, value in self._facts():
            yield cleaned(f"  {name:13} {value}")
        if self.links:
            yield "It leads to these feeds:"
            yield from (f"  {link.url}  {link.title or ''}".rstrip() for link in self.links)
        if self.articles:
            yield f"The first {min(_SHOWN_ITEMS, len(self.articles))} of its items:"
        for article in self.articles[:_SHOWN_ITEMS]:
            doubt = (
                "" if article.published_source == PublishedSource.FEED else " (not its own date)"
            )
            yield (
                f"  {article.published:%Y-%m-%d %H:%M}{doubt}  {article.title or '(no title)'}"
                f"  [{' '.join(part.language or '?' for part in article.parts)}]"
            )
            yield f"    {article.url or article.link or 'no link'}"

    def _facts(self) -> Iterator[tuple[str, str]]:
        response, state = self.answer.response, self.answer.state
        for hop in response.hops:
            yield "redirected", f"{hop.status} to {hop.url}"
        if response.status and not self.answer.feed.is_local:
            yield "status", f"{response.status} after {_seconds(response.elapsed)}"
            for phase, spent in response.phases.items():
                yield f"  {phase}", _seconds(spent)
        if policy.has_document(response):
            yield "size", _size(response)
            yield "content-type", response.headers.get("content-type", "not stated")
            yield "encoding", self.encoding or "not stated"
        yield from self.cache.items()
        if policy.has_document(response) and not (self.cache or self.answer.feed.is_local):
            yield "caching", "nothing is said of it: every poll costs the whole feed"
        yield from self._document_facts()
        if self.error:
            yield "failed", self.error
        if state.next_poll and not self.answer.feed.is_local:
            yield "next poll", f"{state.next_poll:%Y-%m-%d %H:%M} UTC: {state.rule}"
        elif state.gone:
            yield "next poll", "never again"

    def _document_facts(self) -> Iterator[tuple[str, str]]:
        document = self.answer.document
        if document is None:
            return
        yield "format", str(self.format)
        yield "title", line(document.title or "none")
        newest = f", the newest of {self.newest:%Y-%m-%d %H:%M} UTC" if self.newest else ""
        yield "items", f"{len(document.entries)}{newest}"
        for hub in document.hubs:
            yield "hub", hub
        for problem in document.problems:
            yield "problem", problem


def check(asker: Asker, feed: Feed) -> Check:
    """Ask for a feed, and return what a poll would make of the answer; nothing is kept."""
    answer = asker.ask(feed)
    response = answer.response
    if answer.document is not None:
        articles = normalize(
            feed, answer.document, response_url=response.final_url, now=response.at
        )
        return Check(answer=answer, articles=articles)
    return Check(answer=answer, links=named(response) if policy.has_document(response) else ())


def check_record(check: Check, redact: Callable[[str], str]) -> dict[str, Any]:
    """Return a check as the JSON object that ``aggregate check --json`` prints."""
    return {key: _redacted(value, redact) for key, value in _record(check).items()}


def _redacted(value: Any, redact: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: _redacted(each, redact) for key, each in value.items()}
    if isinstance(value, list):
        return [_redacted(each, redact) for each in value]
    return redact(value) if isinstance(value, str) else value


def _record(check: Check) -> dict[str, Any]:
    response, document, state = check.answer.response, check.answer.document, check.answer.state
    return {
        "url": check.answer.feed.shown_url,
        "redirects": [{"status": hop.status, "url": hop.url} for hop in response.hops],
        "status": response.status,
        "seconds": response.elapsed.total_seconds(),
        "phases": {name: spent.total_seconds() for name, spent in response.phases.items()},
        "bytes": len(response.body),
        "headers": dict(response.headers),
        "encoding": check.encoding,
        "error": check.error,
        "format": check.format,
        "title": document and document.title,
        "items": document and len(document.entries),
        "newest": check.newest and rfc3339(check.newest),
        "hubs": list(document.hubs) if document else [],
        "problems": list(document.problems) if document else [],
        "next": state.next_poll and rfc3339(state.next_poll),
        "rule": state.rule,
        "links": [{"url": link.url, "title": link.title} for link in check.links],
        "articles": [
            {
                "title": article.title,
                "languages": [part.language for part in article.parts],
                "published": rfc3339(article.published),
                "published_source": article.published_source,
                "url": article.url,
                "link": article.link,
                "publisher": article.publisher,
            }
            for article in check.articles
        ],
    }


def _seconds(time: timedelta) -> str:
    return f"{time.total_seconds():.3f} s"


def _size(response: Response) -> str:
    size = f"{len(response.body) / 1024:.1f} KiB"
    coding = response.headers.get("content-encoding")
    sent = response.headers.get("content-length", "")
    if coding and sent.isdigit():
        return f"{size}, sent as {int(sent) / 1024:.1f} KiB of {coding}"
    return f"{size}, sent as {coding}" if coding else size
