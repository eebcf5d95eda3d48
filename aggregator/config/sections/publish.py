"""What is published: the merged feed, and views of it."""

import re
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from aggregator.config.sections.section import Section
from aggregator.config.sections.selection import Selection
from aggregator.config.sections.units import Duration
from aggregator.config.sections.values import Text, WebAddress

_SLUG = r"^[a-z0-9][a-z0-9-]{0,62}$"
_LONGEST_EXCERPT = 100_000


def _slug(text: object) -> object:
    if not isinstance(text, str) or not re.fullmatch(_SLUG, text):
        raise ValueError("write small letters a-z, digits and “-” only: it becomes an address")
    return text


def _excerpt(length: object) -> object:
    if length == "full" or (type(length) is int and 0 <= length <= _LONGEST_EXCERPT):
        return length
    raise ValueError(f"write a number of characters up to {_LONGEST_EXCERPT}, or full")


Slug = Annotated[str, BeforeValidator(_slug), WithJsonSchema({"type": "string", "pattern": _SLUG})]
Excerpt = Annotated[int | Literal["full"], BeforeValidator(_excerpt)]


class View(Selection):
    """A feed of some of the stories."""

    name: Annotated[
        Slug, Field(description="Its folder: it is published in views/NAME; never reuse one.")
    ]
    title: Annotated[Text | None, Field(description="What it is called; else its name.")] = None
    story: Annotated[
        Text | None,
        Field(description="The id of one story: the view has an entry for each of its articles."),
    ] = None
    limit: Annotated[
        int | None, Field(ge=1, le=10000, description="Entries; else publish.limit.")
    ] = None


class Publish(Section):
    """What is published, and where."""

    directory: Annotated[
        Text, Field(description="Where the files go; relative to the configuration file.")
    ] = "public"
    base_url: Annotated[
        WebAddress | None, Field(description="Where subscribers will find that directory.")
    ] = None
    title: Annotated[Text, Field(description="The merged feed's title.")] = "My merged feed"
    limit: Annotated[int, Field(ge=1, le=10000, description="Stories a feed.")] = 100
    max_age: Annotated[
        Duration,
        Field(description="Stories this much older than the newest are kept but not published."),
    ] = timedelta(days=7)
    settle: Annotated[
        Duration,
        Field(description="Stories wait so long for their coverage to gather before they appear."),
    ] = timedelta()
    excerpt: Annotated[
        Excerpt,
        Field(description="Characters quoted of an article, or full: mind its publisher's rights."),
    ] = 500
    views: Annotated[
        tuple[View, ...], Field(strict=False, description="Further feeds, of some of the stories.")
    ] = ()
    archive: Annotated[
        bool,
        Field(description="Whether stories that leave the feed go into archives (RFC 5005)."),
    ] = True
    robots: Annotated[
        Literal["index", "noindex"],
        Field(description="noindex: search engines are asked to leave the published files alone."),
    ] = "index"
    rights: Annotated[Text | None, Field(description="Whose the feed is, in a sentence.")] = None
    license: Annotated[WebAddress | None, Field(description="The address of its licence.")] = None
    icon: Annotated[WebAddress | None, Field(description="A small square picture of it.")] = None
    logo: Annotated[WebAddress | None, Field(description="A picture of it, twice as wide.")] = None
    ttl: Annotated[
        Duration | None, Field(description="How long readers are asked to wait between two polls.")
    ] = None
    hubs: Annotated[
        tuple[WebAddress, ...],
        Field(strict=False, description="WebSub hubs, told when a feed changes; needs base_url."),
    ] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.hubs and self.base_url is None:
            raise ValueError("hubs need base_url: they are told the feeds' addresses")
        names = [view.name for view in self.views]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two views have the name {twice[0]}; rename one")
        return self
