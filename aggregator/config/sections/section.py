"""What every section keeps to."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A mapping of known keys, each of the type that it says, unchanged once read."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
