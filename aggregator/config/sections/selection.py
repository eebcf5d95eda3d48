"""Which of the stories."""

from typing import Annotated

from pydantic import Field

from aggregator.config.sections.section import Section
from aggregator.config.sections.values import Language, Text


class Selection(Section):
    """Some of the stories; all that is said of them has to hold."""

    category: Annotated[
        Text | None, Field(description="Of a feed, or of an article as its publisher files it.")
    ] = None
    language: Annotated[
        Language | None, Field(description="Stories told in it; zh stands for both scripts.")
    ] = None
    publishers: Annotated[int, Field(ge=1, description="Told by at least so many.")] = 1
    query: Annotated[
        Text | None,
        Field(description='Words that all occur; "in a row", begin*, -without.'),
    ] = None
    feeds: Annotated[
        tuple[Text, ...], Field(strict=False, description="Told by one of these, by id.")
    ] = ()
    without: Annotated[
        tuple[Text, ...], Field(strict=False, description="Told by none of these, by id.")
    ] = ()
