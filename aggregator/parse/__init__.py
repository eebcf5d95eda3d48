"""Bytes into entries: RSS 0.90 to 2.0, RDF, Atom 0.3 and 1.0, JSON Feed 1.0 and 1.1.

::

    body → unpack → encoding → characters → xmlfeed: document → outline (→ repair)
              │                          └→ jsonfeed                  → items → reader → entries
              └→ refusal: what came instead

Everything before feedparser is linear in the size of the body; feedparser sees only well-formed
UTF-8 within limits, and only the items whose bytes are new.

``parse`` is loaded when it is first used: whoever has it done in another process (``sandbox``) need
not load what reads documents here.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aggregator.parse.whole import parse

__all__ = ["parse"]


def __getattr__(name: str) -> Any:
    if name == "parse":
        return import_module("aggregator.parse.whole").parse
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
