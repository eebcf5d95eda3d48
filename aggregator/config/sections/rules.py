"""Which feeds' items never, or always, are one story."""

from typing import Annotated, Literal

from pydantic import Field

from aggregator.config.sections.section import Section
from aggregator.config.sections.values import Identifier


class MergeRule(Section):
    """What always holds for the items of some feeds, whatever they tell."""

    feeds: Annotated[
        tuple[Identifier, ...],
        Field(
            strict=False,
            min_length=1,
            description="Ids: one feed's items among themselves, or those of every two feeds.",
        ),
    ]
    merge: Annotated[
        Literal["never", "always"],
        Field(description="never: no common story; always: one where address or title are equal."),
    ]
