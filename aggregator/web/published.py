"""Published files, served as HTTP would have it: RFC 9110 and 9111, RFC 3229 for deltas."""

import gzip
import hashlib
import re
import threading
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property
from pathlib import Path, PurePosixPath

import brotli  # type: ignore[import-untyped]  # it ships no types
import zstandard
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from aggregator.errors import NotFoundError
from aggregator.web import delta
from aggregator.web.header import coding, is_known, qualities, tags

_TYPES = {
    ".atom": "application/atom+xml; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/feed+json; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
}
"""What is served; whatever else lies in the directory is not."""

_CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstandard.ZstdCompressor(level=10).compress(body),
    "br": lambda body: brotli.compress(body, mode=brotli.MODE_TEXT, quality=6),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
"""In our order of preference among those that a client likes equally well."""

_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
_FRAMES = "form-action 'none'; frame-ancestors 'none'"

_CACHED = 64 << 20
"""Bytes of files kept in memory, compressed forms not counted: they add about a half."""
_LARGEST = 32 << 20
_VERSIONS = 50
"""Former versions of a feed whose entries are remembered."""
_MAX_AGE = 300
"""Seconds for which an answer is fresh: feeds are published as news comes."""


@dataclass(slots=True)
class _Versions:
    """The entries of a feed's latest versions, by their tag: what deltas are drawn from."""

    entries: OrderedDict[str, frozenset[bytes]] = field(default_factory=OrderedDict)

    def remember(self, tag: str, entries: frozenset[bytes]) -> None:
        self.entries[tag] = entries
        while len(self.entries) > _VERSIONS:
            self.entries.popitem(last=False)

    def latest_of(self, held: Iterable[str]) -> frozenset[bytes] | None:
        """Return the entries of the latest version that a client has; None where none is known."""
        known = {tag.partition("-")[0] for tag in held}
        latest = reversed(list(self.entries.items()))
        return next((entries for tag, entries in latest if tag in known), None)


class File:
    """A published file, read once."""

    def __init__(self, path: Path, stamp: tuple[int, int, int]) -> None:
        self.stamp = stamp
        self.body = path.read_bytes()
        self.media_type = _TYPES[path.suffix]
        self.modified = format_datetime(
            datetime.fromtimestamp(stamp[0] // 1_000_000_000, UTC), usegmt=True
        )
        self._compressed: dict[str, bytes] = {}

    @cached_property
    def tag(self) -> str:
        """What its ETags begin with: of the content alone, so that a restart changes nothing."""
        return hashlib.sha256(self.body).hexdigest()[:24]

    @cached_property
    def policy(self) -> str | None:
        """A page's Content-Security-Policy: its own style, known by its hash, and nothing else."""
        if not self.media_type.startswith("text/html"):
            return None
        hashes = (b64encode(hashlib.sha256(style).digest()) for style in _STYLE.findall(self.body))
        styles = " ".join(f"'sha256-{name.decode()}'" for name in hashes) or "'none'"
        return f"default-src 'none'; style-src {styles}; img-src data:; base-uri 'none'; {_FRAMES}"

    @cached_property
    def entries(self) -> frozenset[bytes]:
        """The digests of its entries; empty where it is no feed."""
        return delta.digests(self.body, self.media_type)

    def ready(self, coding: str | None) -> bytes | None:
        """Return it in a content coding where that takes no work."""
        return self.body if coding is None else self._compressed.get(coding)

    def coded(self, coding: str) -> bytes:
        """Return it in a content coding, compressed once."""
        if coding not in self._compressed:
            self._compressed[coding] = _CODINGS[coding](self.body)
        return self._compressed[coding]


class Published:
    """The published directory, a bounded part of it in memory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._files: OrderedDict[Path, File] = OrderedDict()
        self._versions: dict[Path, _Versions] = {}
        self._lock = threading.Lock()

    def kept(self, name: str) -> tuple[File, _Versions] | None:
        """Return a file that is in memory as it lies on the disk now, without reading it."""
        path, stamp = self._place(name)
        file = self._files.get(path)
        return (file, self._versions[path]) if file and file.stamp == stamp else None

    def file(self, name: str) -> tuple[File, _Versions]:
        """Return a file by its name below the directory, as it is now; raise NotFoundError."""
        path, stamp = self._place(name)
        with self._lock:
            try:
                file = self._files[path] = File(path, stamp)
            except OSError as error:
                raise NotFoundError(f"no file {name} is published") from error
            self._files.move_to_end(path)
            versions = self._versions.setdefault(path, _Versions())
            versions.remember(file.tag, file.entries)
            while sum(len(kept.body) for kept in self._files.values()) > _CACHED:
                self._files.popitem(last=False)
            return file, versions

    def _place(self, name: str) -> tuple[Path, tuple[int, int, int]]:
        """Return where a file lies, and what tells this version of it; raise NotFoundError."""
        try:
            path = self._path(name)
            status = path.stat()
        except OSError as error:
            raise NotFoundError(f"no file {name} is published") from error
        if status.st_size > _LARGEST:
            raise NotFoundError(f"{name} is too large to be served")
        return path, (status.st_mtime_ns, status.st_size, status.st_ino)

    def _path(self, name: str) -> Path:
        """Return where a file lies: below the directory in truth, by a name that we would give."""
        parts = PurePosixPath(f"{name}index.html" if name.endswith("/") else name).parts
        plain = all(not part.startswith((".", "/")) and "\\" not in part for part in parts)
        if parts and plain and "\0" not in name and PurePosixPath(parts[-1]).suffix in _TYPES:
            root = self._directory.resolve()
            path = root.joinpath(*parts).resolve()
            if path.is_relative_to(root) and path.is_file():
                return path
        raise NotFoundError(f"no file {name} is published")


async def answer(published: Published, request: Request, name: str) -> Response:
    """Answer a request for a published file."""
    # What is asked most is at hand, and a thread would cost more than the answer.
    found = published.kept(name)
    if found is None:
        found = await run_in_threadpool(published.file, name)
    file, versions = found
    chosen = coding(request.headers.get("accept-encoding"), tuple(_CODINGS))
    tag = _tag(file, chosen)
    headers = {
        "Cache-Control": f"public, max-age={_MAX_AGE}",
        "ETag": f'"{tag}"',
        "Last-Modified": file.modified,
        "Vary": "Accept-Encoding, A-IM" if file.entries else "Accept-Encoding",
    }
    if file.policy:
        headers["Content-Security-Policy"] = file.policy
    if_none_match = request.headers.get("if-none-match")
    if _has_it(request, file, tag, if_none_match):
        return Response(status_code=304, headers=headers)
    headers["Content-Type"] = file.media_type
    if chosen:
        headers["Content-Encoding"] = chosen
    if if_none_match and qualities(request.headers.get("a-im", "")).get("feed", 0) > 0:
        known = versions.latest_of(tags(if_none_match))
        if known is not None:
            headers |= {"IM": "feed", "Cache-Control": "no-store, im"}
            shorter = await run_in_threadpool(delta.since, file.body, file.media_type, known)
            if chosen:
                shorter = await run_in_threadpool(_CODINGS[chosen], shorter)
            return Response(shorter, 226, headers)
    body = file.ready(chosen)
    if chosen and body is None:
        body = await run_in_threadpool(file.coded, chosen)
    return Response(body, headers=headers)


def _tag(file: File, chosen: str | None) -> str:
    return f"{file.tag}-{chosen}" if chosen else file.tag


def _has_it(request: Request, file: File, tag: str, if_none_match: str | None) -> bool:
    """Whether the client's copy is this one; beside a tag no date counts (section 13.2.2)."""
    if if_none_match is not None:
        return is_known(if_none_match, tag)
    since = request.headers.get("if-modified-since")
    try:
        return since is not None and parsedate_to_datetime(since) >= parsedate_to_datetime(
            file.modified
        )
    except (ValueError, TypeError, OverflowError):  # no date, or of no year that there is
        return False


def routes(directory: Path) -> list[BaseRoute]:
    """Return the route of the published files, which takes every name that is left."""
    published = Published(directory)

    async def file(request: Request) -> Response:
        return await answer(published, request, request.path_params["name"])

    return [Route("/{name:path}", file)]
