"""What is kept."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from aggregator.config.sections.section import Section
from aggregator.config.sections.units import Duration


class Retention(Section):
    """What is kept, and for how long."""

    age: Annotated[
        Duration | None,
        Field(
            ge=timedelta(days=7),
            le=timedelta(days=36500),
            description="Stories that nobody has reported on for so long go, with their articles; "
            "null: never.",
        ),
    ] = timedelta(days=90)
    stories: Annotated[
        int | None,
        Field(ge=1000, description="The most stories that are kept: the oldest of more go."),
    ] = None
