"""What one answer may cost."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from aggregator.config.sections.section import Section
from aggregator.config.sections.units import Patience, Size


class Limits(Section):
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
