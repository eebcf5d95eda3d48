"""What every request passes before anything of ours is asked, and every answer on its way out."""

from collections.abc import Collection, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.web.problem import Problem, problem

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_TARGET = 4096
"""Bytes of a path and its query."""
_BODY = 16 << 10
"""Bytes of a form; paths of their own may take more."""

_CONTENT_SECURITY = (
    "default-src 'none'; style-src 'self'; img-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _CONTENT_SECURITY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",  # no-referrer would make the Origin of our own forms null
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Guard:
    """ASGI middleware: known names only, no other site's orders, nothing of any size.

    A page of another site that has its own name lead to this address (DNS rebinding) sends that
    name as the Host; one that posts a form here sends its own as the Origin.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Collection[str],
        origin: str | None = None,
        bodies: Mapping[str, int] | None = None,
    ) -> None:
        """Take the names that it may be called by, and its public origin where a proxy has one.

        ``bodies`` are larger limits, by the beginning of a path.
        """
        self._app = app
        self._hosts = frozenset(hosts)
        self._origin = origin
        self._bodies = bodies or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say what is wrong with it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = next(
            (size for path, size in self._bodies.items() if scope["path"].startswith(path)), _BODY
        )
        wrong = self._wrong(scope, headers, limit)
        app = self._app if wrong is None else problem(wrong)
        await app(scope, _bounded(receive, limit), _guarded(send))

    def _wrong(self, scope: Scope, headers: Headers, limit: int) -> Problem | None:
        host = headers.get("host", "")
        if hostname(host) not in self._hosts:
            return Problem(
                421, f"this server is not called {host!r}; add the name to serve.allowed_hosts"
            )
        if scope["method"] not in _SAFE and not self._is_ours(headers.get("origin"), host):
            return Problem(403, "this request comes from another site's page")
        if len(scope["raw_path"]) + len(scope["query_string"]) > _TARGET:
            return Problem(414, f"write an address of at most {_TARGET} bytes")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > limit:
            return Problem(413, f"send at most {limit} bytes")
        return None

    def _is_ours(self, origin: str | None, host: str) -> bool:
        """Tell whether a request has no page behind it (a script's), or one of ours."""
        return origin is None or origin in {self._origin, f"http://{host}", f"https://{host}"}


def hostname(host: str) -> str:
    """Return a Host field without its port, in lower case (RFC 9110 section 7.2)."""
    name, _, port = host.rpartition(":")
    return (name if name and port.isdigit() else host).lower().rstrip(".")


def _bounded(receive: Receive, limit: int) -> Receive:
    """Hang up on a body that grows beyond what was allowed, whatever length it claimed."""
    left = limit

    async def bounded() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        return {"type": "http.disconnect"} if left < 0 else message

    return bounded


def _guarded(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return guarded
