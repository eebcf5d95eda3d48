"""An RSS, Atom and JSON Feed aggregator that tells every event once, in any language.

>>> from aggregator import Aggregator

The one public name is loaded when it is first used: importing a stage loads no edge.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aggregator.app import Aggregator

__version__ = "0.1.0"
__all__ = ["Aggregator", "__version__"]


def __getattr__(name: str) -> Any:
    if name == "Aggregator":
        from aggregator.app import Aggregator  # noqa: PLC0415  lazily: see above

        return Aggregator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
