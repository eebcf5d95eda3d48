"""An RSS, Atom and JSON Feed aggregator that tells every event once, in any language."""

__version__ = "0.1.0"
