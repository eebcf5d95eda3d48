"""EDGE: the command line. It calls app and nothing below it."""

from aggregator.cli.main import main

__all__ = ["main"]
