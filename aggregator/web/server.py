"""Runs the application on a socket of its own, in a thread, until it is told to end."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from aggregator.errors import ServeError

_AT_ONCE = 200
"""Connections, streams included; more are told to come later."""
_LOOK = 2.0
"""Seconds between two looks for a fresh application."""
_ENDING = 3
"""Seconds that requests under way are given at the end."""


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs."""

    url: str
    _ended: threading.Event

    def wait(self) -> None:
        """Return when it has ended."""
        # A thread's join, interrupted by a signal, takes the thread for ended (CPython bpo-45274).
        self._ended.wait()


class _Current:
    """The application that answers; another may take its place."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        app.state.ending = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have it answer."""
        await self._app(scope, receive, send)

    def change(self, app: FastAPI) -> None:
        """Put another in its place."""
        app.state.ending = asyncio.Event()
        self.end()
        self._app = app

    def end(self) -> None:
        """Say in ``app.state.ending`` that it ends: streams would not by themselves."""
        self._app.state.ending.set()


class _Server(uvicorn.Server):
    """Looks for a fresh application now and then, and ends the streams of one that went."""

    def __init__(
        self,
        config: uvicorn.Config,
        current: _Current,
        fresh: Callable[[], FastAPI | None],
        pause: float,
    ) -> None:
        super().__init__(config)
        self._current = current
        self._fresh = fresh
        self._pause = pause
        self._looking: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin what uvicorn begins, and to look."""
        await super().startup(sockets)
        self._looking = asyncio.create_task(self._look())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End streams, then what uvicorn ends."""
        if self._looking is not None:
            self._looking.cancel()
        self._current.end()
        await super().shutdown(sockets)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(self._pause)
            app = await run_in_threadpool(self._fresh)
            if app is not None:
                self._current.change(app)


@contextmanager
def serving(
    app: FastAPI,
    *,
    host: str,
    port: int,
    fresh: Callable[[], FastAPI | None] = lambda: None,
    pause: float = _LOOK,
) -> Iterator[Served]:
    """Serve while the block lasts; port 0 takes any that is free.

    ``fresh`` is asked again and again, in a thread and with a ``pause`` in seconds, for an
    application that is to take over; it raises nothing. The signals stay with the caller. Raises
    ServeError where the address cannot be had.
    """
    current = _Current(app)
    with _listening(host, port) as listener:
        server = _Server(
            uvicorn.Config(
                current,
                log_config=None,
                access_log=False,
                server_header=False,
                ws="none",
                limit_concurrency=_AT_ONCE,
                timeout_graceful_shutdown=_ENDING,
            ),
            current,
            fresh,
            pause,
        )
        ended = threading.Event()

        def run() -> None:
            try:
                server.run([listener])
            finally:
                ended.set()

        thread = threading.Thread(target=run, name="web")
        thread.start()
        try:
            yield Served(_url(listener), ended)
        finally:
            server.should_exit = True
            thread.join()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        reason = str(error.strerror).partition(" (while")[0]  # Python names the address once more
        raise ServeError(
            f"cannot listen on {host} port {port}: {reason}; "
            "choose another with --host and --port, or under `serve`"
        ) from error
    # asyncio does so only where a socket says that it is TCP, which this one's do not.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"
