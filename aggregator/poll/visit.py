"""One request on its way: through its redirects, to an answer or a failure.

It is told what comes over the wire, piece by piece, and knows no network itself.
"""

import math
from base64 import b64encode
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

from aggregator.config import Limits, shown_size
from aggregator.errors import FetchError
from aggregator.model import Hop, Request, Respite, Response
from aggregator.poll import address
from aggregator.poll.coding import ACCEPTED, Body, too_large
from aggregator.poll.respites import Rest

_REDIRECTS = frozenset(
    {
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.FOUND,
        HTTPStatus.SEE_OTHER,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.PERMANENT_REDIRECT,
    }
)
_REPEATED = frozenset({HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT})
"""Redirects that a form is posted to again."""
_DOCUMENTS = frozenset(
    {HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION, HTTPStatus.IM_USED}
)
_SINGLE = frozenset(
    {"age", "content-type", "date", "expires", "last-modified", "location", "retry-after"}
)
"""Fields of one value: of several, which is an error, the first counts (RFC 9110 section 5.3)."""
_WASTE = 64 << 10
"""Bytes of a body that nobody reads, before the connection is given up for it."""
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)


class Visit:
    """A request, where it has led so far, and what has come of it."""

    def __init__(self, request: Request, limits: Limits, now: float = 0.0) -> None:
        """Take the time on the clock that turns are told by.

        Raise FetchError where the url cannot be asked for.
        """
        self.request = request
        patience = request.patience
        self.closing = None if patience is None else now + patience.total_seconds()
        """Until when it may wait for a turn."""
        self.address = address.parse(request.url)
        """Where it has led so far: what is to be asked next."""
        self.vetted = False
        """Whether the addresses of where it leads are known to be fit for a proxy to ask."""
        self.unheard = False
        """Its host's name has no address."""
        self.spent = 0.0
        """Seconds on the wire; waiting for a turn does not count."""
        self.phases: dict[str, timedelta] = {}
        """What of that went into what."""
        self._limits = limits
        self._start = self.address
        self._hops: list[Hop] = []
        self._rewind()

    def _rewind(self) -> None:
        self.asked = False
        """A request has gone out to where it leads."""
        self._status = 0
        self._headers: dict[str, str] = {}
        self._last_name: str | None = None
        self._in_headers = False
        self._header_size = 0
        self._body: Body | None = None
        self._received = 0
        self.enough = False
        """The transfer was broken off since the status alone says all."""
        self.problem: str | None = None
        """Why the transfer was broken off otherwise."""
        self.refusal: str | None = None
        """Why an address was not connected to, where we would not have it."""

    @property
    def size(self) -> int:
        """Bytes of the body so far, decoded."""
        return self._body.size if self._body else 0

    @property
    def answered(self) -> bool:
        """Whether a server said anything where it is."""
        return self._status != 0

    @property
    def redirected(self) -> bool:
        """Whether a server led it to where it is."""
        return bool(self._hops)

    @property
    def is_proxied(self) -> bool:
        """Whether another makes the connection for us."""
        return self.request.access.proxy is not None

    @property
    def looks_up(self) -> bool:
        """Whether the addresses of where it leads are to be judged before a proxy is asked."""
        return self.is_proxied and not self.vetted

    def headers(self) -> list[bytes]:
        """Return the header lines to send."""
        at_home = self.address.origin == self._start.origin
        private = self.request.access.headers if at_home else ()
        lines = [f"Accept-Encoding: {ACCEPTED}", *(f"{name}: {text}" for name, text in private)]
        if not any(name.lower() == "accept" for name, _ in private):
            lines.append(f"Accept: {_ACCEPT}")
        if self.request.etag is not None:
            lines += [f"If-None-Match: {self.request.etag}", "A-IM: feed"]  # RFC 3229
        if self.request.last_modified is not None:
            lines.append(f"If-Modified-Since: {self.request.last_modified}")
        if self.address.credentials is not None:  # RFC 7617
            token = b64encode(":".join(self.address.credentials).encode()).decode()
            lines.append(f"Authorization: Basic {token}")
        return [line.encode("latin-1") for line in lines]

    def take_header(self, line: bytes) -> bool:
        """Take a header line with its end; return whether more is wanted."""
        self._header_size += len(line)
        if self._header_size > self._limits.header_size:
            self.problem = headers_too_long(self._limits.header_size)
            return False
        if not self._in_headers:
            if line.startswith(b"HTTP/"):  # else a trailer, which nothing of ours may come from
                self._rewind_headers(line)
        elif line in (b"\r\n", b"\n"):
            self._in_headers = False
        else:
            self._take_field(line.decode("latin-1"))
        return True

    def take_body(self, data: bytes) -> bool:
        """Take the next bytes of the body as sent; return whether more is wanted."""
        self._received += len(data)
        if self._status not in _DOCUMENTS:
            self.enough = self._received > _WASTE
            return not self.enough
        try:
            if self._received > self._limits.body_size:
                problem = too_large("body_size", self._limits.body_size)
                raise FetchError(problem)  # noqa: TRY301  one place to catch
            self._decoded().feed(data)
        except FetchError as error:
            self.problem = str(error)
            return False
        return True

    def turn(self) -> bool:
        """After an answer: return whether it leads to another address, which ``address`` now is.

        Raise FetchError where it leads nowhere, in circles, or where we do not go.
        """
        if self._status not in _REDIRECTS or not self.request.follows:
            return False
        if self.request.form is not None and self._status not in _REPEATED:
            raise FetchError(f"the server answered a form with {self._status}: not followed")
        location = self._headers.get("location")
        if not location:
            raise FetchError(f"the server answered {self._status} without saying where to: no feed")
        target = address.redirected(self._start, self.address, location)
        if target.url in (self._start.url, *(hop.url for hop in self._hops)):
            raise FetchError("its redirects go in circles: given up")
        if len(self._hops) == self._limits.redirects:
            raise FetchError(
                f"it redirects more than {self._limits.redirects} times (limits.redirects): "
                "given up"
            )
        self._hops.append(Hop(self._status, target.url))
        self.address, self.vetted = target, False
        self._rewind()
        return True

    def answer(self, at: datetime) -> Response:
        """Return the answer that has come; raise FetchError where its end is missing."""
        body = self._decoded().finish() if self._status in _DOCUMENTS else b""
        return self._response(at, status=self._status, body=body)

    def failed(self, at: datetime, failure: str) -> Response:
        """Return what there is to say where no answer came."""
        return self._response(at, failure=failure)

    def spared(self, rest: Rest) -> Response:
        """Return what there is to say where its host is left alone, for what another met."""
        self._headers = {"retry-after": str(math.ceil(rest.wait.total_seconds()))}
        because = (
            f"{self.address.host} asks us to slow down (429)"
            if rest.why is Respite.REFUSED
            else f"{self.address.authority} does not answer"
        )
        failure = f"not asked, since {because}: postponed"
        return replace(self._response(rest.at, failure=failure), spared=rest.why)

    def late(self, at: datetime) -> Response:
        """Return what there is to say where the round was over before its turn."""
        failure = "not asked, since the round was over before its turn: postponed"
        return replace(self._response(at, failure=failure), spared=Respite.LATE)

    def _response(
        self, at: datetime, *, status: int = 0, body: bytes = b"", failure: str | None = None
    ) -> Response:
        return Response(
            feed=self.request.feed,
            url=self.request.url,
            final_url=self.address.url,
            status=status,
            at=at,
            headers=self._headers,
            body=body,
            hops=tuple(self._hops),
            elapsed=timedelta(seconds=self.spent),
            phases=self.phases,
            failure=failure,
            unheard=self.unheard,
        )

    def _rewind_headers(self, status_line: bytes) -> None:
        """Start anew: what came before was interim (RFC 9110 section 15.2)."""
        code = status_line.split(maxsplit=2)[1:2]
        self._status = int(code[0]) if code and code[0].isdigit() else 0
        self._headers, self._last_name, self._in_headers = {}, None, True

    def _take_field(self, line: str) -> None:
        name, colon, value = line.partition(":")
        name, value = name.strip().lower(), value.strip(" \t\r\n")
        if line[0] in " \t":  # an obsolete fold (RFC 9112 section 5.2)
            if self._last_name is not None:
                self._headers[self._last_name] += " " + line.strip(" \t\r\n")
        elif colon:
            self._last_name = name
            known = self._headers.get(name, value)
            is_one = known == value or name in _SINGLE
            self._headers[name] = known if is_one else f"{known}, {value}"

    def _decoded(self) -> Body:
        if self._body is None:
            self._body = Body(self._headers.get("content-encoding", ""), self._limits.decoded_size)
        return self._body


def headers_too_long(limit: int) -> str:
    """Say that an answer's headers are longer than the limit, in bytes."""
    return f"its headers are longer than limits.header_size ({shown_size(limit)}): not read"
