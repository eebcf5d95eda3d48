"""Addresses that may stand in what is published."""

import re
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from aggregator.host import ascii_host

_LONE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile("[0-9]+|0x[0-9a-f]*")
"""The end of a host that is an address (WHATWG URL Standard, "ends in a number")."""
_RESERVED = ":/?@!$&'()*+,;=%~"


def address(url: str | None) -> str | None:
    """Return a web address as an absolute URI (RFC 3986), or None where it is none.

    Only http and https, for a reader's click must not run or read anything; without userinfo,
    which is either a credential or a disguise. What an IRI has beyond ASCII is encoded (RFC 3987
    section 3.1), for RSS takes URIs only.
    """
    try:
        parts = urlsplit(url or "")
        host = ascii_host(parts.hostname or "")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return None
    netloc = f"[{host}]" if ":" in host else quote(host)
    if port is not None:
        netloc += f":{port}"
    return parts._replace(
        netloc=netloc,
        path=_encoded(parts.path),
        query=_encoded(parts.query),
        fragment=_encoded(parts.fragment),
    ).geturl()


def loadable(url: str | None) -> str | None:
    """Return a web address that a reader's program may load unasked, or None where it is none.

    None leads into the reader's own network: hosts that are an IP address must be of the internet,
    and spelled like one, for browsers read ``2130706433`` and ``0x7f.1`` as addresses too.
    """
    shown = address(url)
    host = (urlsplit(shown or "").hostname or "").rstrip(".")
    try:
        return shown if ip_address(host).is_global else None
    except ValueError:
        name = host.rpartition(".")[2]
        return None if name == "localhost" or _NUMBER.fullmatch(name) else shown


def _encoded(component: str) -> str:
    text = _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", component)
    return quote(_LONE_PERCENT.sub("%25", text), safe=_RESERVED)
