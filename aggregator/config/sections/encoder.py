"""What tells that texts of different languages mean alike."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from aggregator.config.sections.section import Section
from aggregator.config.sections.values import Text


class Onnx(Section):
    """A sentence encoder of one's own: an ONNX model of token vectors, and its tokenizer."""

    onnx: Annotated[
        Text,
        Field(description="The folder of model.onnx and tokenizer.json; relative to this file."),
    ]
    prefix: Annotated[
        str, Field(description="What each text begins with: the E5 models want “query: ”.")
    ] = "query: "
    threads: Annotated[int, Field(ge=1, le=256, description="Of the processor.")] = 1


def _encoder(given: object) -> object:
    if isinstance(given, dict | Onnx) or given in ("use", "none"):
        return given
    raise ValueError("write use, none, or onnx: and the folder of a model")


EncoderChoice = Annotated[
    Annotated[Literal["use", "none"], Tag("name")] | Annotated[Onnx, Tag("onnx")],
    Discriminator(lambda given: "name" if isinstance(given, str) else "onnx"),
    BeforeValidator(_encoder),
]
