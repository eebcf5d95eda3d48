"""The whole of feeds.yaml, its keys and its JSON Schema."""

from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.json_schema import GenerateJsonSchema

from aggregator.config.sections.access import Auth, Basic, Tls
from aggregator.config.sections.defaults import Defaults
from aggregator.config.sections.encoder import EncoderChoice, Onnx
from aggregator.config.sections.limits import Limits
from aggregator.config.sections.mutes import Mutes, TitleMute
from aggregator.config.sections.network import Network
from aggregator.config.sections.notify import NotifyRule, Webhook
from aggregator.config.sections.publish import Publish, View
from aggregator.config.sections.retention import Retention
from aggregator.config.sections.rules import MergeRule
from aggregator.config.sections.section import Section
from aggregator.config.sections.serve import Serve, WebSub
from aggregator.config.sections.subscription import Subscription
from aggregator.config.sections.units import written
from aggregator.config.sections.values import Language, Text
from aggregator.model import Criterion


class File(Section):
    """The whole of feeds.yaml."""

    model_config = ConfigDict(
        title="aggregator's feeds.yaml", extra="forbid", strict=True, frozen=True
    )

    version: Annotated[Literal[1], Field(description="Of this format.")]
    store: Annotated[
        Text,
        Field(description="sqlite:///PATH (relative to this file) or postgresql://…"),
    ] = "sqlite:///aggregator.db"
    network: Network = Network()
    limits: Limits = Limits()
    defaults: Defaults = Defaults()
    encoder: Annotated[
        EncoderChoice,
        Field(
            description="What tells that texts of different languages mean alike: use (Google's "
            "Universal Sentence Encoder), none, or onnx: and the folder of a model."
        ),
    ] = "use"
    languages: Annotated[
        tuple[Language, ...],
        Field(strict=False, description="Those that you read (BCP 47), best first."),
    ] = ()
    representative: Annotated[
        tuple[Annotated[Criterion, Field(strict=False)], ...],
        Field(
            strict=False,
            description="What makes an article stand for its story, the weightiest first.",
        ),
    ] = tuple(Criterion)
    rules: Annotated[
        tuple[MergeRule, ...],
        Field(strict=False, description="Which feeds' items never, or always, are one story."),
    ] = ()
    notify: Annotated[
        tuple[NotifyRule, ...],
        Field(strict=False, description="Stories that somebody is told of at once."),
    ] = ()
    publish: Publish = Publish()
    serve: Serve = Serve()
    websub: WebSub = WebSub()
    retention: Retention = Retention()
    mutes: Mutes = ()
    feeds: Annotated[
        tuple[Subscription, ...], Field(strict=False, description="What is subscribed to.")
    ]

    @model_validator(mode="after")
    def _kept_while_published(self) -> Self:
        if self.retention.age is not None and self.retention.age < self.publish.max_age:
            raise ValueError(
                "retention.age is shorter than publish.max_age: stories would go while they are "
                "published; change one"
            )
        return self

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, data: Any) -> Any:
        """Take a section whose lines are all commented out for one that is not there."""
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if value is not None or key == "feeds"}


KEYS = tuple(
    dict.fromkeys(
        name
        for section in (
            *(File, MergeRule, Network, Limits, Defaults, Onnx, Publish, View, Serve, WebSub),
            *(NotifyRule, Webhook, Retention),
            *(Subscription, TitleMute, Auth, Basic, Tls),
        )
        for name in section.model_fields
    )
)
"""Every key that there is."""


class _Schema(GenerateJsonSchema):
    """Writes default durations as the file does."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, Section):
            return {key: self.encode_default(value) for key, value in dft}
        return written(dft) if isinstance(dft, timedelta) else super().encode_default(dft)


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of feeds.yaml, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **File.model_json_schema(schema_generator=_Schema),
    }
