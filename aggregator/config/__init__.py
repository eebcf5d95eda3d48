"""What the user asked for: feeds.yaml, read and checked."""

from aggregator.config.load import Config, load
from aggregator.config.sections import (
    EncoderChoice,
    Limits,
    Network,
    NotifyRule,
    Publish,
    Selection,
    View,
    duration,
    schema,
    shown_size,
    size,
)

__all__ = [
    "Config",
    "EncoderChoice",
    "Limits",
    "Network",
    "NotifyRule",
    "Publish",
    "Selection",
    "View",
    "duration",
    "load",
    "schema",
    "shown_size",
    "size",
]
