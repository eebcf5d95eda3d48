"""What of a story may be shown to others. Pure."""

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote, unquote, urlsplit

from aggregator.model import Article, Feed, Member, Story
from aggregator.publish.link import address

_PLACEHOLDER = re.compile(r"\$\{\w+\}")
_TELLING = 8
"""Characters from which on a user name may be a token; a shorter one is a common word."""


def public(story: Story, feeds: Mapping[str, Feed]) -> Story | None:
    """Return a story as others may see it, or None where nothing of it is for them.

    ``feeds`` are the public ones, by id. A feed that is no longer subscribed to is not among
    them, and rightly: nobody knows any more whether it was private. Where the representative
    is hidden, the best of the others stands in: of the highest priority, then the earliest.
    """
    visible = {
        article.id: _shown(article, feeds[article.feed])
        for article in story.articles
        if article.feed in feeds
    }
    if not visible:
        return None
    representative = story.representative
    if representative not in visible:
        best = min(visible.values(), key=lambda a: (-feeds[a.feed].priority, a.published, a.id))
        representative = best.id
    created = story.created
    if len(visible) < len(story.members):  # it may have begun in private
        created = max(created, min(article.first_seen for article in visible.values()))
    return replace(
        story,
        created=created,
        members=tuple(
            _placed(member, visible) for member in story.members if member.article.id in visible
        ),
        representative=representative,
        related=tuple(related for related in story.related if related.match.a in visible),
    )


def feed_address(feed: Feed) -> str | None:
    """Return where others can subscribe to a feed; None for a local file, or with credentials."""
    return None if _has_credentials(feed) else address(feed.shown_url)


def _has_credentials(feed: Feed) -> bool:
    return not feed.is_local and feed.url != feed.shown_url


def _placed(member: Member, visible: Mapping[str, Article]) -> Member:
    """Drop a reason that speaks of an article that is not shown."""
    match = member.match
    if match is not None and not {match.a, match.b} <= visible.keys():
        match = None
    return Member(article=visible[member.article.id], match=match)


def _shown(article: Article, feed: Feed) -> Article:
    """Drop what holds a credential: paid feeds repeat the reader's token in addresses and texts."""
    if not _has_credentials(feed):
        return article
    secret = _credentials(feed)

    def kept(text: str | None) -> str | None:
        return None if text is None or secret.search(text) else text

    return replace(
        article,
        link=kept(article.link),
        image=kept(article.image),
        enclosures=tuple(e for e in article.enclosures if kept(e.url)),
        summary=kept(article.summary) or "",
        content=kept(article.content) or "",
    )


def _credentials(feed: Feed) -> re.Pattern[str]:
    """Return what finds the secrets of a feed's address, in every spelling a server may echo."""
    parts = urlsplit(feed.url)
    user, password = parts.username or "", parts.password or ""
    found = {password, user if len(user) >= _TELLING or not password else ""}
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    literal = map(re.escape, _PLACEHOLDER.split(feed.shown_url))
    if match := re.fullmatch("(.+)".join(literal), bare):
        found.update(match.groups())
    spellings = {s for f in found if f for s in (f, unquote(f), quote(unquote(f), safe=""))}
    either = "|".join(map(re.escape, sorted(spellings)))
    return re.compile(f"(?<![0-9A-Za-z])(?:{either})(?![0-9A-Za-z])")
