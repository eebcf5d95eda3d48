"""EDGE: many conditional GETs at once over libcurl, polite to hosts and hard to hurt.

One thread a call drives all transfers and never waits for whoever reads the answers; it begins no
new ones while too much lies unread. Rules and limits are in ``visit``, ``guard`` and ``lanes``.
"""

import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from queue import SimpleQueue
from typing import Any

import pycurl

from aggregator.errors import FetchError
from aggregator.model import Request, Response
from aggregator.poll.coding import too_large
from aggregator.poll.guard import Guard
from aggregator.poll.lanes import Lanes
from aggregator.poll.visit import Limits, Visit

_FAREWELL = 5.0
"""Seconds that a thread gets to end; one that hangs in a name's lookup ends with the process."""

_MEANINGS = {
    pycurl.E_COULDNT_RESOLVE_HOST: "the host has no address: check the url, or your network",
    pycurl.E_COULDNT_CONNECT: "no connection: the server is down, or the port is wrong",
    pycurl.E_PEER_FAILED_VERIFICATION: "the server's certificate is not to be trusted",
    pycurl.E_SSL_CONNECT_ERROR: "no secure connection could be agreed on",
    pycurl.E_GOT_NOTHING: "the server hung up without an answer",
    pycurl.E_ABORTED_BY_CALLBACK: "the connection broke",
    pycurl.E_RECV_ERROR: "the connection broke",
    pycurl.E_SEND_ERROR: "the connection broke",
    pycurl.E_PARTIAL_FILE: "the connection ended before the answer did",
    pycurl.E_FTP_WEIRD_SERVER_REPLY: "what answers there does not speak HTTP",
    pycurl.E_UNSUPPORTED_PROTOCOL: "what answers there does not speak HTTP",
}


class HttpFetcher:
    """Fetches over http and https: one connection a host, a pause between two requests to it."""

    def __init__(
        self,
        *,
        user_agent: str,
        clock: Callable[[], datetime],
        allow: frozenset[str] = frozenset(),
        host_delay: timedelta = timedelta(seconds=2),
        host_cool_down: bool = True,
        connections: int = 32,
        limits: Limits | None = None,
    ) -> None:
        """Take what servers are told of us, the clock, and what we allow ourselves and them.

        ``allow``: the ``host:port`` pairs that may be private or loopback addresses.
        ``host_cool_down``: whether a 429 holds for all that is yet to be asked of its host.
        """
        self._user_agent = user_agent
        self._clock = clock
        self._guard = Guard(allow)
        self._host_delay = host_delay
        self._host_cool_down = host_cool_down
        self._connections = connections
        self._limits = limits or Limits()

    def fetch(self, requests: Sequence[Request]) -> Iterator[Response]:
        """Yield one response a request, in the order in which they complete; never raise.

        Closing the iterator breaks off what still runs.
        """
        exchange = _Exchange(
            requests,
            lanes=Lanes(self._host_delay.total_seconds()),
            new_handle=self._new_handle,
            guard=self._guard,
            clock=self._clock,
            host_cool_down=self._host_cool_down,
            connections=self._connections,
            limits=self._limits,
        )
        exchange.start()
        try:
            for _ in requests:
                yield exchange.next_answer()
        finally:
            exchange.stop()

    def _new_handle(self) -> pycurl.Curl:
        """Make a transfer handle with all that is the same for every request."""
        handle = pycurl.Curl()
        handle.setopt(pycurl.USERAGENT, self._user_agent)
        handle.setopt(pycurl.NOSIGNAL, 1)
        handle.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        handle.setopt(pycurl.FOLLOWLOCATION, 0)
        handle.setopt(pycurl.PROXY, "")  # one from the environment would hide whom we reach
        handle.setopt(pycurl.CONNECTTIMEOUT_MS, _milliseconds(self._limits.connect))
        handle.setopt(pycurl.LOW_SPEED_LIMIT, 1)
        handle.setopt(pycurl.LOW_SPEED_TIME, round(self._limits.silence.total_seconds()))
        handle.setopt(pycurl.MAXFILESIZE_LARGE, self._limits.size)
        _trust_the_system(handle)
        return handle


class _Exchange:
    """The transfers of one call, in a thread of their own."""

    def __init__(
        self,
        requests: Sequence[Request],
        *,
        lanes: Lanes[Visit],
        new_handle: Callable[[], pycurl.Curl],
        guard: Guard,
        clock: Callable[[], datetime],
        host_cool_down: bool,
        connections: int,
        limits: Limits,
    ) -> None:
        self._requests = requests
        self._lanes = lanes
        self._new_handle = new_handle
        self._guard = guard
        self._clock = clock
        self._host_cool_down = host_cool_down
        self._connections = connections
        self._limits = limits
        self._wire = _Wire()
        self._running: dict[pycurl.Curl, tuple[Visit, float]] = {}
        self._idle: list[pycurl.Curl] = []
        self._refusals: dict[str, Response] = {}
        """Hosts that have had enough of us, with their 429."""
        self._answers: SimpleQueue[Response | BaseException] = SimpleQueue()
        self._unread = 0
        self._unread_lock = threading.Lock()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="fetch", daemon=True)

    # The caller's side.

    def start(self) -> None:
        self._thread.start()

    def next_answer(self) -> Response:
        answer = self._answers.get()
        if isinstance(answer, BaseException):
            raise answer
        if self._count_unread(-len(answer.body)) > self._limits.unread:
            self._wire.ring()
        return answer

    def stop(self) -> None:
        self._stopped = True
        self._wire.ring()
        self._thread.join(_FAREWELL)

    def _count_unread(self, size: int) -> int:
        """Count bytes in or out; return how many there were before."""
        with self._unread_lock:
            before, self._unread = self._unread, self._unread + size
        return before

    # The thread's side.

    def _run(self) -> None:
        try:
            self._line_up()
            while not self._stopped and (self._running or self._lanes.waiting):
                self._begin()
                opening = self._lanes.next_opening() if self._may_begin() else None
                for handle, code, message in self._wire.wait(opening):
                    self._end(handle, code, message)
        except BaseException as error:  # noqa: BLE001  the caller's thread raises it
            self._answers.put(error)
        finally:
            self._wire.close(self._running, self._idle)

    def _line_up(self) -> None:
        for request in self._requests:
            try:
                visit = Visit(request, self._limits)
            except FetchError as error:
                self._give(_unasked(request, self._clock(), str(error)))
            else:
                self._queue(visit)

    def _queue(self, visit: Visit, *, first: bool = False) -> None:
        refusal = self._refusals.get(visit.address.host)
        if refusal is None:
            self._lanes.add(visit.address.host, visit, first=first)
        else:
            self._give(visit.spared(refusal))

    def _give(self, answer: Response) -> None:
        self._count_unread(len(answer.body))
        self._answers.put(answer)

    def _may_begin(self) -> bool:
        return len(self._running) < self._connections and self._unread <= self._limits.unread

    def _begin(self) -> None:
        while self._may_begin() and (visit := self._lanes.take(time.monotonic())) is not None:
            self._ask(visit)

    def _ask(self, visit: Visit) -> None:
        handle = self._idle.pop() if self._idle else self._new_handle()
        left = visit.request.timeout - timedelta(seconds=visit.spent)
        handle.setopt(pycurl.URL, visit.address.url)
        handle.setopt(pycurl.HTTPHEADER, visit.headers())
        handle.setopt(pycurl.TIMEOUT_MS, max(_milliseconds(left), 1))
        handle.setopt(pycurl.HEADERFUNCTION, partial(_tell, visit.take_header))
        handle.setopt(pycurl.WRITEFUNCTION, partial(_tell, partial(self._take_body, visit)))
        handle.setopt(pycurl.OPENSOCKETFUNCTION, partial(self._open, visit))
        handle.setopt(pycurl.PREREQFUNCTION, _once())
        self._running[handle] = visit, time.monotonic()
        self._wire.add(handle)

    def _take_body(self, visit: Visit, data: bytes) -> bool:
        if visit.size > self._limits.arriving // self._connections:
            arriving = sum(other.size for other, _ in self._running.values())
            if arriving > self._limits.arriving:
                visit.problem = "too much arrives at once, and most of it here: asked again later"
                return False
        return visit.take_body(data)

    def _open(self, visit: Visit, _purpose: int, peer: Any) -> socket.socket | int:
        """Make the socket of a connection, unless the guard is against it."""
        family, kind, protocol, address = peer
        visit.refusal = self._guard.refusal(
            visit.address.authority, address[0], redirected=visit.redirected
        )
        if visit.refusal is not None:
            return int(pycurl.SOCKET_BAD)
        return self._wire.open(family, kind, protocol)

    def _end(self, handle: pycurl.Curl, code: int, message: str) -> None:
        """Take in an ended transfer, and go where it leads."""
        visit, begun = self._running.pop(handle)
        self._idle.append(handle)
        visit.spent += time.monotonic() - begun
        visit.unheard = code == pycurl.E_COULDNT_RESOLVE_HOST
        self._lanes.free(visit.address.host, time.monotonic())
        try:
            if code and not visit.enough:
                raise FetchError(self._meaning(visit, code, message))  # noqa: TRY301  one catch
            if visit.turn():  # each hop waits for its turn like any request
                self._queue(visit, first=True)
                return
            answer = visit.answer(self._clock())
        except FetchError as error:
            answer = visit.failed(self._clock(), str(error))
        self._give(answer)
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS and self._host_cool_down:
            self._cool_down(visit.address.host, answer)

    def _cool_down(self, host: str, refusal: Response) -> None:
        """Leave a host alone for the rest of this run: it counts by address, not by feed."""
        self._refusals[host] = refusal
        for visit in self._lanes.clear(host):
            self._give(visit.spared(refusal))

    def _meaning(self, visit: Visit, code: int, message: str) -> str:
        """Say in words why a transfer failed, and what to do."""
        if visit.problem is not None:
            return visit.problem
        if visit.refusal is not None and code == pycurl.E_COULDNT_CONNECT:
            return visit.refusal
        if code == pycurl.E_OPERATION_TIMEDOUT:
            limit = visit.request.timeout.total_seconds()
            return f"no complete answer within {limit:g} s (timeout; {message}): asked again later"
        if code == pycurl.E_FILESIZE_EXCEEDED:
            return too_large(self._limits.size)
        meaning = _MEANINGS.get(code, "the transfer failed")
        return f"{visit.address.authority}: {meaning} ({message})"


class _Wire:
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

    def wait(self, opening: float | None) -> Iterator[tuple[pycurl.Curl, int, str]]:
        """Wait for the wire, its timer, the bell or that moment; yield transfers that have ended.

        Each with libcurl's code and message, 0 for success.
        """
        moments = [moment for moment in (self._timer, opening) if moment is not None]
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


def _tell(take: Callable[[bytes], bool], data: bytes) -> int:
    """Pass bytes on, and libcurl's own sign that no more are wanted back."""
    return len(data) if take(data) else -1


def _once() -> Callable[..., int]:
    """Let a request go out, and no silent second one where a kept connection dies of it."""
    leave = iter([pycurl.PREREQFUNC_OK])
    return lambda *_: next(leave, pycurl.PREREQFUNC_ABORT)


def _unasked(request: Request, at: datetime, failure: str) -> Response:
    return Response(
        feed=request.feed,
        url=request.url,
        final_url=request.url,
        status=0,
        at=at,
        failure=failure,
    )


def _milliseconds(time_: timedelta) -> int:
    return round(time_ / timedelta(milliseconds=1))


def _trust_the_system(handle: pycurl.Curl) -> None:
    """Verify certificates with what this machine trusts.

    libcurl keeps a bundle's certificates read only where no directory of them is set besides.
    """
    paths = ssl.get_default_verify_paths()
    if paths.cafile:
        handle.setopt(pycurl.CAINFO, paths.cafile)
        handle.unsetopt(pycurl.CAPATH)
    elif paths.capath:
        handle.setopt(pycurl.CAPATH, paths.capath)
    else:
        handle.setopt(pycurl.SSL_OPTIONS, pycurl.SSLOPT_NATIVE_CA)
