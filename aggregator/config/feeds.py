"""The subscriptions of feeds.yaml → Feed."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from posixpath import normpath
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from aggregator.config import access
from aggregator.config.document import Key
from aggregator.config.report import Report
from aggregator.config.secrets import Secrets
from aggregator.config.sections import (
    Defaults,
    File,
    Network,
    Subscription,
    TitleMute,
    split,
)
from aggregator.host import ascii_host
from aggregator.model import Access, Feed, Moves, Mute


@dataclass(frozen=True, slots=True)
class _Address:
    url: str
    shown: str
    host: str
    """Or a file's name without its ending."""
    warning: str | None = None


def subscribed(file: File, directory: Path, secrets: Secrets, report: Report) -> Iterator[Feed]:
    """Yield the feeds, no two of one address or id; report what is wrong with the others."""
    owners: dict[tuple[str, str], int] = {}
    for number, given in enumerate(file.feeds):
        key: Key = ("feeds", number)
        try:
            address = _address(given.url, directory, secrets)
        except ValueError as error:
            report.add((*key, "url"), str(error))
            continue
        if address.warning:
            report.warn((*key, "url"), address.warning)
        reach = _access(
            given,
            key,
            network=file.network,
            directory=directory,
            secrets=secrets,
            report=report,
        )
        feed = _feed(given, address, reach, file.defaults, (*file.mutes, *given.mutes))
        for what, value in (("url", comparable(feed.url)), ("id", feed.id.lower())):
            owner = owners.setdefault((what, value), number)
            if owner != number:
                line = report.line(("feeds", owner, what))
                report.add((*key, what), f"the feed of line {line} has the same {what}; drop one")
                break
        else:
            yield feed


def comparable(url: str) -> str:
    """Return what two spellings of one feed address share (RFC 3986 section 6.2)."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return f"file:{normpath(url.partition(':')[2])}"
    default_port = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    netloc = parts.netloc.lower().removesuffix(default_port).rstrip(".")
    with suppress(ValueError):
        netloc = ascii_host(netloc)
    path = quote(unquote(normpath(parts.path or "/")), safe="/")
    slash = "/" if parts.path.endswith("/") and path != "/" else ""
    return urlunsplit((parts.scheme, netloc, path + slash, parts.query, ""))


def _address(written_url: str, directory: Path, secrets: Secrets) -> _Address:
    """Make out a feed's address; raise ValueError, with what to do, where it is none."""
    written = split(written_url)
    if written is not None and written.scheme == "file":
        path = written_url.partition(":")[2]
        if not path or path.startswith("//"):
            raise ValueError("write file: and a path, such as file:feeds/example.xml")
        return _Address(f"file:{directory / path}", written_url, Path(path).stem)
    if written is None or written.scheme not in ("http", "https"):
        raise ValueError("write an address that starts with http://, https:// or file:")
    parts = split(secrets.fill_url(written_url))
    if parts is None or not parts.hostname or not written.hostname:
        raise ValueError("this address names no host, or a port that cannot be")
    if parts.password:
        secrets.remember(parts.password)
    in_clear = access.has_clear_password(written_url, secrets)
    return _Address(
        parts.geturl(),
        _without_userinfo(written),
        written.hostname,
        access.IN_CLEAR if in_clear else None,
    )


def _access(
    given: Subscription,
    key: Key,
    *,
    network: Network,
    directory: Path,
    secrets: Secrets,
    report: Report,
) -> Access:
    """Make out how a feed's server is reached; report what is wrong with that, or unwise."""
    if given.url.startswith("file:"):
        for name in sorted(given.model_fields_set & {"auth", "headers", "proxy", "tls"}):
            report.add((*key, name), "a file is read and no server asked; drop it")
        return Access()
    headers: tuple[tuple[str, str], ...] = ()
    proxy = None
    try:
        headers = access.headers(given, secrets)
    except ValueError as error:
        report.add((*key, "headers"), str(error))
    try:
        if given.auth is not None:
            headers += (("Authorization", access.authorization(given.auth, secrets)),)
    except ValueError as error:
        report.add((*key, "auth"), str(error))
    try:
        written = given.proxy or network.proxy
        if written is not None and written != "direct":
            proxy = access.proxy(written, secrets)
    except ValueError as error:
        report.add((*key, "proxy") if given.proxy else ("network", "proxy"), str(error))
    named = [name.lower() for name, _ in headers]
    in_url = bool((parts := split(given.url)) and "@" in parts.netloc)
    if named.count("authorization") + in_url > 1:
        report.add(key, "credentials stand here twice (url, auth, headers); keep one")
    for name, words in access.unwise(given, secrets):
        report.warn((*key, name), words)
    ca = given.tls.ca
    return Access(
        headers=headers,
        proxy=proxy,
        verify=given.tls.verify,
        authorities=None if ca is None else str(directory / ca),
    )


def _intervals(given: Subscription, defaults: Defaults) -> tuple[timedelta, timedelta]:
    """Return the shortest and the longest; what a feed says of one stretches the other."""
    if given.interval is not None:
        return given.interval, given.interval
    shortest, longest = given.min_interval, given.max_interval
    if shortest is None:
        shortest = min(defaults.min_interval, longest or defaults.max_interval)
    return shortest, longest or max(defaults.max_interval, shortest)


def _feed(
    given: Subscription,
    address: _Address,
    reach: Access,
    defaults: Defaults,
    mutes: Iterable[str | TitleMute],
) -> Feed:
    shortest, longest = _intervals(given, defaults)
    return Feed(
        id=given.id or _default_id(address.host, comparable(given.url)),
        url=address.url,
        shown_url=address.shown,
        name=given.name or address.host,
        category=given.category,
        language=given.language,
        priority=given.priority,
        publisher=given.publisher,
        private=given.private,
        dedup=given.dedup == "on",
        mutes=tuple(dict.fromkeys(_mute(words) for words in mutes)),
        min_interval=shortest,
        max_interval=longest,
        timeout=given.timeout or defaults.timeout,
        access=reach,
        moves=Moves(sightings=defaults.move_sightings, span=defaults.move_span),
    )


def _mute(given: str | TitleMute) -> Mute:
    if isinstance(given, TitleMute):
        return Mute(words=given.title, title_only=True)
    return Mute(words=given)


def _default_id(host: str, url: str) -> str:
    """Name a feed that has no id: readable, unique, and silent about what may be secret."""
    readable = re.sub(r"[^A-Za-z0-9.]+", "-", host.removeprefix("www.")).strip("-.") or "feed"
    return f"{readable[:60]}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"


def _without_userinfo(parts: SplitResult) -> str:
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
