"""The text of feeds.yaml → Config. Pure: the text, its place and the environment are handed in.

Every problem is reported at once, each as ``file:line: key: what is wrong and what to do``.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from posixpath import normpath
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from pydantic import ValidationError

from aggregator.config import access, receivers
from aggregator.config.document import Key, read
from aggregator.config.report import Report, in_words
from aggregator.config.secrets import Secrets
from aggregator.config.sections import (
    Defaults,
    EncoderChoice,
    File,
    Limits,
    MergeRule,
    Network,
    NotifyRule,
    Onnx,
    Publish,
    Retention,
    Selection,
    Serve,
    Subscription,
    TitleMute,
    split,
)
from aggregator.host import ascii_host
from aggregator.model import Access, Criterion, Feed, Moves, Mute, Receiver, Rule

_SHORTEST_TOKEN = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A configuration that can be used: paths absolute, secrets filled in, defaults applied."""

    store: str = field(repr=False)
    """An SQLAlchemy database url."""
    network: Network
    limits: Limits
    host_delay: timedelta
    encoder: EncoderChoice
    """The folder of a model is absolute."""
    publish: Publish
    directory: Path
    """Where the published files go; absolute."""
    serve: Serve
    """With the token itself, where the environment holds it."""
    callbacks: str | None
    """What the address of each of our WebSub callbacks begins with; None: no hub is asked."""
    feeds: tuple[Feed, ...]
    retention: Retention
    languages: tuple[str, ...] = ()
    """The reader's, best first (BCP 47)."""
    representative: tuple[Criterion, ...] = tuple(Criterion)
    rules: tuple[Rule, ...] = ()
    notify: tuple[NotifyRule, ...] = ()
    """The path of a command is absolute, if it is a path."""
    receivers: Mapping[str, Receiver] = field(default_factory=dict)
    """Where the webhooks of these rules go, by the rule's id."""
    variables: frozenset[str] = frozenset()
    """Of the environment, those that are named in it."""
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    """Values that must never be shown."""
    warnings: tuple[str, ...] = ()

    @property
    def alone(self) -> frozenset[str]:
        """The feeds whose items are each a story of their own."""
        return frozenset(feed.id for feed in self.feeds if not feed.dedup)

    def redact(self, text: str) -> str:
        """Blot out every secret in a text."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text


def load(
    text: str, *, source: str = "feeds.yaml", directory: Path, environment: Mapping[str, str]
) -> Config:
    """Read a configuration.

    ``source`` is the file's name for messages, ``directory`` its absolute folder, against which
    relative paths resolve. Raises ConfigError with every problem found.
    """
    data, lines = read(text, source)
    report = Report(source, lines)
    try:
        file = File.model_validate(data)
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            report.add(problem["loc"], in_words(problem["type"], problem["msg"], problem["loc"]))
        raise report.error() from None
    secrets = Secrets(environment)
    try:
        store = _store_url(secrets.fill(file.store), directory)
    except ValueError as error:
        report.add(("store",), str(error))
    try:
        serve = _serve(file.serve, secrets)
    except ValueError as error:
        report.add(("serve", "token"), str(error))
    if access.has_clear_password(file.network.proxy, secrets):
        report.warn(("network", "proxy"), access.IN_CLEAR)
    feeds = tuple(_feeds(file, directory, secrets, report))
    reached = _receivers(file, secrets, report)
    if not report.problems:
        _check_selections(("publish", "views"), file.publish.views, feeds, report)
        _check_selections(("notify",), file.notify, feeds, report)
        _check_notify(file.notify, report)
        _check_rules(file.rules, feeds, report)
    if report.problems:
        raise report.error()
    return Config(
        store=store,
        network=file.network,
        limits=file.limits,
        host_delay=file.defaults.host_delay,
        encoder=_encoder(file.encoder, directory),
        publish=file.publish,
        directory=directory / file.publish.directory,
        serve=serve,
        callbacks=_callbacks(file),
        feeds=feeds,
        retention=file.retention,
        languages=file.languages,
        representative=file.representative,
        rules=tuple(map(_rule, file.rules)),
        notify=tuple(_notify(rule, directory) for rule in file.notify),
        receivers=reached,
        variables=frozenset(secrets.names),
        secrets=frozenset(secrets.values),
        warnings=tuple(report.warnings),
    )


@dataclass(frozen=True, slots=True)
class _Address:
    url: str
    shown: str
    host: str
    """Or a file's name without its ending."""
    warning: str | None = None


def _feeds(file: File, directory: Path, secrets: Secrets, report: Report) -> Iterator[Feed]:
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


def _check_selections(
    section: Key, selections: Sequence[Selection], feeds: Iterable[Feed], report: Report
) -> None:
    """Complain of feeds that are named in a section's list and that nobody subscribed to."""
    known = {feed.id: feed for feed in feeds}
    for number, selection in enumerate(selections):
        for key in ("feeds", "without"):
            for name in getattr(selection, key):
                place: Key = (*section, number, key)
                if name not in known:
                    report.add(place, _unknown(name, known))
                elif known[name].private:
                    report.warn(place, f"the feed {name} is private: others are told nothing of it")


def _check_notify(rules: Iterable[NotifyRule], report: Report) -> None:
    """Complain of rules of who is told that go by one id."""
    owners: dict[str, int] = {}
    for number, rule in enumerate(rules):
        owner = owners.setdefault(rule.id, number)
        if owner != number:
            line = report.line(("notify", owner, "id"))
            place: Key = ("notify", number, "id")
            report.add(place, f"the rule of line {line} has the same id; rename one")


def _check_rules(rules: Sequence[MergeRule], feeds: Iterable[Feed], report: Report) -> None:
    """Complain of feeds that nobody subscribed to, and of rules that contradict each other."""
    known = {feed.id: feed for feed in feeds}
    said: dict[frozenset[str], tuple[str, int]] = {}
    for number, rule in enumerate(rules):
        place: Key = ("rules", number, "feeds")
        for name in dict.fromkeys(rule.feeds):
            if name not in known:
                report.add(place, _unknown(name, known))
            elif rule.merge == "always" and not known[name].dedup:
                report.add(
                    place, f"{name} has dedup: off, and is never merged; drop one of the two"
                )
        for pair in _rule(rule).pairs:
            merge, other = said.setdefault(pair, (rule.merge, number))
            if merge != rule.merge:
                line = report.line(("rules", other))
                report.add(place, f"the rule of line {line} says {merge} of these; drop one")
                break


def _receivers(file: File, secrets: Secrets, report: Report) -> dict[str, Receiver]:
    """Make out where webhooks go, by their rules' ids; report what is wrong with that."""
    found: dict[str, Receiver] = {}
    proxy = None
    for number, rule in enumerate(file.notify):
        if rule.webhook is None:
            continue
        key: Key = ("network", "proxy")
        try:
            if file.network.proxy is not None:
                proxy = access.proxy(file.network.proxy, secrets)
            key = ("notify", number, "webhook", "url")
            url = receivers.address(rule.webhook.url, secrets)
            if access.has_clear_password(rule.webhook.url, secrets):
                report.warn(key, access.IN_CLEAR)
            key = ("notify", number, "webhook", "secret")
            signing = tuple(receivers.key(name, secrets) for name in rule.webhook.secret)
        except ValueError as error:
            report.add(key, str(error))
        else:
            found[rule.id] = Receiver(url=url, keys=signing, proxy=proxy)
    return found


def _notify(given: NotifyRule, directory: Path) -> NotifyRule:
    """Make the path of a rule's command absolute; a bare name is looked for where commands are."""
    program, *arguments = given.command or ("",)
    if "/" not in program:
        return given
    return given.model_copy(update={"command": (str(directory / program), *arguments)})


def _rule(given: MergeRule) -> Rule:
    return Rule(feeds=given.feeds, always=given.merge == "always")


def _unknown(name: str, known: Iterable[str]) -> str:
    near = "".join(f"; did you mean {n}?" for n in get_close_matches(name, list(known), 1))
    return f"no feed has the id {name}{near}"


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


def _serve(given: Serve, secrets: Secrets) -> Serve:
    """Fill in the owner's token; raise ValueError where it could be guessed.

    A variable that is not set is no error: then nobody is owner.
    """
    if given.token is None or not secrets.has(given.token):
        return given.model_copy(update={"token": None})
    token = secrets.fill(given.token)
    if len(token) < _SHORTEST_TOKEN:
        raise ValueError(f"the token is guessed too easily: take {_SHORTEST_TOKEN} characters")
    return given.model_copy(update={"token": token})


def _without_userinfo(parts: SplitResult) -> str:
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


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


def _callbacks(file: File) -> str | None:
    public = file.websub.callback or file.serve.public_url
    return f"{public.rstrip('/')}/websub/" if public and file.websub.enabled else None


def _encoder(given: EncoderChoice, directory: Path) -> EncoderChoice:
    if isinstance(given, Onnx):
        return given.model_copy(update={"onnx": str(directory / given.onnx)})
    return given


def _store_url(url: str, directory: Path) -> str:
    """Make a database url's relative path absolute; raise ValueError where it is no such url."""
    if "://" not in url:
        raise ValueError("write sqlite:///PATH or postgresql://USER@HOST/DATABASE")
    scheme, _, path = url.partition(":///")
    if scheme != "sqlite" or not path or path.startswith(":memory:"):
        return url
    path, asks, options = path.partition("?")
    return f"sqlite:///{quote(str(directory / unquote(path)))}{asks}{options}"
