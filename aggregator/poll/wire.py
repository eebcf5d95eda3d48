"""EDGE: libcurl's transfers, and the waiting for them."""

import selectors
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import pycurl


class Wire:
    """libcurl's transfers, their sockets and their timer, and a bell to wake who waits for them."""

    def __init__(self) -> None:
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)
        self._timer: float | None = None
        self._opened: list[socket.socket] = []
        self._bell, self._ringer = socket.socketpair()
        self._ringer.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._bell, selectors.EVENT_READ)

    def ring(self) -> None:
        """Wake the thread that waits; any other may do so."""
        with suppress(OSError):  # nobody waits any more, or has been rung for often enough
            self._ringer.send(b"!")

    def add(self, handle: pycurl.Curl) -> None:
        """Begin a transfer."""
        self._multi.add_handle(handle)

    def open(self, family: int, kind: int, protocol: int) -> socket.socket | int:
        """Make a socket for libcurl."""
        try:
            made = socket.socket(family, kind, protocol)
        except OSError:  # a machine without IPv6, say
            return int(pycurl.SOCKET_BAD)
        self._opened.append(made)
        return made

    def wait(self, *until: float | None) -> Iterator[tuple[pycurl.Curl, int, str]]:
        """Wait for the wire, its timer, the bell or a moment; yield transfers that have ended.

        Each with libcurl's code and message, 0 for success.
        """
        moments = [moment for moment in (self._timer, *until) if moment is not None]
        patience = max(min(moments) - time.monotonic(), 0) if moments else None
        for key, events in self._selector.select(patience):
            if key.fileobj is self._bell:
                self._bell.recv(4096)
            else:
                self._multi.socket_action(key.fd, _action(events))
        if self._timer is not None and time.monotonic() >= self._timer:
            self._timer = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        while self._opened:
            self._opened.pop().close()  # pycurl works on a duplicate
        more = 1
        while more:
            more, good, bad = self._multi.info_read()
            for handle, code, message in (*((handle, 0, "") for handle in good), *bad):
                self._multi.remove_handle(handle)
                yield handle, code, message

    def close(self, running: Iterable[pycurl.Curl], idle: Iterable[pycurl.Curl]) -> None:
        """Break off what runs, and let go of everything."""
        for handle in running:
            self._multi.remove_handle(handle)
            handle.close()
        for handle in idle:
            handle.close()
        self._multi.close()
        self._selector.close()
        self._bell.close()
        self._ringer.close()

    def _watch(self, what: int, descriptor: int, _multi: Any, _data: Any) -> None:
        """Learn from libcurl which socket to wait for."""
        if descriptor in self._selector.get_map():
            self._selector.unregister(descriptor)
        if what != pycurl.POLL_REMOVE:
            self._selector.register(descriptor, _events(what))

    def _set_timer(self, milliseconds: int) -> None:
        """Learn from libcurl when it wants to be called though nothing came."""
        self._timer = None if milliseconds < 0 else time.monotonic() + milliseconds / 1000


def _events(what: int) -> int:
    reads = selectors.EVENT_READ if what & pycurl.POLL_IN else 0
    return reads | (selectors.EVENT_WRITE if what & pycurl.POLL_OUT else 0)


def _action(events: int) -> int:
    reads = pycurl.CSELECT_IN if events & selectors.EVENT_READ else 0
    return int(reads | (pycurl.CSELECT_OUT if events & selectors.EVENT_WRITE else 0))
