"""Fetchers that wait for nobody."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.model import Request, Response
from aggregator.poll.http import HttpFetcher

NOW = datetime(2025, 10, 17, 12, 0, tzinfo=UTC)


@pytest.fixture
def make_fetcher():
    """Make a fetcher that waits for nobody and has the time stand still."""

    def make(**options: Any) -> HttpFetcher:
        defaults: dict[str, Any] = {
            "user_agent": "test/1.0",
            "clock": lambda: NOW,
            "host_delay": timedelta(),
            "recovery": timedelta(),
        }
        return HttpFetcher(**(defaults | options))

    return make


@pytest.fixture
def fetch(server, make_fetcher):
    """Ask for urls, allowed to visit the server and nothing else that is private."""

    def fetch(*urls: str, allow: tuple[str, ...] = (), **options: Any) -> list[Response]:
        fetcher = make_fetcher(allow=frozenset({server.authority, *allow}), **options)
        return list(fetcher.fetch([Request(feed=url, url=url) for url in urls]))

    return fetch
