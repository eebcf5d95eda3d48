"""The subscriptions in feeds.yaml: added, removed, taken from other readers and given to them."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from itertools import chain, count
from pathlib import Path, PurePath
from urllib.parse import urlsplit

from aggregator.app.aggregator import Aggregator
from aggregator.app.asking import Answer
from aggregator.config import Config, load
from aggregator.config.edit import Entry, add, remove, scalar
from aggregator.config.feeds import comparable
from aggregator.config_file import change_config, would_be
from aggregator.errors import ConfigError, NotFoundError
from aggregator.feed_links import of_the_web
from aggregator.model import Feed, Response
from aggregator.normalize.text import cut, line, title
from aggregator.parse import opml as list_of_others
from aggregator.parse.opml import Subscription
from aggregator.publish import Edition, opml
from aggregator.publish.privacy import feed_address

_PROBE = "a-feed-that-is-only-asked-for"
_KEYS = ("name", "category", "language", "publisher")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_PERMANENT = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT})
_LONGEST_ID = 60
_SHORTEST_ID = 3
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of a list of subscriptions."""

    config: Config
    added: tuple[Feed, ...]
    known: int
    """Those that were subscribed to already, or stand in the list twice."""
    elsewhere: int
    """Those that are not feeds but other lists, which are not followed."""
    refused: tuple[str, ...]
    """Why others were left out, in words."""
    problems: tuple[str, ...]
    """What was wrong with the list though it could be read."""


def configuration(path: Path) -> Config:
    """Return the configuration; the one to begin with where there is no file. Raise ConfigError.

    Nothing behind ``feeds:`` stands for no feeds, as it will once one is added.
    """
    return would_be(path, lambda text: add(text, [], str(path)))


def trying(path: Path, url: str) -> Config:
    """Return the configuration as it would be with this address as its last feed.

    The address may hold ``${NAME}``. Raises ConfigError, in words, where it is none; what is wrong
    is said of the address then, since no file has it.
    """
    try:
        return would_be(path, lambda text: add(text, [{"url": url, "id": _PROBE}], str(path)))
    except ConfigError as error:
        words = (problem.rpartition("].url: ") for problem in error.problems)
        said = (f"{url}: {what}" if is_of_it else what for _, is_of_it, what in words)
        raise ConfigError(tuple(said)) from error


def feed_at(path: Path, config: Config, url: str) -> Feed:
    """Return the feed at an address: the one subscribed to, or the one that it would be."""
    return known(config, url) or trying(path, url).feeds[-1]


def literal(url: str) -> str:
    """Return an address that others wrote, in which no variable of ours is filled in."""
    return url.replace("${", "$%7B")


def known(config: Config, url: str) -> Feed | None:
    """Return the feed with this address, be it http or https, with ``www.`` or without.

    That of a local file is known in full, and as it is written.
    """
    wanted = _same(url)
    same = (f for f in config.feeds if wanted in {_same(f.url), _same(f.shown_url)})
    return next(same, None)


def named(config: Config, name: str) -> Feed:
    """Return the feed of this id, address or name; raise NotFoundError where it is not just one."""
    found = [feed for feed in config.feeds if name in {feed.id, feed.url, feed.shown_url}]
    found = found or [feed for feed in config.feeds if feed.name.casefold() == name.casefold()]
    if not found and (same := known(config, name)):
        found = [same]
    if len(found) != 1:
        what = (
            f"{len(found)} feeds are called {name!r}: take the id"
            if found
            else (f"no feed has the id, address or name {name!r}")
        )
        raise NotFoundError(f"{what}; aggregate feeds lists them")
    return found[0]


def subscribe(
    path: Path, config: Config, answers: Sequence[tuple[str, Answer]], given: Mapping[str, str]
) -> Config:
    """Write feeds that were asked for, each with its address as typed or found, into the file.

    ``given`` are keys that the user chose. Raises ConfigError, with the file as it was.
    """
    taken = {feed.id.lower() for feed in config.feeds}
    entries = [_entry(url, answer, given, taken) for url, answer in answers]
    return change_config(path, lambda text: add(text, entries, str(path)))


def keep(config: Config, answers: Sequence[Answer]) -> int:
    """Take what new feeds answered for their first poll: nobody asks them twice in a row.

    ``config`` has these feeds as its last, in the same order. Return how many articles came. Raises
    StoreError, and StoreLocked where another run holds the store; that one polls them then.
    """
    feeds = config.feeds[-len(answers) :]
    with Aggregator.open(config) as aggregator, aggregator.exclusive() as pipeline:
        aggregator.store.subscribe(config.feeds, aggregator.clock())
        responses = [_response(feed, answer) for feed, answer in zip(feeds, answers, strict=True)]
        return sum(polled.new for taken in pipeline.take(responses) for polled in taken.polled)


def unsubscribe(path: Path, name: str) -> Feed:
    """Take a feed out of the file, with the remarks about it alone; its articles stay.

    Raises NotFoundError and ConfigError, with the file as it was.
    """
    config = configuration(path)
    feed = named(config, name)
    change_config(path, lambda text: remove(text, config.feeds.index(feed), str(path)))
    return feed


def import_list(path: Path, config: Config, data: bytes) -> Imported:
    """Write the feeds of an OPML document into the file; those that are there already stay.

    Folders within each other become one category, ``News/Asia``. Nothing is fetched. Raises
    ParseError where the document is no OPML, and ConfigError with the file as it was.
    """
    found = list_of_others.read(data)
    seen = {_same(feed.url) for feed in config.feeds}
    taken = {feed.id.lower() for feed in config.feeds}
    entries: list[Entry] = []
    refused: list[str] = []
    for subscription in found.subscriptions:
        url = literal(of_the_web(line(subscription.url)).replace(" ", "%20"))
        if problem := _problem(url):
            refused.append(f"{line(subscription.title or url)}: {problem}")
        elif _same(url) not in seen:
            seen.add(_same(url))
            entries.append(_imported(url, subscription, taken))
    after = change_config(path, lambda text: add(text, entries, str(path)))
    return Imported(
        config=after,
        added=after.feeds[len(config.feeds) :],
        known=len(found.subscriptions) - len(entries) - len(refused),
        elsewhere=found.elsewhere,
        refused=tuple(refused),
        problems=found.problems,
    )


def export(
    config: Config, *, category: str | None = None, private: bool = False
) -> tuple[bytes, int]:
    """Return feeds as OPML 2.0, and how many of them nobody else could subscribe to.

    Those are left out: local files, and addresses that hold a secret. Private feeds are only
    among them if asked for. ``category`` chooses one and those below it; raises NotFoundError
    where there is none such.
    """
    chosen = tuple(
        feed
        for feed in config.feeds
        if (private or not feed.private)
        and (category is None or f"{feed.category}/".startswith(f"{category}/"))
    )
    if category is not None and not chosen:
        raise NotFoundError(f"no feed has the category {category!r}")
    edition = Edition(settings=config.publish, stories=(), feeds=chosen)
    return opml.render(edition), sum(feed_address(feed) is None for feed in chosen)


def _response(feed: Feed, answer: Answer) -> Response:
    """Return what came, as the answer to a poll of the feed as it was written down."""
    response = replace(answer.response, feed=feed.id, url=feed.url)
    return replace(response, hops=()) if response.final_url == feed.url else response


def _entry(url: str, answer: Answer, given: Mapping[str, str], taken: set[str]) -> Entry:
    """Write down a feed: where it says that it lives for good, under the name that it has."""
    response = answer.response
    has_moved = response.hops and all(hop.status in _PERMANENT for hop in response.hops)
    downgrade = url.startswith("https:") and not response.final_url.startswith("https:")
    if has_moved and not downgrade and answer.feed.url == answer.feed.shown_url:
        url = literal(response.final_url)
    said = answer.document.title if answer.document else None
    return _written(url, {"name": said and title(said, html=False), **given}, taken)


def _imported(url: str, subscription: Subscription, taken: set[str]) -> Entry:
    language = (subscription.language or "").replace("_", "-")
    category = "/".join(filter(None, map(line, subscription.folders)))
    return _written(
        url,
        {
            "name": subscription.title,
            "category": category,
            "language": language if _LANGUAGE.fullmatch(language) else None,
        },
        taken,
    )


def _written(url: str, said: Mapping[str, str | None], taken: set[str]) -> Entry:
    """Return the keys of a subscription in their order, with an id that nobody else has."""
    clean = {key: cut(line(value), _LONGEST_NAME) for key, value in said.items() if value}
    name = clean.get("id") or _free_id(clean.get("name", ""), url, taken)
    taken.add(name.lower())
    entry = {"url": url, "id": name, **{key: clean.get(key) for key in _KEYS}}
    return {key: value for key, value in entry.items() if value}


def _free_id(name: str, url: str, taken: Collection[str]) -> str:
    """Draw an id from a name, else from the host or the file, that a person can type."""
    parts = urlsplit(url)
    place = (parts.hostname or PurePath(parts.path).stem).removeprefix("www.")
    readable = _slug(name)
    if len(readable) < _SHORTEST_ID:
        readable = _slug(place) or "feed"
    drawn = (f"{readable}-{number}" for number in count(2))
    return next(one for one in chain([readable], drawn) if one not in taken)


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9.]+", "-", plain)[:_LONGEST_ID].strip("-.")


def _same(url: str) -> str:
    """Return what the addresses of one feed have in common: nobody has two behind ``www.``."""
    return re.sub(r"^https?://(www\.)?", "", comparable(url))


def _problem(url: str) -> str | None:
    """Return why others' address cannot be subscribed to, in words; None where it can."""
    if not re.match("https?://", url, re.IGNORECASE):
        return "only http:// and https:// addresses are imported"
    probe = f"version: 1\nfeeds:\n  - url: {scalar(url)}\n"
    try:
        load(probe, directory=Path(), environment={})
    except ConfigError as error:
        return error.problems[0].rpartition("url: ")[2]
    return None
