"""Runs the application on a socket of its own, in a thread, until it is told to end."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from aggregator.errors import ServeError

_AT_ONCE = 200
"""Connections, streams included; more are told to come later."""
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


class _Server(uvicorn.Server):
    """Says in ``app.state.ending`` that it ends: streams would not by themselves."""

    def __init__(self, config: uvicorn.Config, ending: asyncio.Event) -> None:
        super().__init__(config)
        self._ending = ending

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End streams, then what uvicorn ends."""
        self._ending.set()
        await super().shutdown(sockets)


@contextmanager
def serving(app: FastAPI, *, host: str, port: int) -> Iterator[Served]:
    """Serve while the block lasts; port 0 takes any that is free.

    The signals stay with the caller. Raises ServeError where the address cannot be had.
    """
    ending = app.state.ending = asyncio.Event()
    with _listening(host, port) as listener:
        server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                ws="none",
                limit_concurrency=_AT_ONCE,
                timeout_graceful_shutdown=_ENDING,
            ),
            ending,
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
        raise ServeError(
            f"cannot listen on {host} port {port}: {error.strerror}; "
            "choose another with --host and --port, or under `serve`"
        ) from error
    # asyncio does so only where a socket says that it is TCP, which this one's do not.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"
