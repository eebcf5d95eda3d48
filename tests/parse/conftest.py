from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest

from aggregator.model import Response

URL = "https://feeds.example.org/dir/feed.xml"
Respond = Callable[..., Response]


@pytest.fixture(scope="session")
def respond() -> Respond:
    """Make the answer of a server whose feed is this body."""

    def respond(body: bytes, headers: Mapping[str, str] | None = None) -> Response:
        return Response(
            feed="f",
            url=URL,
            final_url=URL,
            status=200,
            at=datetime(2025, 10, 17, tzinfo=UTC),
            headers=headers or {},
            body=body,
        )

    return respond
