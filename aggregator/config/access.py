"""The options of a subscription that say how its server is reached → Access."""

import re
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import urlsplit

from aggregator.config.secrets import Secrets
from aggregator.config.sections import Auth, Subscription, proxy_address, split
from aggregator.host import ascii_host

_SENDABLE = re.compile(r"[\x20-\x7e]*")
_SENSITIVE = re.compile("auth|cookie|key|password|secret|session|token", re.IGNORECASE)
IN_CLEAR = "a password stands in this file; put it into the environment and write ${NAME} here"


def headers(given: Subscription, secrets: Secrets) -> tuple[tuple[str, str], ...]:
    """Return header fields with their secrets filled in; raise ValueError where one cannot be."""
    filled = []
    for name, written in given.headers.items():
        value = secrets.fill(written).strip()
        if not _SENDABLE.fullmatch(value):
            raise ValueError(f"{name}: a header holds visible ASCII characters and spaces alone")
        if _SENSITIVE.search(name):
            secrets.remember(value)
        filled.append((name, value))
    return tuple(filled)


def authorization(auth: Auth, secrets: Secrets) -> str:
    """Return the value of Authorization: RFC 7617 (in UTF-8) or RFC 6750."""
    if auth.basic is not None:
        password = secrets.fill(auth.basic.password)
        secrets.remember(password)
        user = secrets.fill(auth.basic.user, secret=False)
        token = b64encode(f"{user}:{password}".encode()).decode()
        secrets.remember(token)
        return f"Basic {token}"
    token = secrets.fill(auth.bearer or "")
    if not _SENDABLE.fullmatch(token):
        raise ValueError("bearer: a token holds visible ASCII characters alone")
    secrets.remember(token)
    return f"Bearer {token}"


def proxy(written: str, secrets: Secrets) -> str:
    """Return a proxy's url in ASCII, its secrets filled in; raise ValueError where it is none."""
    parts = urlsplit(proxy_address(secrets.fill_url(written)))
    if not parts.hostname:
        raise ValueError("the variable holds no address")
    if parts.password:
        secrets.remember(parts.password)
    host = ascii_host(parts.hostname)
    userinfo, at, _ = parts.netloc.rpartition("@")
    port = "" if parts.port is None else f":{parts.port}"
    return f"{parts.scheme}://{userinfo}{at}{f'[{host}]' if ':' in host else host}{port}"


def has_clear_password(url: str | None, secrets: Secrets) -> bool:
    """Tell whether a url holds a password, and not the name of a variable."""
    parts = split(url or "")
    return bool(parts and parts.password and not secrets.is_variable(parts.password))


def unwise(given: Subscription, secrets: Secrets) -> Iterator[tuple[str, str]]:
    """Yield what works and should not be so: the key, and what to do."""
    auth = given.auth
    if auth is not None:
        written = auth.bearer if auth.basic is None else auth.basic.password
        if written and not secrets.is_variable(written):
            yield "auth", IN_CLEAR
    if has_clear_password(given.proxy, secrets):
        yield "proxy", IN_CLEAR
    for name, value in given.headers.items():
        if _SENSITIVE.search(name) and not secrets.is_variable(value):
            yield "headers", IN_CLEAR
    if not given.tls.verify:
        yield "tls", "its server's certificate is not verified: anybody on the way may answer"
