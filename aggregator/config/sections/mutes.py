"""Words whose articles nobody wants to see."""

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from aggregator.config.sections.section import Section
from aggregator.config.sections.values import Text


class TitleMute(Section):
    """Words that mute an article whose title has them."""

    title: Annotated[Text, Field(description="A word or a phrase.")]


MuteChoice = Annotated[
    Annotated[Text, Tag("words")] | Annotated[TitleMute, Tag("title")],
    Discriminator(lambda given: "title" if isinstance(given, dict | TitleMute) else "words"),
]
Mutes = Annotated[
    tuple[MuteChoice, ...],
    Field(
        strict=False,
        description="Words or phrases whose articles are kept, but shown nowhere; title: and the "
        "words, for those that may stand in the text.",
    ),
]
