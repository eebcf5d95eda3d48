"""What several sections hold: texts, names, languages, addresses."""

import ipaddress
import re
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

from aggregator.host import ascii_host

_LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"
_HOST_NAME = r"^([A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])$"
_VARIABLE = r"^\$\{[A-Za-z_][A-Za-z0-9_]*\}$"


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


def _language(text: str) -> str:
    if not re.fullmatch(_LANGUAGE, text):
        raise ValueError("write a language's code, such as en, pt-BR or zh-Hant")
    return text


def _host_name(text: str) -> str:
    if not re.fullmatch(_HOST_NAME, text):
        raise ValueError("write a host's name, such as news.example.org, without http:// and port")
    return text.lower()


def _web_address(text: str) -> str:
    parts = split(text)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write an address that starts with http:// or https://")
    return text


def _variable(name: object) -> str:
    """Refuse a secret itself: who may read the file need not know it."""
    if isinstance(name, str) and re.fullmatch(_VARIABLE, name.strip()):
        return name.strip()
    raise ValueError(
        "name a variable here, as ${NAME}, and set it in the environment: what stands in this file "
        "is read by all who may read the file"
    )


def _variables(names: object) -> tuple[str, ...]:
    return tuple(map(_variable, names if isinstance(names, list | tuple) else [names]))


def split(url: str) -> SplitResult | None:
    """Split a url; None where it cannot be one."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    return parts


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
Language = Annotated[
    str,
    AfterValidator(_language),
    WithJsonSchema({"type": "string", "pattern": _LANGUAGE}),
]
_NAMED = {"type": "string", "pattern": _VARIABLE}
Variable = Annotated[str, BeforeValidator(_variable), WithJsonSchema(_NAMED)]
"""A secret, by the name of the variable that holds it."""
Variables = Annotated[
    tuple[str, ...],
    Field(min_length=1),
    BeforeValidator(_variables),
    WithJsonSchema({"anyOf": [_NAMED, {"type": "array", "items": _NAMED, "minItems": 1}]}),
]
"""A secret, or several of which each will do."""
HostPort = Annotated[str, BeforeValidator(_host_and_port)]
WebAddress = Annotated[str, BeforeValidator(_web_address)]
HostName = Annotated[
    str,
    AfterValidator(_host_name),
    WithJsonSchema({"type": "string", "pattern": _HOST_NAME}),
]
