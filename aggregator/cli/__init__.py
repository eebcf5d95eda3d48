"""EDGE: the command line. It calls app and nothing below it."""

from aggregator.cli import feeds, serve, stories
from aggregator.cli.main import main

COMMANDS = (stories, feeds, serve)
"""The modules whose import hangs their commands on the application."""

__all__ = ["COMMANDS", "main"]
