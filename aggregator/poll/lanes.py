"""One lane a host: one visitor at a time, spaced; of those that are free the longest lane first.

No host waits for another. Where turns are scarce the longest lane decides when all is done, since
its visitors go one by one, and so it must not begin last.
"""

import heapq
from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Lane(Generic[T]):
    waiting: deque[T] = field(default_factory=deque)
    busy: bool = False
    opens: float = 0.0


class Lanes(Generic[T]):
    """Jobs waiting for their hosts. Times are seconds on any clock that never goes back."""

    def __init__(self, delay: float) -> None:
        """Take the pause between the end of a job and the start of the next at the same host."""
        self._delay = delay
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
        if not lane.busy and len(lane.waiting) == 1:
            self._offer(host, lane)

    def take(self, now: float) -> T | None:
        """Return the next job whose host is free, which then is busy; None where there is none."""
        while self._pausing and self._pausing[0][0] <= now:
            _, turn, host = heapq.heappop(self._pausing)
            heapq.heappush(self._open, (-len(self._lanes[host].waiting), turn, host))
        if not self._open:
            return None
        lane = self._lanes[heapq.heappop(self._open)[2]]
        lane.busy = True
        self.waiting -= 1
        return lane.waiting.popleft()

    def free(self, host: str, now: float) -> None:
        """Say that the job at this host is done."""
        lane = self._lanes[host]
        lane.busy = False
        lane.opens = now + self._delay
        if lane.waiting:
            self._offer(host, lane)

    def clear(self, host: str) -> list[T]:
        """Take away, and return, all that wait for a host."""
        lane = self._lanes[host]
        jobs = list(lane.waiting)
        lane.waiting.clear()
        self.waiting -= len(jobs)
        self._pausing = [offer for offer in self._pausing if offer[2] != host]
        self._open = [offer for offer in self._open if offer[2] != host]
        heapq.heapify(self._pausing)
        heapq.heapify(self._open)
        return jobs

    def next_opening(self) -> float | None:
        """Return when the next job can be taken, provided that no running one ends before."""
        if self._open:
            return self._lanes[self._open[0][2]].opens
        return self._pausing[0][0] if self._pausing else None

    def _offer(self, host: str, lane: _Lane[T]) -> None:
        self._turn += 1
        heapq.heappush(self._pausing, (lane.opens, self._turn, host))
