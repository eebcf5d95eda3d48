"""An http address as it is asked for: ASCII, with its secrets and its fragment apart."""

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from aggregator.errors import FetchError
from aggregator.host import ascii_host

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_.-]+|[0-9a-f:.]*:[0-9a-f:.]*")
_UNSAFE = re.compile(r"[\x00-\x20\x7f]")
_KEPT = "!#$%&'()*+,/:;=?@[]~"
"""Left as they are in paths and queries: what RFC 3986 reserves, and escapes already made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An http or https url, split into what is asked of whom."""

    url: str
    """ASCII, without userinfo and fragment."""
    scheme: str
    host: str
    """In lower case, internationalized names encoded (RFC 5890); an IPv6 address without []."""
    port: int
    credentials: tuple[str, str] | None = None
    """User and password, for this origin alone."""

    @property
    def origin(self) -> tuple[str, str, int]:
        """RFC 6454 section 4."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """``host:port``, the port always said, IPv6 addresses in []."""
        return f"{_bracketed(self.host)}:{self.port}"


def parse(url: str) -> Address:
    """Split a url; raise FetchError, with what to do, where it cannot be asked for."""
    try:
        parts = urlsplit(url.strip())
        default_port = _default_port(parts.scheme)
        port = parts.port or default_port
        host = _ascii_host(parts.hostname or "")
    except ValueError as error:
        raise FetchError(f"this is no address that can be asked for: {error}") from error
    netloc = _bracketed(host) + ("" if port == default_port else f":{port}")
    path = _escaped(parts.path) or "/"
    plain = urlunsplit((parts.scheme, netloc, path, _escaped(parts.query), ""))
    credentials = None
    if parts.username is not None:
        credentials = unquote(parts.username), unquote(parts.password or "")
    return Address(url=plain, scheme=parts.scheme, host=host, port=port, credentials=credentials)


def redirected(start: Address, base: Address, location: str) -> Address:
    """Resolve a Location (RFC 9110 section 10.2.2) met at ``base`` on the way from ``start``.

    Credentials go along to the origin that they were given for, and nowhere else; those that a
    Location brings are not used. From https on, https is kept. Raise FetchError where it cannot be,
    or must not be, followed.
    """
    try:
        target = parse(urljoin(base.url, _text(location).strip()))
    except (FetchError, ValueError) as error:
        raise FetchError(f"it redirects to where we do not follow: {error}") from error
    if base.scheme == "https" and target.scheme == "http":
        target = _over_tls(base, target)
    credentials = start.credentials if target.origin == start.origin else None
    return replace(target, credentials=credentials)


def _over_tls(base: Address, target: Address) -> Address:
    """Keep to https where a redirect leaves it, which most do by mistake, behind a proxy."""
    safe = parse(f"https:{target.url.removeprefix('http:')}")
    if safe.port != _DEFAULT_PORTS["https"] or safe.url == base.url:
        raise FetchError(
            f"it redirects from https to plain http, {target.authority}: not followed; "
            "if that is as it should be, write the http url into the configuration"
        )
    return safe


def _text(location: str) -> str:
    """Read raw bytes, which came as Latin-1, as the UTF-8 that servers mean by them."""
    try:
        return location.encode("latin-1").decode()
    except UnicodeError:
        return location


def _default_port(scheme: str) -> int:
    if scheme not in _DEFAULT_PORTS:
        raise ValueError(f"only http and https are asked for, not {scheme or 'nothing'}:")
    return _DEFAULT_PORTS[scheme]


def _ascii_host(host: str) -> str:
    try:
        encoded = ascii_host(host)
    except ValueError as error:
        raise ValueError(f"the host name {host!r} cannot be written in ASCII") from error
    if not _HOST.fullmatch(encoded):
        raise ValueError(f"there is no host in it, or a strange one ({host!r})")
    return encoded


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _escaped(text: str) -> str:
    return quote(_UNSAFE.sub(lambda match: f"%{ord(match.group()):02X}", text), safe=_KEPT)
