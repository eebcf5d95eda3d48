"""The text of feeds.yaml → Config. Pure: the text, its place and the environment are handed in.

Every problem is reported at once, each as ``file:line: key: what is wrong and what to do``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, unquote

from pydantic import ValidationError

from aggregator.config import access, receivers
from aggregator.config.checks import as_rule, check
from aggregator.config.document import Key, read
from aggregator.config.feeds import subscribed
from aggregator.config.report import Report, in_words
from aggregator.config.secrets import Secrets
from aggregator.config.sections import (
    EncoderChoice,
    File,
    Limits,
    Network,
    NotifyRule,
    Onnx,
    Publish,
    Retention,
    Serve,
)
from aggregator.model import Criterion, Feed, Receiver, Rule

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
    feeds = tuple(subscribed(file, directory, secrets, report))
    reached = _receivers(file, secrets, report)
    if not report.problems:
        check(file, feeds, report)
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
        rules=tuple(map(as_rule, file.rules)),
        notify=tuple(_notify(rule, directory) for rule in file.notify),
        receivers=reached,
        variables=frozenset(secrets.names),
        secrets=frozenset(secrets.values),
        warnings=tuple(report.warnings),
    )


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
