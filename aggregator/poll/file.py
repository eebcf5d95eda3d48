"""EDGE: feeds that are files, named by the configuration itself and by nothing else."""

import stat
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from aggregator.model import Request, Response
from aggregator.poll.coding import too_large


def read(request: Request, clock: Callable[[], datetime], limit: int) -> Response:
    """Read the file behind a ``file:`` url, whose rest is its path; at most ``limit`` bytes."""
    path = Path(request.url.removeprefix("file:"))
    started = clock()
    body, failure = b"", None
    try:
        body = _content(path, limit)
    except FileNotFoundError:
        failure = f"there is no file {path}: check the feed's url in the configuration"
    except (OSError, ValueError) as error:
        failure = f"the file {path} cannot be read: {error}"
    at = clock()
    return Response(
        feed=request.feed,
        url=request.url,
        final_url=request.url,
        status=0 if failure else HTTPStatus.OK,
        at=at,
        body=body,
        elapsed=at - started,
        failure=failure,
    )


def _content(path: Path, limit: int) -> bytes:
    if not stat.S_ISREG(path.stat().st_mode):  # to open a pipe could wait for ever
        raise ValueError("it is no regular file")
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(too_large("body_size", limit))
    return content
