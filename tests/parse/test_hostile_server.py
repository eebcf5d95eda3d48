"""What the shared hostile server serves, read as it expects."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.errors import ParseError
from aggregator.model import Response
from aggregator.parse import parse

SERVER = Path(__file__).parents[3] / "shared/tools/hostile_server.py"
MISCOUNTED = {"seq__fast.body", "seq__moved-new.body"}
"""Their bodies hold other numbers of items than the server states."""

pytestmark = pytest.mark.skipif(not SERVER.exists(), reason="no hostile server beside the project")


@pytest.fixture(scope="module")
def bodies(tmp_path_factory):
    directory = tmp_path_factory.mktemp("hostile")
    subprocess.run(
        [sys.executable, SERVER, "--dump", directory], check=True, stdout=subprocess.DEVNULL
    )
    return directory


def test_every_body_is_read_as_expected(bodies):
    expectations = json.loads((bodies / "expect.json").read_text("utf-8"))
    wrong = {}
    for name, expected in expectations.items():
        headers = {key.lower(): value for key, value in expected["headers"]}
        if "content-encoding" in headers or name in MISCOUNTED:
            continue
        got = outcome((bodies / name).read_bytes(), headers, expected)
        if got is not None:
            wrong[name] = got
    assert wrong == {}


def outcome(body: bytes, headers: dict[str, str], expected: Any) -> object:
    """Return what is wrong, or None."""
    if expected["ctype"]:
        headers["content-type"] = expected["ctype"]
    url = "https://example.org" + expected["path"]
    at = datetime(2026, 1, 1, tzinfo=UTC)
    response = Response(
        feed="f", url=url, final_url=url, status=200, at=at, headers=headers, body=body
    )
    try:
        feed = parse(response)
    except ParseError as error:
        return None if expected["parse"] != "ok" else str(error)
    if expected["parse"] == "error":
        return "read, but should not be"
    if expected["items"] is not None and len(feed.entries) != expected["items"]:
        return f"{len(feed.entries)} items for {expected['items']}"
    titles = [entry.title.value if entry.title else None for entry in feed.entries]
    if expected["titles"] is not None and titles != expected["titles"]:
        return titles
    return None
