"""EDGE: one face for all feeds: files are read, everything else is asked for over HTTP."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from aggregator import __version__
from aggregator.config import Limits
from aggregator.model import Request, Response
from aggregator.poll import address, file
from aggregator.poll.http import HttpFetcher


def user_agent(contact: str | None) -> str:
    """Name the product, its version and whom to complain to (RFC 9110 section 10.1.5)."""
    return f"aggregator/{__version__}" + (f" (+{address.parse(contact).url})" if contact else "")


class FeedFetcher:
    """A pipeline's Fetcher: local feeds first, since they are there at once."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        contact: str | None = None,
        allow: frozenset[str] = frozenset(),
        host_delay: timedelta = timedelta(seconds=2),
        host_cool_down: timedelta = timedelta(days=1),
        connections_per_host: int = 1,
        limits: Limits | None = None,
    ) -> None:
        """Take the clock, and of the configuration what concerns the network."""
        self._clock = clock
        self._limits = limits or Limits()
        self._http = HttpFetcher(
            user_agent=user_agent(contact),
            clock=clock,
            allow=allow,
            host_delay=host_delay,
            host_cool_down=host_cool_down,
            connections_per_host=connections_per_host,
            limits=self._limits,
        )

    def fetch(self, requests: Sequence[Request]) -> Iterator[Response]:
        """Yield one response a request, in the order in which they complete; never raise."""
        remote = [request for request in requests if not request.url.startswith("file:")]
        for request in requests:
            if request.url.startswith("file:"):
                yield file.read(request, self._clock, self._limits.body_size)
        yield from self._http.fetch(remote)
