"""What may stand in feeds.yaml: the sections, their keys, their defaults."""

from aggregator.config.sections.access import Auth
from aggregator.config.sections.defaults import Defaults
from aggregator.config.sections.encoder import EncoderChoice, Onnx
from aggregator.config.sections.file import KEYS, File, schema
from aggregator.config.sections.limits import Limits
from aggregator.config.sections.mutes import TitleMute
from aggregator.config.sections.network import Network, proxy_address
from aggregator.config.sections.notify import NotifyRule, Webhook
from aggregator.config.sections.publish import Publish, View
from aggregator.config.sections.retention import Retention
from aggregator.config.sections.rules import MergeRule
from aggregator.config.sections.selection import Selection
from aggregator.config.sections.serve import Serve, WebSub
from aggregator.config.sections.subscription import Subscription
from aggregator.config.sections.units import duration, shown_size, size
from aggregator.config.sections.values import split

__all__ = [
    "KEYS",
    "Auth",
    "Defaults",
    "EncoderChoice",
    "File",
    "Limits",
    "MergeRule",
    "Network",
    "NotifyRule",
    "Onnx",
    "Publish",
    "Retention",
    "Selection",
    "Serve",
    "Subscription",
    "TitleMute",
    "View",
    "WebSub",
    "Webhook",
    "duration",
    "proxy_address",
    "schema",
    "shown_size",
    "size",
    "split",
]
