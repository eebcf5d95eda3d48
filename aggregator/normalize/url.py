"""Addresses: made absolute, told safe from unsafe, and brought to one spelling.

The canonical form compares, it is not fetched: ``http`` and ``https``, ``www.`` and the bare
domain, the mobile page and the article are one address in it. The rules that depend on the web's
habits rather than on RFC 3986 stand in ``url.toml``.
"""

import re
import tomllib
from functools import cache, lru_cache
from html import unescape
from importlib.resources import files
from typing import Final, NamedTuple, TypeAlias
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit

from publicsuffixlist import PublicSuffixList

from aggregator.host import ascii_host

LONGEST: Final = 8000
"""Characters. A longer address is none (RFC 9110 section 4.1 asks for 8000 octets)."""

_PASSES: Final = 8
_WEB: Final = frozenset({"http", "https"})
_SAFE: Final = "!$&'()*+,;=:@/%~?[]|{}"
_PLAIN: Final = re.compile(rf"[A-Za-z0-9._~{re.escape(_SAFE)}-]*")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]")
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_INVISIBLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u2060\ufeff\ud800-\udfff]")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SLASHES: Final = re.compile(r"(https?):[/\\]+", re.IGNORECASE)
_HOST: Final = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,252})|\[[0-9a-f:.]+\]")
_MAIL: Final = re.compile(r"mailto:[^\s<>\"'@]+@[^\s<>\"'@]+", re.IGNORECASE)
_SIMPLE_PATH: Final = re.compile(
    r"(?:/(?!default|index)[a-z0-9_%-]*)*(?:\.s?html?)?/?", re.IGNORECASE
)
"""A path that no rule is about, as nearly all are."""
_DIGIT: Final = re.compile(r"\d")
_WORD_END: Final = re.compile(r"[^a-z0-9]")
_RANDOM: Final = re.compile(r"(?=.*\d)[0-9A-Za-z_-]{16,}")

Rewrites: TypeAlias = tuple[tuple[re.Pattern[str], str], ...]


class _Rules(NamedTuple):
    """``url.toml``, compiled."""

    labels: frozenset[str]
    trackers: frozenset[str]
    prefixes: tuple[str, ...]
    doubtful_trackers: frozenset[str]
    tracker_values: frozenset[str]
    doubtful_sessions: frozenset[str]
    variants: dict[str, frozenset[str]]
    paths: Rewrites
    redirectors: dict[str, tuple[str, ...]]
    aliases: dict[str, str]
    keep: dict[str, frozenset[str]]
    hosts: dict[str, frozenset[str]]
    rewrites: dict[str, Rewrites]


@cache
def _rules() -> _Rules:
    """Read the data file once, when the first address comes."""
    data = tomllib.loads(files(__package__).joinpath("url.toml").read_text(encoding="utf-8"))

    def compiled(rules: list[list[str]]) -> Rewrites:
        return tuple((re.compile(pattern), replacement) for pattern, replacement in rules)

    def sets(table: dict[str, list[str]]) -> dict[str, frozenset[str]]:
        return {name: frozenset(values) for name, values in table.items()}

    tracking, sessions = data["tracking"], data["sessions"]
    return _Rules(
        labels=frozenset(data["labels"]),
        trackers=frozenset(tracking["names"]) | frozenset(sessions["names"]),
        prefixes=tuple(tracking["prefixes"]),
        doubtful_trackers=frozenset(tracking["values"]["names"]),
        tracker_values=frozenset(tracking["values"]["values"]),
        doubtful_sessions=frozenset(sessions["doubtful"]),
        variants=sets(data["variants"]),
        paths=compiled(data["paths"]["rewrite"]),
        redirectors={page: tuple(names) for page, names in data["redirectors"].items()},
        aliases=data["aliases"],
        keep=sets(data["keep"]),
        hosts=sets(data["hosts"]),
        rewrites={host: compiled(rules) for host, rules in data["rewrites"].items()},
    )


@cache
def _suffixes() -> PublicSuffixList:
    """Load the list when the first host is asked about."""
    return PublicSuffixList()


# --------------------------------------------------------------------------- resolving


_RESOLVED: Final = re.compile(
    r"https?://(?=[a-z0-9])(?:[a-z0-9-]{1,63}\.){1,3}[a-z0-9-]{1,63}(?::[1-9][0-9]{0,3})?"
    r"/[A-Za-z0-9._~/-]{,2000}(?:\?[A-Za-z0-9._~/=&-]{1,2000})?"
)
"""Addresses that stay as they are, as most do."""


def resolve(base: str | None, link: str, *, mail: bool = False) -> str | None:
    """Return ``link`` as an absolute http(s) URI (RFC 3986 section 5.2), or None.

    Control characters and the white space around it go, as browsers have it (WHATWG URL, basic
    parser, steps 1 to 3); what is not ASCII is percent-encoded, the host by IDNA; credentials are
    dropped. Any other scheme, however disguised, gives None; ``mail`` lets ``mailto:`` through.
    """
    if _RESOLVED.fullmatch(link):
        return link
    return None if len(link) > LONGEST else _resolved(base, link, mail)


@lru_cache(maxsize=256)
def _resolved(base: str | None, link: str, mail: bool) -> str | None:  # noqa: FBT001  a cache's key
    """Resolve an address of reasonable length; remembered, since items repeat their own."""
    link = _visible(link).strip().replace("&amp;", "&").replace("&#38;", "&")
    if link[:4].lower() == "www.":
        link = "https://" + link
    # A link escaped twice is a script to whoever unescapes it once more.
    bare = _visible(unescape(link)).lstrip() if "&" in link else link
    scheme = _SCHEME.match(bare)
    if scheme is not None and scheme[1].lower() not in _WEB:
        return link if mail and _MAIL.fullmatch(link) else None
    if slashes := _SLASHES.match(link):
        link = f"{slashes[1]}://{link[slashes.end() :]}"
    link = link.replace("\\", "/")
    try:
        return _as_uri(urlsplit(link if scheme else urljoin(base or "", link)))
    except ValueError:  # what urllib says of a broken port, IPv6 literal or IDNA label
        return None


def _visible(link: str) -> str:
    """Return an address without the characters in it that have no ink and no meaning."""
    return link if link.isprintable() else _INVISIBLE.sub("", link)


def _as_uri(parts: SplitResult) -> str | None:
    """Return an http(s) address in ASCII, without credentials."""
    host, port = _ascii_host(parts.hostname), parts.port
    if parts.scheme not in _WEB or host is None:
        return None
    netloc = host if port is None else f"{host}:{port}"
    uri = urlunsplit(
        (
            parts.scheme,
            netloc,
            _quoted(parts.path),
            _quoted(parts.query),
            _quoted(parts.fragment),
        )
    )
    return uri if len(uri) <= LONGEST else None


def _ascii_host(host: str | None) -> str | None:
    """Return the host in lower case and ASCII, or None where there is none.

    Raises ValueError where a name cannot be written so.
    """
    if not host or len(host) > LONGEST:
        return None
    host = ascii_host(host).rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    return host if _HOST.fullmatch(host) else None


@lru_cache(maxsize=4096)
def _registrable(host: str) -> str | None:
    """Return the registrable domain of a host in ASCII."""
    if host.startswith("[") or host.replace(".", "").isdigit():
        return None
    domain: str | None = _suffixes().privatesuffix(host)
    return domain


def registrable_domain(url: str) -> str | None:
    """Return the registrable domain of an address (publicsuffix.org), or its bare host.

    ``https://news.bbc.co.uk/x`` gives ``bbc.co.uk``; what has no host gives None.
    """
    try:
        host = _ascii_host(urlsplit(url).hostname)
    except ValueError:
        return None
    return None if host is None else _registrable(host) or host


# --------------------------------------------------------------------------- canonical form


def canonical(url: str) -> str | None:
    """Return the one spelling of an http(s) address, or None where it is none.

    The syntax is normalized by RFC 3986 section 6.2; the rest is ``url.toml``. The result is a
    fixed point: canonical(canonical(url)) == canonical(url). What never reaches one within a few
    rounds (addresses wrapped in addresses) has no canonical form.
    """
    return None if len(url) > LONGEST else _canonical(url)


@lru_cache(maxsize=256)
def _canonical(url: str) -> str | None:
    """Bring an address of reasonable length to its form; remembered: a link is often the guid."""
    form = resolve(None, url)
    if form is not None and form.startswith("http:"):  # which alone needs no second pass
        form = f"https:{form[5:]}"
    for _ in range(_PASSES):
        if form is None:
            return None
        following = _simplified(form)
        if following == form:
            return form
        form = following
    return None


def fetchable(url: str, link: str) -> str:
    """Return a canonical address as its server answers it: spelled as the link that it is of.

    The canonical form only compares: it takes http for https, and leaves out ``www.`` and the last
    slash, without which some pages are not found.
    """
    plain, spelled = urlsplit(url), urlsplit(link)
    host = spelled.netloc.lower().removesuffix({"http": ":80", "https": ":443"}[spelled.scheme])
    if host.removeprefix("www.") != plain.netloc:  # the page itself, not its mobile or AMP form
        return url
    same_path = spelled.path.rstrip("/") == plain.path.rstrip("/")
    path = spelled.path if same_path else plain.path
    return urlunsplit(plain._replace(scheme=spelled.scheme, netloc=host, path=path))


def is_home(url: str) -> bool:
    """Tell whether a canonical address is a site's front page."""
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query and not parts.fragment


def _simplified(url: str) -> str | None:
    """Apply every rule once to an address as ``resolve`` returns it."""
    rules = _rules()
    parts = urlsplit(url)
    port = parts.port
    host = _plain_host(parts.netloc.removesuffix(f":{port}"))
    rest = "/" + _percent(parts.path).lstrip("/")
    if parts.query:
        rest += "?" + _percent(parts.query)
    for site in _sites(host):
        for pattern, replacement in rules.rewrites.get(site, ()):
            rest = pattern.sub(replacement, rest)
    if rest.startswith("//"):
        return resolve(None, "https:" + rest)
    path, _, query = rest.partition("?")
    pairs = query.split("&") if query else []
    for name in rules.redirectors.get(host + path, ()):
        for pair in pairs:
            key, _, value = pair.partition("=")
            if key == name and value:
                return resolve(None, unquote(value))
    path = _plain_path(path)
    query = "&".join(_telling(host, path, pairs)) if pairs else ""
    route = parts.fragment if parts.fragment[:1] in {"!", "/"} and len(parts.fragment) > 1 else ""
    place = host if port in {None, 80, 443} else f"{host}:{port}"
    return urlunsplit(("https", place, path, query, _percent(route)))


@lru_cache(maxsize=4096)
def _sites(host: str) -> tuple[str, ...]:
    """Return the host and every domain above it that has two labels or more."""
    labels = host.split(".")
    return tuple(".".join(labels[start:]) for start in range(max(1, len(labels) - 1)))


@lru_cache(maxsize=4096)
def _plain_host(host: str) -> str:
    """Return the host without the labels that name a device or nothing."""
    rules = _rules()
    domain = _registrable(host)
    if domain is not None and host != domain:
        labels = host[: -len(domain) - 1].split(".")
        host = ".".join([*(name for name in labels if name not in rules.labels), domain])
    return rules.aliases.get(host, host)


def _plain_path(path: str) -> str:
    """Return the path without dot segments, session, AMP suffix, index page and last slash."""
    if "/." in path:
        path = "/" + urlsplit(urljoin("https://host/", path)).path.lstrip("/")
    if not _SIMPLE_PATH.fullmatch(path):
        for pattern, replacement in _rules().paths:
            path = pattern.sub(replacement, path)
    return "/" + "/".join(_without_amp(path.strip("/").split("/")))


def _without_amp(segments: list[str]) -> list[str]:
    """Drop "amp" at either end of a path whose rest still names an article.

    A number or a slug of three words does: /products/amp is a page of its own.
    """
    if segments[-1] == "amp" and _names_article(segments[-2:-1]):
        return segments[:-1]
    if segments[0] == "amp" and _names_article(segments[1:]):
        return segments[1:]
    return segments


def _names_article(segments: list[str]) -> bool:
    """Tell whether one of these is an article's number or slug."""
    return any(_DIGIT.search(segment) or segment.count("-") > 1 for segment in segments)


def _telling(host: str, path: str, query: list[str]) -> list[str]:
    """Return the parameters that tell which page it is, sorted by name."""
    rules = _rules()
    kept = rules.keep.get(host + path)
    local = [rules.hosts[site] for site in _sites(host) if site in rules.hosts]
    telling: list[tuple[str, str]] = []
    for pair in query:
        name, _, value = pair.removeprefix("amp;").partition("=")
        name = unquote(name).lower()
        if kept is not None:
            counts = name in kept
        else:
            counts = not _is_noise(name, value) and not any(name in names for names in local)
        if counts:
            telling.append((name, pair.removeprefix("amp;")))
    return [pair for _, pair in sorted(telling, key=lambda item: item[0])]


def _is_noise(name: str, value: str) -> bool:
    """Tell whether a parameter says where the reader came from, or which copy is wanted."""
    rules = _rules()
    return (
        name in rules.trackers
        or name.startswith(rules.prefixes)
        or (name in rules.doubtful_trackers and _first_word(value) in rules.tracker_values)
        or (name in rules.doubtful_sessions and _RANDOM.fullmatch(value) is not None)
        or (name in rules.variants and value.lower() in rules.variants[name])
    )


def _first_word(value: str) -> str:
    """Return the letters and digits that a value begins with."""
    return _WORD_END.split(value.lower(), maxsplit=1)[0]


def _percent(text: str) -> str:
    """Normalize percent-encoding (RFC 3986 sections 6.2.2.1 and 6.2.2.2)."""
    return _quoted(_ESCAPE.sub(_unreserved, text)) if "%" in text else _quoted(text)


def _unreserved(escape: re.Match[str]) -> str:
    """Return the character itself where it needs no escape, the escape in capitals otherwise."""
    character = chr(int(escape[1], 16))
    return character if _UNRESERVED.fullmatch(character) else escape[0].upper()


def _quoted(text: str) -> str:
    """Return the text with what no URI may hold percent-encoded; escapes stay."""
    return text if _PLAIN.fullmatch(text) else quote(text, safe=_SAFE)
