"""The feeds of a site, found at its address as a person types it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from aggregator.app.asking import Answer, Asker
from aggregator.errors import FetchError
from aggregator.feed_links import MOST, Link, of_the_web
from aggregator.model import Feed, Response
from aggregator.normalize.text import title
from aggregator.parse.encoding import to_utf8
from aggregator.poll import discover, policy

_MOST_GUESSES: Final = 4
"""Links of a page that are tried since they look like a feed's."""
_MOST_TRIES: Final = 10
"""Addresses that are tried though nobody said that they are feeds."""
_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]{1,40})", re.IGNORECASE)
_HEAD: Final = 4096
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*://|https?:|file:", re.IGNORECASE)
"""One that we ask by, or another that is not ours to mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A feed of a site."""

    link: Link
    answer: Answer | None = None
    """What it answered, where it had to be asked already to be found."""


def with_scheme(typed: str) -> str:
    """Return an address as typed, with https where it names no scheme (``feed://`` is none)."""
    typed = of_the_web(typed.strip())
    return typed if _SCHEME.match(typed) else f"https://{typed}"


def find(asker: Asker, address: str, feed_at: Callable[[str], Feed]) -> tuple[Found, ...]:
    """Return the feeds of a site, or the one feed that the address itself is.

    ``feed_at`` makes of an address, as typed or as found, the feed that would be asked for. Those
    that the site names are not asked yet; else places are tried one at a time until one is a feed.
    Raises FetchError, in words, where there is none.
    """
    if known := discover.by_address(address) or _looked_up(asker, address, feed_at):
        return tuple(Found(link=link) for link in known)
    answer = asker.ask(feed_at(address))
    if answer.document is not None:
        return (_found(address, answer),)
    if answer.feed.is_local or not policy.has_document(answer.response):
        raise FetchError(f"{answer.feed.shown_url}: {answer.state.error}")
    links = named(answer.response)
    if any(link.is_stated for link in links):
        return tuple(Found(link=link) for link in links)
    guesses = (link.url for link in links[:_MOST_GUESSES])
    usual = discover.usual(answer.response.final_url)
    tries = list(dict.fromkeys((*guesses, *usual)))[:_MOST_TRIES]
    if found := _tried(asker, tries, feed_at):
        return found
    raise FetchError(
        f"{answer.feed.shown_url}: {answer.state.error}; nor is there a feed where they use to be "
        f"({', '.join(urlsplit(url).path for url in tries)})"
    )


def named(response: Response) -> tuple[Link, ...]:
    """Return the links to feeds of a page that came instead of a feed."""
    stated = response.headers.get("content-type", "")
    if "charset" not in stated.lower() and (found := _CHARSET.search(response.body, 0, _HEAD)):
        stated = f"text/html; charset={found[1].decode()}"
    page = to_utf8(response.body, stated).data.decode("utf-8", "replace")
    return discover.on_page(page, response.final_url)


def _looked_up(asker: Asker, address: str, feed_at: Callable[[str], Feed]) -> tuple[Link, ...]:
    directory = discover.lookup(address)
    if directory is None:
        return ()
    return discover.looked_up(asker.ask(feed_at(directory)).response.body)


def _tried(asker: Asker, urls: Sequence[str], feed_at: Callable[[str], Feed]) -> tuple[Found, ...]:
    """Return the first that is a feed; else the links to feeds of pages that came instead.

    Many a site has a page of its feeds. A host that has had enough of us is asked no more.
    """
    links: dict[str, Link] = {}
    for url in urls:
        answer = asker.ask(feed_at(url), found=True)
        if answer.document is not None:
            return (_found(url, answer),)
        if answer.response.status == HTTPStatus.TOO_MANY_REQUESTS or answer.response.spared:
            break
        if policy.has_document(answer.response):
            links |= {link.url: link for link in named(answer.response)}
    return tuple(Found(link=link) for url, link in links.items() if url not in urls)[:MOST]


def _found(url: str, answer: Answer) -> Found:
    name = answer.document and answer.document.title
    return Found(link=Link(url=url, title=title(name, html=False) if name else None), answer=answer)
