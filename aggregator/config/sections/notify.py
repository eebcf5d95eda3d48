"""Who is told at once of which stories."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from aggregator.config.sections.section import Section
from aggregator.config.sections.selection import Selection
from aggregator.config.sections.units import Patience
from aggregator.config.sections.values import Identifier, Text, Variables, WebAddress


class Webhook(Section):
    """An address that a message is posted to, signed (Standard Webhooks)."""

    url: Annotated[
        WebAddress,
        Field(repr=False, description="Where it is posted; ${NAME} is filled in."),
    ]
    secret: Annotated[
        Variables,
        Field(
            repr=False,
            description="A variable, ${NAME}, with what signs it: whsec_ and 24 to 64 bytes in "
            "Base64. Or a list, the newest first: while the receiver learns a new one, each signs.",
        ),
    ]


class NotifyRule(Selection):
    """Stories that somebody is told of at once, each once."""

    id: Annotated[Identifier, Field(description="Its identity: under another one it begins anew.")]
    publishers: Annotated[int, Field(ge=1, description="It is told once so many have reported it.")]
    within: Annotated[Patience, Field(description="The time within which they have to.")] = (
        timedelta(hours=1)
    )
    webhook: Annotated[Webhook | None, Field(description="Post it to an address.")] = None
    command: Annotated[
        tuple[Text, ...],
        Field(
            strict=False,
            description="A program and its arguments, without a shell; the message is its standard "
            "input. With a “/”, relative to this file.",
        ),
    ] = ()

    @model_validator(mode="after")
    def _tells(self) -> Self:
        if self.webhook is None and not self.command:
            raise ValueError("write webhook or command: nobody is told otherwise")
        return self
