"""What the user asked for: feeds.yaml, read and checked."""

from aggregator.config.load import Config, load
from aggregator.config.sections import Network, Publish, duration, schema

__all__ = ["Config", "Network", "Publish", "duration", "load", "schema"]
