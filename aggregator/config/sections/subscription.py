"""One feed."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from aggregator.config.sections.access import Auth, FeedProxy, HeaderName, Tls
from aggregator.config.sections.mutes import Mutes
from aggregator.config.sections.section import Section
from aggregator.config.sections.units import Duration, Patience
from aggregator.config.sections.values import Identifier, Language, Text


class Subscription(Section):
    """One feed."""

    url: Annotated[
        Text,
        Field(description="http(s) address, or file: and a path relative to this file."),
    ]
    id: Annotated[
        Identifier | None,
        Field(description="The feed's identity: with it the url may change, its history stays."),
    ] = None
    name: Annotated[Text | None, Field(description="What people are shown.")] = None
    category: Annotated[Text | None, Field(description="A folder of the OPML.")] = None
    language: Annotated[
        Language | None, Field(description="BCP 47; helps with texts too short to tell.")
    ] = None
    priority: Annotated[
        int, Field(description="Of articles otherwise alike, the higher speaks for the story.")
    ] = 0
    publisher: Annotated[
        Text | None, Field(description="Whose articles these are; coverage is counted by it.")
    ] = None
    private: Annotated[
        bool, Field(description="Stored and matched, but never shown in what is published.")
    ] = False
    mutes: Mutes = ()
    dedup: Annotated[
        Literal["on", "off"],
        Field(description="off: each item is a story of its own (podcasts, comics, releases)."),
    ] = "on"
    interval: Annotated[
        Duration | None, Field(description="Polled just so often, whatever it publishes.")
    ] = None
    min_interval: Annotated[
        Duration | None, Field(description="Not polled more often than this.")
    ] = None
    max_interval: Annotated[
        Duration | None, Field(description="Polled at least this often, its server permitting.")
    ] = None
    timeout: Annotated[
        Patience | None, Field(description="The longest that one poll of it may take.")
    ] = None
    headers: Annotated[
        dict[HeaderName, str],
        Field(
            default_factory=dict,
            repr=False,
            description="Sent to its own server besides ours; ${NAME} is filled in.",
        ),
    ]
    auth: Annotated[Auth | None, Field(description="What its server asks of readers.")] = None
    proxy: Annotated[
        FeedProxy | None,
        Field(repr=False, description="Else network.proxy; direct goes round that."),
    ] = None
    tls: Annotated[Tls, Field(description="An exception for its server's certificate.")] = Tls()

    @model_validator(mode="after")
    def _one_interval(self) -> Self:
        shortest, longest = self.min_interval, self.max_interval
        if self.interval is not None and (shortest, longest) != (None, None):
            raise ValueError("interval leaves no room for min_interval and max_interval; drop them")
        if shortest is not None and longest is not None and shortest > longest:
            raise ValueError("min_interval is longer than max_interval")
        return self
