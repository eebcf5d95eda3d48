"""How this program meets the network."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from aggregator.config.sections.section import Section
from aggregator.config.sections.units import Duration
from aggregator.config.sections.values import HostPort, WebAddress, split

_PROXIES = ("http", "https", "socks4a", "socks5", "socks5h")


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


ProxyAddress = Annotated[str, AfterValidator(proxy_address)]


class Network(Section):
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
        Field(
            description="The longest that a host is left alone for a 429 or for silence; 0s: not."
        ),
    ] = timedelta(days=1)
