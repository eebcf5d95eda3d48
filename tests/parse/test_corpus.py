"""A case a file: what is in it, and beside it what must come of it.

``NAME.expect.json`` names only what the case is about: ``error`` (part of the message), or fields
of ``feed`` and of each of the ``entries``; each of ``problems`` must be part of the one that came.
"""

import json
from dataclasses import asdict, is_dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.errors import ParseError
from aggregator.parse import parse

CORPUS = Path(__file__).parent / "corpus"
CASES = sorted(path.name.removesuffix(".expect.json") for path in CORPUS.glob("*.expect.json"))


@pytest.mark.parametrize("name", CASES)
def test_corpus(respond, name):
    expected = json.loads((CORPUS / f"{name}.expect.json").read_text("utf-8"))
    [document] = (
        path for path in CORPUS.glob(f"{name}.*") if not path.name.endswith(".expect.json")
    )
    response = respond(document.read_bytes(), expected.get("headers", {}))
    if "error" in expected:
        with pytest.raises(ParseError) as caught:
            parse(response)
        assert expected["error"] in str(caught.value)
        return
    feed = plain(parse(response))
    problems = expected.get("feed", {}).pop("problems", None)
    if problems is not None:
        assert len(feed["problems"]) == len(problems)
        for told, part in zip(feed["problems"], problems, strict=True):
            assert part in told
    assert subset(feed, expected.get("feed", {})) == expected.get("feed", {})
    if "entries" in expected:
        assert len(feed["entries"]) == len(expected["entries"])
        assert subset(feed["entries"], expected["entries"]) == expected["entries"]


def plain(value: Any) -> Any:
    """Return what JSON can say of it."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, tuple | list):
        return [plain(member) for member in value]
    if isinstance(value, frozenset):
        return sorted(value)
    return value.total_seconds() if isinstance(value, timedelta) else value


def subset(actual: Any, expected: Any) -> Any:
    """Return the part of the actual value that the expected one speaks of."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return {key: subset(actual[key], member) for key, member in expected.items()}
    if isinstance(expected, list) and isinstance(actual, list) and len(actual) == len(expected):
        return [subset(a, e) for a, e in zip(actual, expected, strict=True)]
    return actual
