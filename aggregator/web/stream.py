"""New stories as they come: server-sent events (HTML Living Standard, section 9.2)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from aggregator.model import Story
from aggregator.web import shapes
from aggregator.web.problem import Problem, problem
from aggregator.web.site import Site

_TYPE = "text/event-stream"
_CLIENTS = 50
_LOOK = 3.0
"""Seconds between two looks at the store."""
_HEARTBEAT = 5
"""Looks without news after which a client is told that the stream lives."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_RECONNECT = 5000
"""Milliseconds after which a client comes back."""


class Stream:
    """Tells each client of stories new or changed, from where it was or from now on."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._clients = 0

    async def connect(self, request: Request) -> Response:
        """Open a stream; ``Last-Event-ID`` says what a client that comes back had last."""
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        if request.method == "HEAD":
            return Response(media_type=_TYPE, headers=headers)
        if self._clients >= _CLIENTS:
            return problem(Problem(503, "too many streams are open; try again later"))
        since = _read_id(request.headers.get("last-event-id"))
        if since is None:
            since = await run_in_threadpool(self._site.library.newest) or self._site.now()
        return StreamingResponse(
            self._events(since, request.app.state.ending),
            media_type=_TYPE,
            headers=headers,
        )

    async def _events(self, since: datetime, ending: asyncio.Event) -> AsyncIterator[bytes]:
        self._clients += 1
        try:
            yield f"retry: {_RECONNECT}\n\n".encode()
            quiet = 0
            while not ending.is_set():
                told, since = await run_in_threadpool(self._news, since)
                for story in told:
                    yield self._event(story)
                quiet = 0 if told else quiet + 1
                if quiet % _HEARTBEAT == _HEARTBEAT - 1:
                    yield b": still here\n\n"
                with suppress(TimeoutError):
                    await asyncio.wait_for(ending.wait(), _LOOK)
        finally:
            self._clients -= 1

    def _news(self, since: datetime) -> tuple[list[Story], datetime]:
        """Return what changed since then, and up to when that is all."""
        newest = self._site.library.newest()
        if newest is None or newest <= since:
            return [], since
        told = self._site.library.changed(since=since)
        return told, max([story.updated for story in told], default=newest)

    def _event(self, story: Story) -> bytes:
        shape = shapes.story_shape(story, self._site.library.categories(story))
        data = json.dumps(shape.model_dump(mode="json"), ensure_ascii=False)
        number = (story.updated - _EPOCH) // _MICROSECOND
        return f"id: {number}\nevent: story\ndata: {data}\n\n".encode()


def routes(site: Site) -> list[BaseRoute]:
    """Return the stream's route."""
    return [Route("/api/v1/stream", Stream(site).connect)]


def _read_id(text: str | None) -> datetime | None:
    with suppress(ValueError, OverflowError):
        return _EPOCH + int(text or "") * _MICROSECOND
    return None
