"""A small HTTP server on loopback that answers as told and remembers what it was asked."""

import signal
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")  # nothing here depends on how fast the machine is

CERTIFICATE = Path(__file__).with_name("self-signed.pem")
"""For localhost, with its key: made for these tests and used nowhere else."""

# Who is told to end, by a timeout say, ends as by Ctrl-C: with the servers that fixtures started.
# A shell has what it starts in the background ignore Ctrl-C, and the programs that tests start too.
signal.signal(signal.SIGTERM, signal.default_int_handler)
signal.signal(signal.SIGINT, signal.default_int_handler)

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """Routes by path; everything else is 404."""

    httpd: ThreadingHTTPServer
    scheme: str = "http"
    routes: dict[str, Answer] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    @property
    def port(self) -> int:
        return self.httpd.server_address[1]

    @property
    def certificate(self) -> Path:
        return CERTIFICATE

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.seen]

    def headers(self, number: int = -1) -> dict[str, str]:
        """The header fields of a request, names in lower case."""
        return self.seen[number][1]

    def wait_until_asked(self, times: int) -> bool:
        with self.news:
            return self.news.wait_for(lambda: len(self.seen) >= times, timeout=10)

    def says(
        self, path: str, body: bytes = b"", status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        """Answer a path with a complete response."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response_only(status)
            for name, value in (headers or {}).items():
                handler.send_header(name, value)
            if status not in (204, 304):
                handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        self.routes[path] = answer

    def sends(self, path: str, chunks: Callable[[], Iterator[bytes]]) -> None:
        """Answer a path with bare bytes and then hang up."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.close_connection = True
            for chunk in chunks():
                handler.wfile.write(chunk)

        self.routes[path] = answer

    @contextmanager
    def stalls(self, path: str) -> Iterator[None]:
        """Leave a path unanswered while the block lasts."""
        over = threading.Event()

        def answer(handler: BaseHTTPRequestHandler) -> None:
            over.wait()
            handler.send_error(503)

        self.routes[path] = answer
        try:
            yield
        finally:
            over.set()


@contextmanager
def serving(*, tls: bool = False) -> Iterator[Server]:
    with _Threads(("127.0.0.1", 0), _Handler) as httpd:
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
        httpd.owner = Server(httpd, "https" if tls else "http")
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield httpd.owner
        finally:
            httpd.shutdown()
            thread.join()


def _absent(handler: BaseHTTPRequestHandler) -> None:
    handler.send_error(404)


class _Threads(ThreadingHTTPServer):
    daemon_threads = False
    owner: Server

    def handle_error(self, *_: object) -> None:
        """Say nothing of a client that will not shake hands."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    server: _Threads

    def do_GET(self) -> None:
        owner, path = self.server.owner, self.path.partition("?")[0]
        with owner.news:
            owner.seen.append((path, {k.lower(): v for k, v in self.headers.items()}))
            owner.news.notify_all()
        try:
            owner.routes.get(path, _absent)(self)
        except OSError:  # the client hung up, as it may
            self.close_connection = True

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing at all."""


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def other_server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def tls_server() -> Iterator[Server]:
    with serving(tls=True) as running:
        yield running
