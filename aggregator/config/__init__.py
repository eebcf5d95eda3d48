"""What the user asked for: feeds.yaml, read and checked."""

from aggregator.config.load import Config, load
from aggregator.config.sections import Limits, Network, Publish, duration, schema, size

__all__ = ["Config", "Limits", "Network", "Publish", "duration", "load", "schema", "size"]
