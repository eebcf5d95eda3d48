"""What is met from outside: `aggregate serve`, and the hubs that reach it."""

from typing import Annotated

from pydantic import Field

from aggregator.config.sections.section import Section
from aggregator.config.sections.values import HostName, Text, Variable, WebAddress


class Serve(Section):
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
        Variable | None,
        Field(
            repr=False,
            description="A variable, ${NAME}, with the owner's token; unset, nobody is owner.",
        ),
    ] = None
    allowed_hosts: Annotated[
        tuple[HostName, ...],
        Field(strict=False, description="Names that browsers may call it by, beside those it has."),
    ] = ()


class WebSub(Section):
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
