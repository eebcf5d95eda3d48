"""What the user asked for: feeds.yaml, read and checked."""

from aggregator.config.load import Config, load
from aggregator.config.sections import Limits, Network, Onnx, Publish, View, duration, schema, size

__all__ = [
    "Config",
    "Limits",
    "Network",
    "Onnx",
    "Publish",
    "View",
    "duration",
    "load",
    "schema",
    "size",
]
