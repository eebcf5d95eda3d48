"""What may stand in feeds.yaml: the sections, their keys, their defaults."""

import ipaddress
import re
from datetime import timedelta
from typing import Annotated, Any, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import GenerateJsonSchema

from aggregator.host import ascii_host
from aggregator.model import Criterion

_OUR_HEADERS = frozenset(
    (
        *("a-im", "accept-encoding", "connection", "content-length", "expect", "host"),
        *("if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since"),
        *("keep-alive", "proxy-authorization", "proxy-connection", "range", "te", "trailer"),
        *("transfer-encoding", "upgrade", "user-agent"),
    )
)
_PROXIES = ("http", "https", "socks4a", "socks5", "socks5h")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SLUG = r"^[a-z0-9][a-z0-9-]{0,62}$"
_LONGEST_EXCERPT = 100_000
_DURATION = r"^([0-9]+[smhdw])+$"
_SHIFTS = {"KiB": 10, "MiB": 20, "GiB": 30}
_SIZE = r"^([0-9]{1,9})(KiB|MiB|GiB)$"


def duration(text: object) -> timedelta:
    """Read ``30s``, ``15m``, ``1h30m``, ``7d`` or ``2w``; raise ValueError on anything else."""
    if isinstance(text, timedelta):
        return text
    if not isinstance(text, str) or not re.fullmatch(_DURATION, text):
        raise ValueError("write a duration such as 30s, 15m, 1h30m, 7d or 2w")
    seconds = sum(int(n) * _UNITS[unit] for n, unit in re.findall(r"([0-9]+)([smhdw])", text))
    try:
        return timedelta(seconds=seconds)
    except OverflowError:
        raise ValueError("this duration is longer than any calendar") from None


def size(text: object) -> int:
    """Read ``64KiB``, ``32MiB``, ``1GiB`` or bytes; raise ValueError on anything else."""
    if isinstance(text, int) and not isinstance(text, bool) and text > 0:
        return text
    if isinstance(text, str) and (found := re.fullmatch(_SIZE, text)) and int(found[1]):
        return int(found[1]) << _SHIFTS[found[2]]
    raise ValueError("write a size such as 64KiB, 32MiB or 1GiB")


def shown_size(number: int) -> str:
    """Write a number of bytes as ``size`` reads it."""
    for unit, shift in sorted(_SHIFTS.items(), key=lambda each: -each[1]):
        if number % (1 << shift) == 0:
            return f"{number >> shift}{unit}"
    return f"{number} bytes"


def _written(length: timedelta) -> str:
    """Write a duration in its largest whole unit: what ``duration`` reads."""
    seconds = int(length.total_seconds())
    unit = next(unit for unit in "wdhms" if seconds % _UNITS[unit] == 0)
    return f"{seconds // _UNITS[unit]}{unit}"


def _host_and_port(text: str) -> str:
    host, _, port = text.rpartition(":")
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        host = ascii_host(host)
        known = re.fullmatch(r"[a-z0-9._-]+", host) is not None
    else:
        known = address.version == 4 or host.startswith("[")  # noqa: PLR2004  IP versions
    if not known or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:  # noqa: PLR2004  ports
        raise ValueError('write "host:port", such as "127.0.0.1:8099" or "[::1]:8099"')
    return f"{host.lower()}:{port}"


def _header_name(text: str) -> str:
    if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", text):
        raise ValueError(f"{text!r} is no name of a header field")
    if text.lower() in _OUR_HEADERS:
        raise ValueError(f"{text} is sent by this program itself; drop it")
    return text


def proxy_address(text: str) -> str:
    """Return the url of a proxy, or a variable for all of it; raise ValueError otherwise."""
    if re.fullmatch(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}", text):
        return text
    parts = split(text)
    if parts is None or parts.scheme not in _PROXIES or not parts.hostname:
        raise ValueError(f"write {', '.join(_PROXIES)} and ://HOST:PORT")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("a proxy is named by its host and port alone")
    return text


def _feed_proxy(text: str) -> str:
    return text if text == "direct" else proxy_address(text)


def _web_address(text: str) -> str:
    parts = split(text)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write an address that starts with http:// or https://")
    return text


def _slug(text: object) -> object:
    if not isinstance(text, str) or not re.fullmatch(_SLUG, text):
        raise ValueError("write small letters a-z, digits and “-” only: it becomes an address")
    return text


def _excerpt(length: object) -> object:
    if length == "full" or (type(length) is int and 0 <= length <= _LONGEST_EXCERPT):
        return length
    raise ValueError(f"write a number of characters up to {_LONGEST_EXCERPT}, or full")


def split(url: str) -> SplitResult | None:
    """Split a url; None where it cannot be one."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    return parts


Duration = Annotated[
    timedelta,
    BeforeValidator(duration),
    WithJsonSchema({"type": "string", "pattern": _DURATION, "examples": ["30s", "1h", "7d"]}),
]
Patience = Annotated[Duration, Field(gt=timedelta())]
Size = Annotated[
    int,
    BeforeValidator(size),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "pattern": _SIZE}, {"type": "integer", "minimum": 1}],
            "examples": ["64KiB", "32MiB"],
        }
    ),
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
Slug = Annotated[str, BeforeValidator(_slug), WithJsonSchema({"type": "string", "pattern": _SLUG})]
Excerpt = Annotated[int | Literal["full"], BeforeValidator(_excerpt)]
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
HostPort = Annotated[str, BeforeValidator(_host_and_port)]
WebAddress = Annotated[str, BeforeValidator(_web_address)]
HeaderName = Annotated[str, AfterValidator(_header_name)]
ProxyAddress = Annotated[str, AfterValidator(proxy_address)]
FeedProxy = Annotated[str, AfterValidator(_feed_proxy)]
HostName = Annotated[
    str, StringConstraints(to_lower=True, pattern=r"^([A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])$")
]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Network(_Section):
    """How this program meets the network."""

    allow: Annotated[
        tuple[HostPort, ...],
        Field(
            strict=False,
            description="Exact host:port pairs that may be private or loopback addresses.",
        ),
    ] = ()
    contact: Annotated[
        WebAddress | None,
        Field(description="A page about you, named to every server; else publish.base_url."),
    ] = None
    proxy: Annotated[
        ProxyAddress | None,
        Field(repr=False, description="For all feeds; variables of the environment do not count."),
    ] = None
    connections_per_host: Annotated[
        int, Field(ge=1, le=2, description="Requests at a time to one host.")
    ] = 1
    host_cool_down: Annotated[
        Duration,
        Field(description="The longest that one feed's 429 holds for others of its host; 0s: not."),
    ] = timedelta(days=1)


class Limits(_Section):
    """What one answer may cost us; the longest that a poll may take is the feed's timeout."""

    connect_timeout: Annotated[
        Patience, Field(description="Until a connection stands, TLS and all.")
    ] = timedelta(seconds=10)
    read_timeout: Annotated[Patience, Field(description="Without a byte from the server.")] = (
        timedelta(seconds=20)
    )
    body_size: Annotated[Size, Field(description="Of a feed as it is sent, compressed or not.")] = (
        32 << 20
    )
    decoded_size: Annotated[Size, Field(description="Of a feed, decompressed.")] = 32 << 20
    header_size: Annotated[Size, Field(description="Of all header lines of an answer.")] = 64 << 10
    redirects: Annotated[int, Field(ge=0, le=50, description="Followed for one poll.")] = 10
    parse_time: Annotated[Patience, Field(description="Until a document is read.")] = timedelta(
        seconds=20
    )
    parse_memory: Annotated[
        Size,
        Field(description="Of the process that reads documents; Windows has no such caps."),
    ] = 1 << 30
    arriving_size: Annotated[
        Size,
        Field(description="Of all bodies under way; above it none may outgrow its fair share."),
    ] = 256 << 20


class Defaults(_Section):
    """What holds for every feed that does not say otherwise."""

    min_interval: Annotated[
        Duration, Field(description="A feed is not polled more often than this.")
    ] = timedelta(hours=1)
    max_interval: Annotated[
        Duration, Field(description="A feed is polled at least this often, its server permitting.")
    ] = timedelta(hours=24)
    host_delay: Annotated[
        Duration, Field(description="The pause between two requests to one host.")
    ] = timedelta(seconds=2)
    timeout: Annotated[Patience, Field(description="The longest that one poll may take.")] = (
        timedelta(seconds=30)
    )
    move_sightings: Annotated[
        int, Field(ge=1, description="Polls that meet a permanent redirect before it is believed.")
    ] = 3
    move_span: Annotated[
        Duration, Field(description="The time that they have to span at least.")
    ] = timedelta(hours=24)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_interval > self.max_interval:
            raise ValueError("min_interval is longer than max_interval")
        return self


class View(_Section):
    """A feed of some of the stories; all that is said of it has to hold."""

    name: Annotated[
        Slug, Field(description="Its folder: it is published in views/NAME; never reuse one.")
    ]
    title: Annotated[Text | None, Field(description="What it is called; else its name.")] = None
    category: Annotated[
        Text | None, Field(description="Of a feed, or of an article as its publisher files it.")
    ] = None
    language: Annotated[
        Language | None, Field(description="Stories told in it; zh stands for both scripts.")
    ] = None
    publishers: Annotated[int, Field(ge=1, description="Told by at least so many.")] = 1
    query: Annotated[
        Text | None,
        Field(description='Words that all occur; "in a row", begin*, -without.'),
    ] = None
    feeds: Annotated[
        tuple[Text, ...], Field(strict=False, description="Told by one of these, by id.")
    ] = ()
    without: Annotated[
        tuple[Text, ...], Field(strict=False, description="Told by none of these, by id.")
    ] = ()
    story: Annotated[
        Text | None,
        Field(description="The id of one story: the view has an entry for each of its articles."),
    ] = None
    limit: Annotated[
        int | None, Field(ge=1, le=10000, description="Entries; else publish.limit.")
    ] = None


class Publish(_Section):
    """What is published, and where."""

    directory: Annotated[
        Text, Field(description="Where the files go; relative to the configuration file.")
    ] = "public"
    base_url: Annotated[
        WebAddress | None, Field(description="Where subscribers will find that directory.")
    ] = None
    title: Annotated[Text, Field(description="The merged feed's title.")] = "My merged feed"
    limit: Annotated[int, Field(ge=1, le=10000, description="Stories a feed.")] = 100
    max_age: Annotated[
        Duration,
        Field(description="Stories this much older than the newest are kept but not published."),
    ] = timedelta(days=7)
    settle: Annotated[
        Duration,
        Field(description="Stories wait so long for their coverage to gather before they appear."),
    ] = timedelta()
    excerpt: Annotated[
        Excerpt,
        Field(description="Characters quoted of an article, or full: mind its publisher's rights."),
    ] = 500
    views: Annotated[
        tuple[View, ...], Field(strict=False, description="Further feeds, of some of the stories.")
    ] = ()
    archive: Annotated[
        bool,
        Field(description="Whether stories that leave the feed go into archives (RFC 5005)."),
    ] = True
    robots: Annotated[
        Literal["index", "noindex"],
        Field(description="noindex: search engines are asked to leave the published files alone."),
    ] = "index"
    rights: Annotated[Text | None, Field(description="Whose the feed is, in a sentence.")] = None
    license: Annotated[WebAddress | None, Field(description="The address of its licence.")] = None
    icon: Annotated[WebAddress | None, Field(description="A small square picture of it.")] = None
    logo: Annotated[WebAddress | None, Field(description="A picture of it, twice as wide.")] = None
    ttl: Annotated[
        Duration | None, Field(description="How long readers are asked to wait between two polls.")
    ] = None
    hubs: Annotated[
        tuple[WebAddress, ...],
        Field(strict=False, description="WebSub hubs, told when a feed changes; needs base_url."),
    ] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.hubs and self.base_url is None:
            raise ValueError("hubs need base_url: they are told the feeds' addresses")
        names = [view.name for view in self.views]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two views have the name {twice[0]}; rename one")
        return self


class Serve(_Section):
    """Pages, published files and the API over HTTP: `aggregate serve`."""

    host: Annotated[
        Text, Field(description="The address to listen on; 127.0.0.1 is this machine alone.")
    ] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="The port to listen on.")] = 8080
    public_url: Annotated[
        WebAddress | None,
        Field(description="Where browsers find it, if a proxy stands before it."),
    ] = None
    token: Annotated[
        Text | None,
        Field(
            repr=False,
            pattern=r"^\$\{[A-Za-z_][A-Za-z0-9_]*\}$",
            description="A variable, ${NAME}, with the owner's token; unset, nobody is owner.",
        ),
    ] = None
    allowed_hosts: Annotated[
        tuple[HostName, ...],
        Field(strict=False, description="Names that browsers may call it by, beside those it has."),
    ] = ()


class Retention(_Section):
    """What is kept, and for how long."""

    age: Annotated[
        Duration | None,
        Field(
            ge=timedelta(days=7),
            le=timedelta(days=36500),
            description="Stories that nobody has reported on for so long go, with their articles; "
            "null: never.",
        ),
    ] = timedelta(days=90)
    stories: Annotated[
        int | None,
        Field(ge=1000, description="The most stories that are kept: the oldest of more go."),
    ] = None


class WebSub(_Section):
    """Hubs that bring what is new, through `aggregate serve`, instead of waiting to be polled."""

    enabled: Annotated[
        bool, Field(description="Whether the hubs that feeds name are asked to.")
    ] = True
    callback: Annotated[
        WebAddress | None,
        Field(
            description="Where hubs reach `aggregate serve`; else serve.public_url. Without either "
            "none is asked."
        ),
    ] = None


class Onnx(_Section):
    """A sentence encoder of one's own: an ONNX model of token vectors, and its tokenizer."""

    onnx: Annotated[
        Text,
        Field(description="The folder of model.onnx and tokenizer.json; relative to this file."),
    ]
    prefix: Annotated[
        str, Field(description="What each text begins with: the E5 models want “query: ”.")
    ] = "query: "
    threads: Annotated[int, Field(ge=1, le=256, description="Of the processor.")] = 1


def _encoder(given: object) -> object:
    if isinstance(given, dict | Onnx) or given in ("use", "none"):
        return given
    raise ValueError("write use, none, or onnx: and the folder of a model")


EncoderChoice = Annotated[
    Annotated[Literal["use", "none"], Tag("name")] | Annotated[Onnx, Tag("onnx")],
    Discriminator(lambda given: "name" if isinstance(given, str) else "onnx"),
    BeforeValidator(_encoder),
]


class TitleMute(_Section):
    """Words that mute an article whose title has them."""

    title: Annotated[Text, Field(description="A word or a phrase.")]


MuteChoice = Annotated[
    Annotated[Text, Tag("words")] | Annotated[TitleMute, Tag("title")],
    Discriminator(lambda given: "title" if isinstance(given, dict | TitleMute) else "words"),
]
Mutes = Annotated[
    tuple[MuteChoice, ...],
    Field(
        strict=False,
        description="Words or phrases whose articles are kept, but shown nowhere; title: and the "
        "words, for those that may stand in the text.",
    ),
]


class Basic(_Section):
    """A name and a password (RFC 7617)."""

    user: Annotated[
        str, StringConstraints(pattern="^[^:]+$"), Field(description="Without a colon.")
    ]
    password: Annotated[
        str, Field(repr=False, description="${NAME} keeps it in the environment.")
    ] = ""


class Auth(_Section):
    """What a feed's own server is shown, and no other that it may redirect to."""

    basic: Annotated[Basic | None, Field(description="A name and a password.")] = None
    bearer: Annotated[
        Text | None,
        Field(repr=False, description="A token (RFC 6750); ${NAME} keeps it in the environment."),
    ] = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.basic is None) == (self.bearer is None):
            raise ValueError("write either basic or bearer here")
        return self


class Tls(_Section):
    """An exception to the certificates that the system trusts."""

    ca: Annotated[
        Text | None,
        Field(description="A file of certificates (PEM) trusted instead; relative to this file."),
    ] = None
    verify: Annotated[
        bool, Field(description="false: any certificate will do, so that anybody may answer.")
    ] = True

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.ca and not self.verify:
            raise ValueError("ca means nothing where verify is false; drop one")
        return self


class MergeRule(_Section):
    """What always holds for the items of some feeds, whatever they tell."""

    feeds: Annotated[
        tuple[Identifier, ...],
        Field(
            strict=False,
            min_length=1,
            description="Ids: one feed's items among themselves, or those of every two feeds.",
        ),
    ]
    merge: Annotated[
        Literal["never", "always"],
        Field(description="never: no common story; always: one where address or title are equal."),
    ]


class Subscription(_Section):
    """One feed."""

    url: Annotated[
        Text,
        Field(description="http(s) address, or file: and a path relative to this file."),
    ]
    id: Annotated[
        Identifier | None,
        Field(description="The feed's identity: with it the url may change, its history stays."),
    ] = None
    name: Annotated[Text | None, Field(description="What people are shown.")] = None
    category: Annotated[Text | None, Field(description="A folder of the OPML.")] = None
    language: Annotated[
        Language | None, Field(description="BCP 47; helps with texts too short to tell.")
    ] = None
    priority: Annotated[
        int, Field(description="Of articles otherwise alike, the higher speaks for the story.")
    ] = 0
    publisher: Annotated[
        Text | None, Field(description="Whose articles these are; coverage is counted by it.")
    ] = None
    private: Annotated[
        bool, Field(description="Stored and matched, but never shown in what is published.")
    ] = False
    mutes: Mutes = ()
    dedup: Annotated[
        Literal["on", "off"],
        Field(description="off: each item is a story of its own (podcasts, comics, releases)."),
    ] = "on"
    interval: Annotated[
        Duration | None, Field(description="Polled just so often, whatever it publishes.")
    ] = None
    min_interval: Annotated[
        Duration | None, Field(description="Not polled more often than this.")
    ] = None
    max_interval: Annotated[
        Duration | None, Field(description="Polled at least this often, its server permitting.")
    ] = None
    timeout: Annotated[
        Patience | None, Field(description="The longest that one poll of it may take.")
    ] = None
    headers: Annotated[
        dict[HeaderName, str],
        Field(repr=False, description="Sent to its own server besides ours; ${NAME} is filled in."),
    ] = {}
    auth: Annotated[Auth | None, Field(description="What its server asks of readers.")] = None
    proxy: Annotated[
        FeedProxy | None,
        Field(repr=False, description="Else network.proxy; direct goes round that."),
    ] = None
    tls: Annotated[Tls, Field(description="An exception for its server's certificate.")] = Tls()

    @model_validator(mode="after")
    def _one_interval(self) -> Self:
        shortest, longest = self.min_interval, self.max_interval
        if self.interval is not None and (shortest, longest) != (None, None):
            raise ValueError("interval leaves no room for min_interval and max_interval; drop them")
        if shortest is not None and longest is not None and shortest > longest:
            raise ValueError("min_interval is longer than max_interval")
        return self


class File(_Section):
    """The whole of feeds.yaml."""

    model_config = ConfigDict(
        title="aggregator's feeds.yaml", extra="forbid", strict=True, frozen=True
    )

    version: Annotated[Literal[1], Field(description="Of this format.")]
    store: Annotated[
        Text,
        Field(description="sqlite:///PATH (relative to this file) or postgresql://…"),
    ] = "sqlite:///aggregator.db"
    network: Network = Network()
    limits: Limits = Limits()
    defaults: Defaults = Defaults()
    encoder: Annotated[
        EncoderChoice,
        Field(
            description="What tells that texts of different languages mean alike: use (Google's "
            "Universal Sentence Encoder), none, or onnx: and the folder of a model."
        ),
    ] = "use"
    languages: Annotated[
        tuple[Language, ...],
        Field(strict=False, description="Those that you read (BCP 47), best first."),
    ] = ()
    representative: Annotated[
        tuple[Annotated[Criterion, Field(strict=False)], ...],
        Field(strict=False, description="What makes an article stand for its story, first first."),
    ] = tuple(Criterion)
    rules: Annotated[
        tuple[MergeRule, ...],
        Field(strict=False, description="Which feeds' items never, or always, are one story."),
    ] = ()
    publish: Publish = Publish()
    serve: Serve = Serve()
    websub: WebSub = WebSub()
    retention: Retention = Retention()
    mutes: Mutes = ()
    feeds: Annotated[tuple[Subscription, ...], Field(strict=False)]

    @model_validator(mode="after")
    def _kept_while_published(self) -> Self:
        if self.retention.age is not None and self.retention.age < self.publish.max_age:
            raise ValueError(
                "retention.age is shorter than publish.max_age: stories would go while they are "
                "published; change one"
            )
        return self

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, data: Any) -> Any:
        """Take a section whose lines are all commented out for one that is not there."""
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if value is not None or key == "feeds"}


KEYS = tuple(
    dict.fromkeys(
        name
        for section in (
            *(File, MergeRule, Network, Limits, Defaults, Onnx, Publish, View, Serve, WebSub),
            Retention,
            *(Subscription, TitleMute, Auth, Basic, Tls),
        )
        for name in section.model_fields
    )
)
"""Every key that there is."""


class _Schema(GenerateJsonSchema):
    """Writes default durations as the file does."""

    def encode_default(self, dft: Any) -> Any:
        return _written(dft) if isinstance(dft, timedelta) else super().encode_default(dft)


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of feeds.yaml, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **File.model_json_schema(schema_generator=_Schema),
    }
