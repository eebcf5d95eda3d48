"""EDGE: the command line. It calls app and nothing below it."""

from aggregator.cli import (
    bench,
    decisions,
    feeds,
    maintenance,
    notify,
    search,
    serve,
    status,
    stories,
    subscriptions,
)
from aggregator.cli.main import main

COMMANDS = (
    *(stories, decisions, feeds, serve, subscriptions, search),
    *(status, maintenance, notify, bench),
)
"""The modules whose import hangs their commands on the application."""

__all__ = ["COMMANDS", "main"]
