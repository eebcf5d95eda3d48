"""An RSS, Atom and JSON Feed aggregator that tells every event once, in any language.

>>> from aggregator import Aggregator

The one public name is loaded when it is first used: importing a stage loads no edge.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aggregator.app import Aggregator

__version__ = "0.1.0"
__all__ = ["Aggregator", "__version__"]


def __getattr__(name: str) -> Any:
    if name == "Aggregator":
        return import_module("aggregator.app").Aggregator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
