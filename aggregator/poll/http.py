"""EDGE: many conditional GETs at once over libcurl, polite to hosts and hard to hurt.

One thread a call drives all transfers and never waits for whoever reads the answers; it begins no
new ones while too much lies unread. Rules and limits are in ``visit``, ``guard`` and ``lanes``,
the waiting for libcurl in ``wire``.

A proxy hides which address it connects to. Before it is asked, libcurl looks a name's addresses up
as if it were to connect to them, and the guard that it asks for each notes them and lets it make no
connection.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from functools import partial
from http import HTTPStatus
from queue import SimpleQueue
from typing import Any

import pycurl

from aggregator.config import Limits, shown_size
from aggregator.errors import FetchError
from aggregator.model import Request, Response
from aggregator.poll import handle as handles
from aggregator.poll.coding import too_large
from aggregator.poll.guard import Guard
from aggregator.poll.lanes import Lanes
from aggregator.poll.respites import Respites
from aggregator.poll.visit import Visit, headers_too_long
from aggregator.poll.wire import Wire

_FAREWELL = 5.0
"""Seconds that a thread gets to end; one that hangs in a name's lookup ends with the process."""

_UNREAD = 16 << 20
"""Bytes of answers that nobody has taken yet, above which nothing new is asked."""


class _Code(IntEnum):
    """Codes of libcurl's that pycurl has no names for."""

    PROXY = 97
    TOO_LARGE = 100


_UNHEARD = frozenset({pycurl.E_COULDNT_RESOLVE_HOST, pycurl.E_COULDNT_RESOLVE_PROXY, _Code.PROXY})
_MEANINGS = {
    pycurl.E_COULDNT_RESOLVE_PROXY: "the proxy's name has no address: check it, or your network",
    _Code.PROXY: "the proxy lets nothing through",
    pycurl.E_SSL_CACERT_BADFILE: "the certificates of tls.ca cannot be read: check the file",
    pycurl.E_COULDNT_RESOLVE_HOST: "the host has no address: check the url, or your network",
    pycurl.E_COULDNT_CONNECT: "no connection: the server is down, or the port is wrong",
    pycurl.E_PEER_FAILED_VERIFICATION: (
        "the server's certificate is not to be trusted; if it is one of your own, name it as tls.ca"
    ),
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
    """Fetches over http and https: few connections a host, a pause between two requests to it."""

    def __init__(
        self,
        *,
        user_agent: str,
        clock: Callable[[], datetime],
        allow: frozenset[str] = frozenset(),
        host_delay: timedelta = timedelta(seconds=2),
        host_cool_down: timedelta = timedelta(days=1),
        connections: int = 32,
        connections_per_host: int = 1,
        limits: Limits | None = None,
        unread: int = _UNREAD,
        recovery: timedelta = timedelta(seconds=2),
    ) -> None:
        """Take what servers are told of us, the clock, and what we allow ourselves and them.

        ``allow``: the ``host:port`` pairs that may be private or loopback addresses.
        ``host_cool_down``: the longest that a host which refused us, or did not answer, is left
        alone; without it each request is judged by itself.
        ``recovery``: the pause after a transfer that broke, for a server may be slow to notice.
        """
        self._user_agent = user_agent
        self._clock = clock
        self._guard = Guard(allow)
        self._host_delay = host_delay
        self._respites = Respites(host_cool_down)
        self._connections = connections
        self._connections_per_host = connections_per_host
        self._limits = limits or Limits()
        self._unread = unread
        self._recovery = recovery

    def fetch(self, requests: Sequence[Request]) -> Iterator[Response]:
        """Yield one response a request, in the order in which they complete; never raise.

        Closing the iterator breaks off what still runs.
        """
        exchange = _Exchange(
            requests,
            lanes=Lanes(self._host_delay.total_seconds(), self._connections_per_host),
            new_handle=partial(handles.new, self._user_agent, self._limits),
            guard=self._guard,
            clock=self._clock,
            respites=self._respites,
            connections=self._connections,
            limits=self._limits,
            unread=self._unread,
            recovery=self._recovery,
        )
        exchange.start()
        try:
            for _ in requests:
                yield exchange.next_answer()
        finally:
            exchange.stop()


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
        respites: Respites,
        connections: int,
        limits: Limits,
        unread: int,
        recovery: timedelta,
    ) -> None:
        self._requests = requests
        self._lanes = lanes
        self._new_handle = new_handle
        self._guard = guard
        self._clock = clock
        self._connections = connections
        self._limits = limits
        self._most_unread = unread
        self._recovery = recovery.total_seconds()
        self._wire = Wire()
        self._running: dict[pycurl.Curl, tuple[Visit, float]] = {}
        self._idle: list[pycurl.Curl] = []
        self._respites = respites
        """What comes to be known of hosts is put in."""
        self._closing: float | None = None
        """When the first of those who wait has waited long enough."""
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
        if self._count_unread(-len(answer.body)) > self._most_unread:
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
                self._put_off()
                opening = self._lanes.next_opening() if self._may_begin() else None
                for handle, code, message in self._wire.wait(opening, self._closing):
                    self._end(handle, code, message)
        except BaseException as error:  # noqa: BLE001  the caller's thread raises it
            self._answers.put(error)
        finally:
            self._wire.close(self._running, self._idle)

    def _line_up(self) -> None:
        now = time.monotonic()
        for request in self._requests:
            try:
                visit = Visit(request, self._limits, now)
            except FetchError as error:
                self._give(_unasked(request, self._clock(), str(error)))
            else:
                self._queue(visit)

    def _queue(self, visit: Visit, *, first: bool = False) -> None:
        rest = self._respites.of(visit.address, self._clock())
        if rest is None:
            self._lanes.add(visit.address.host, visit, first=first)
            self._closing = _earlier(self._closing, visit.closing)
        else:
            self._give(visit.spared(rest))

    def _put_off(self) -> None:
        """Send away those whose patience is over."""
        now = time.monotonic()
        if self._closing is None or self._closing > now:
            return
        self._closing = None

        def is_over(visit: Visit) -> bool:
            if visit.closing is not None and visit.closing <= now:
                return True
            self._closing = _earlier(self._closing, visit.closing)
            return False

        for visit in self._lanes.clear(is_over):
            self._give(visit.late(self._clock()))

    def _give(self, answer: Response) -> None:
        self._count_unread(len(answer.body))
        self._answers.put(answer)

    def _may_begin(self) -> bool:
        return len(self._running) < self._connections and self._unread <= self._most_unread

    def _begin(self) -> None:
        while self._may_begin() and (visit := self._lanes.take(time.monotonic())) is not None:
            self._ask(visit)

    def _ask(self, visit: Visit) -> None:
        handle = self._idle.pop() if self._idle else self._new_handle()
        handles.prepare(handle, visit)
        handle.setopt(pycurl.HEADERFUNCTION, partial(_tell, visit.take_header))
        handle.setopt(pycurl.WRITEFUNCTION, partial(_tell, partial(self._take_body, visit)))
        handle.setopt(pycurl.OPENSOCKETFUNCTION, partial(self._open, visit))
        handle.setopt(pycurl.PREREQFUNCTION, partial(_send, visit))
        self._running[handle] = visit, time.monotonic()
        self._wire.add(handle)

    def _take_body(self, visit: Visit, data: bytes) -> bool:
        allowed = self._limits.arriving_size
        if visit.size > allowed // self._connections:
            arriving = sum(other.size for other, _ in self._running.values())
            if arriving > allowed:
                visit.problem = (
                    f"too much arrives at once, and most of it here (limits.arriving_size, "
                    f"{shown_size(allowed)}): asked again later"
                )
                return False
        return visit.take_body(data)

    def _open(self, visit: Visit, _purpose: int, peer: Any) -> socket.socket | int:
        """Make the socket of a connection, unless the guard is against it.

        A proxy may be anywhere, for the user named it.
        """
        family, kind, protocol, address = peer
        if not visit.is_proxied or visit.looks_up:
            refusal = self._guard.refusal(
                visit.address.authority,
                address[0],
                redirected=visit.redirected,
                found=visit.request.found,
            )
            visit.refusal = visit.refusal or refusal
            if refusal is not None or visit.looks_up:
                return int(pycurl.SOCKET_BAD)
        return self._wire.open(family, kind, protocol)

    def _end(self, handle: pycurl.Curl, code: int, message: str) -> None:
        """Take in an ended transfer, and go where it leads."""
        visit, begun = self._running.pop(handle)
        self._idle.append(handle)
        visit.spent += time.monotonic() - begun
        for phase, spent in handles.phases(handle).items():
            visit.phases[phase] = visit.phases.get(phase, timedelta()) + spent
        if visit.looks_up and self._is_fit(visit, code):
            visit.vetted = True
            self._ask(visit)
            return
        no_proxy = visit.is_proxied and code == pycurl.E_COULDNT_CONNECT and not visit.refusal
        visit.unheard = no_proxy or code in _UNHEARD
        # What our own guard refused has cost its host nothing to recover from.
        pause = self._recovery if code and visit.refusal is None else 0.0
        self._lanes.free(visit.address.host, time.monotonic(), pause=pause)
        if visit.answered:
            self._respites.answered(visit.address)
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
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._respites.refused(visit.address, answer)
        elif code == pycurl.E_OPERATION_TIMEDOUT and not visit.answered:
            self._respites.unanswered(visit.address, answer.at, connected=visit.asked)
        else:
            return
        self._spare(answer.at)

    def _is_fit(self, visit: Visit, code: int) -> bool:
        """Tell from a look-up whether a proxy may be asked for what it led to."""
        if code == pycurl.E_COULDNT_RESOLVE_HOST:  # the proxy may know it, and where it leads
            return self._guard.allows(visit.address.authority)
        return code == pycurl.E_COULDNT_CONNECT and visit.refusal is None

    def _spare(self, now: datetime) -> None:
        """Send away those whose hosts are to be left alone by now."""
        for visit in self._lanes.clear(lambda visit: self._respites.of(visit.address, now)):
            self._queue(visit)

    def _meaning(self, visit: Visit, code: int, message: str) -> str:
        """Say in words why a transfer failed, and what to do."""
        if visit.problem is not None:
            return visit.problem
        if visit.refusal is not None and code == pycurl.E_COULDNT_CONNECT:
            return visit.refusal
        if (limit := self._limit_met(visit, code, message)) is not None:
            return limit
        if code == pycurl.E_COULDNT_RESOLVE_HOST and visit.looks_up:
            unknown = (
                f"{visit.address.host} has no address here, so that none can be checked before the "
                "proxy is asked"
            )
            if visit.redirected or visit.request.found:
                return f"{unknown}: not followed"
            return f'{unknown}; if you trust it, add "{visit.address.authority}" to network.allow'
        meaning = _MEANINGS.get(code, "the transfer failed")
        who = visit.address.authority
        if visit.is_proxied and code == pycurl.E_COULDNT_CONNECT:
            who, meaning = "its proxy", "no connection: check network.proxy, or the feed's own"
        return f"{who}: {meaning} ({message})"

    def _limit_met(self, visit: Visit, code: int, message: str) -> str | None:
        """Name the limit that libcurl found met, if it was one."""
        match code:
            case pycurl.E_OPERATION_TIMEDOUT:
                return self._too_slow(visit, message)
            case pycurl.E_FILESIZE_EXCEEDED:
                return too_large("body_size", self._limits.body_size)
            case _Code.TOO_LARGE:  # a line that it did not even hand over
                return headers_too_long(self._limits.header_size)
            case _:
                return None

    def _too_slow(self, visit: Visit, message: str) -> str:
        """Name the limit of time that was met."""
        limits = self._limits
        if visit.spent >= visit.request.timeout.total_seconds():
            limit, key = visit.request.timeout, "timeout"
        elif visit.asked:
            limit, key = limits.read_timeout, "limits.read_timeout"
        else:
            limit, key = limits.connect_timeout, "limits.connect_timeout"
        seconds = f"{limit.total_seconds():g} s"
        return f"no complete answer within {seconds} ({key}; {message}): asked again later"


def _tell(take: Callable[[bytes], bool], data: bytes) -> int:
    """Pass bytes on, and libcurl's own sign that no more are wanted back."""
    return len(data) if take(data) else -1


def _send(visit: Visit, *_: object) -> int:
    """Let a request go out, and no silent second one where a kept connection dies of it."""
    if visit.asked:
        return int(pycurl.PREREQFUNC_ABORT)
    visit.asked = True
    return int(pycurl.PREREQFUNC_OK)


def _earlier(one: float | None, other: float | None) -> float | None:
    """Return the earlier of two moments; None stands for never."""
    return min((moment for moment in (one, other) if moment is not None), default=None)


def _unasked(request: Request, at: datetime, failure: str) -> Response:
    return Response(
        feed=request.feed,
        url=request.url,
        final_url=request.url,
        status=0,
        at=at,
        failure=failure,
    )
