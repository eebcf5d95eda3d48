"""What holds for feeds that do not say otherwise."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from aggregator.config.sections.section import Section
from aggregator.config.sections.units import Duration, Patience


class Defaults(Section):
    """What holds for every feed that does not say otherwise."""

    min_interval: Annotated[
        Duration, Field(description="A feed is not polled more often than this.")
    ] = timedelta(hours=1)
    max_interval: Annotated[
        Duration, Field(description="A feed is polled at least this often, its server permitting.")
    ] = timedelta(hours=24)
    host_delay: Annotated[
        Duration, Field(description="The pause between two requests to one host.")
    ] = timedelta(seconds=2)
    timeout: Annotated[Patience, Field(description="The longest that one poll may take.")] = (
        timedelta(seconds=30)
    )
    move_sightings: Annotated[
        int, Field(ge=1, description="Polls that meet a permanent redirect before it is believed.")
    ] = 3
    move_span: Annotated[
        Duration, Field(description="The time that they have to span at least.")
    ] = timedelta(hours=24)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_interval > self.max_interval:
            raise ValueError("min_interval is longer than max_interval")
        return self
