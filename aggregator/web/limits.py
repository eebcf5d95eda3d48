"""How often anybody may ask for what costs much to answer."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

_CLIENTS = 10_000
"""Remembered at most; the one not seen for longest is forgotten."""


class Allowance:
    """So many at once, and one more each time some seconds have gone by, for each client."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        at_once: int = 30,
        every: timedelta = timedelta(seconds=1),
    ) -> None:
        self._now = now
        self._depth = every * at_once
        self._every = every
        self._full: OrderedDict[str, datetime] = OrderedDict()
        """When each client's allowance will be whole again."""
        self._lock = Lock()

    def take(self, client: str) -> bool:
        """Take one for a client; False where nothing is left."""
        now = self._now()
        with self._lock:
            full = max(self._full.pop(client, now), now) + self._every
            allowed = full - now <= self._depth
            self._full[client] = full if allowed else full - self._every
            if len(self._full) > _CLIENTS:
                self._full.popitem(last=False)
        return allowed
