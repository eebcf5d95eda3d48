"""One lane a host: few visitors at a time, spaced; of those that are free the longest lane first.

No host waits for another. Where turns are scarce the longest lane decides when all is done, since
its visitors go one by one, and so it must not begin last.
"""

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Lane(Generic[T]):
    waiting: deque[T] = field(default_factory=deque)
    busy: int = 0
    opens: float = 0.0
    offered: bool = False


class Lanes(Generic[T]):
    """Jobs waiting for their hosts. Times are seconds on any clock that never goes back."""

    def __init__(self, delay: float, width: int = 1) -> None:
        """Take the pause at a host before the next job, and how many may run there at a time.

        The pause begins when a job ends and, where a lane is wide, when one starts.
        """
        self._delay = delay
        self._width = width
        self._lanes: dict[str, _Lane[T]] = {}
        self._pausing: list[tuple[float, int, str]] = []
        """Hosts with somebody waiting, by when they open."""
        self._open: list[tuple[int, int, str]] = []
        """Such hosts that are open, the longest lane first."""
        self._turn = 0
        self.waiting = 0
        """How many jobs have not yet begun."""

    def add(self, host: str, job: T, *, first: bool = False) -> None:
        """Let a job wait for its host: behind the others, or before them."""
        lane = self._lanes.setdefault(host, _Lane())
        if first:
            lane.waiting.appendleft(job)
        else:
            lane.waiting.append(job)
        self.waiting += 1
        if len(lane.waiting) == 1:
            self._offer(host, lane)

    def take(self, now: float) -> T | None:
        """Return the next job whose host has room, which then is busier; None without one."""
        while self._pausing and self._pausing[0][0] <= now:
            _, turn, host = heapq.heappop(self._pausing)
            heapq.heappush(self._open, (-len(self._lanes[host].waiting), turn, host))
        if not self._open:
            return None
        host = heapq.heappop(self._open)[2]
        lane = self._lanes[host]
        lane.offered = False
        lane.busy += 1
        lane.opens = now + self._delay
        self.waiting -= 1
        job = lane.waiting.popleft()
        self._offer(host, lane)
        return job

    def free(self, host: str, now: float, *, pause: float = 0.0) -> None:
        """Say that the job at this host is done, and how long it needs at least to recover."""
        lane = self._lanes[host]
        lane.busy -= 1
        lane.opens = now + max(self._delay, pause)
        self._withdraw(host, lane)
        self._offer(host, lane)

    def clear(self, which: Callable[[T], object]) -> list[T]:
        """Take away, and return, those of the waiting jobs of which that is true."""
        cleared: list[T] = []
        for host, lane in self._lanes.items():
            waiting, lane.waiting = lane.waiting, deque()
            for job in waiting:
                (cleared if which(job) else lane.waiting).append(job)
            if not lane.waiting:
                self._withdraw(host, lane)
        self.waiting -= len(cleared)
        return cleared

    def next_opening(self) -> float | None:
        """Return when the next job can be taken, provided that no running one ends before."""
        if self._open:
            return self._lanes[self._open[0][2]].opens
        return self._pausing[0][0] if self._pausing else None

    def _offer(self, host: str, lane: _Lane[T]) -> None:
        """Let the first in a lane be taken, once it opens, if there is room."""
        if lane.offered or not lane.waiting or lane.busy == self._width:
            return
        lane.offered = True
        self._turn += 1
        heapq.heappush(self._pausing, (lane.opens, self._turn, host))

    def _withdraw(self, host: str, lane: _Lane[T]) -> None:
        """Take an offer back."""
        if not lane.offered:
            return
        lane.offered = False
        self._pausing = [offer for offer in self._pausing if offer[2] != host]
        self._open = [offer for offer in self._open if offer[2] != host]
        heapq.heapify(self._pausing)
        heapq.heapify(self._open)
