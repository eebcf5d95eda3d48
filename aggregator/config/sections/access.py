"""How a feed's server is reached: headers, secrets, a proxy, certificates."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from aggregator.config.sections.network import proxy_address
from aggregator.config.sections.section import Section
from aggregator.config.sections.values import Text

_OUR_HEADERS = frozenset(
    (
        *("a-im", "accept-encoding", "connection", "content-length", "expect", "host"),
        *("if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since"),
        *("keep-alive", "proxy-authorization", "proxy-connection", "range", "te", "trailer"),
        *("transfer-encoding", "upgrade", "user-agent"),
    )
)


def _header_name(text: str) -> str:
    if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", text):
        raise ValueError(f"{text!r} is no name of a header field")
    if text.lower() in _OUR_HEADERS:
        raise ValueError(f"{text} is sent by this program itself; drop it")
    return text


def _feed_proxy(text: str) -> str:
    return text if text == "direct" else proxy_address(text)


def _user_name(text: str) -> str:
    if not text or ":" in text:
        raise ValueError("write a name without a colon: the password has a key of its own")
    return text


UserName = Annotated[
    str, AfterValidator(_user_name), WithJsonSchema({"type": "string", "pattern": "^[^:]+$"})
]
HeaderName = Annotated[str, AfterValidator(_header_name)]
FeedProxy = Annotated[str, AfterValidator(_feed_proxy)]


class Basic(Section):
    """A name and a password (RFC 7617)."""

    user: Annotated[UserName, Field(description="Without a colon.")]
    password: Annotated[
        str, Field(repr=False, description="${NAME} keeps it in the environment.")
    ] = ""


class Auth(Section):
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


class Tls(Section):
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
