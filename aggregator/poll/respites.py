"""Which hosts are left alone for a while: those that refuse us, and those that do not answer.

A refusal (429) counts by our address and holds for the whole host. Silence is a server's: another
port of its host may answer well. One silent answer may be one slow page, so two are needed, in a
row; where not even a connection stands, one is enough.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model import Respite, Response
from aggregator.poll import freshness
from aggregator.poll.address import Address

REFUSED = timedelta(hours=1)
"""For a host that says 429 and not for how long."""
SILENT = timedelta(minutes=5)
"""For a server that did not answer; doubled each time that it does not after that."""
LONGEST_SILENCE = timedelta(hours=1)
"""So often one feed of it is asked, to see whether it is back."""
WITNESSES = 2
"""Requests without an answer, in a row, that make a server silent."""
_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class Rest:
    """For how long a host is left alone, from when on, and why."""

    why: Respite
    at: datetime
    wait: timedelta


@dataclass(slots=True)
class _Silence:
    unanswered: int = 0
    rests: int = 0


class Respites:
    """What the hosts have earned so far, from round to round."""

    def __init__(self, longest: timedelta) -> None:
        """Take the longest that any host is left alone; with none, none is."""
        self._longest = longest
        self._rests: dict[str, Rest] = {}
        """By host where it refused us, by host and port where it is silent."""
        self._silences: dict[str, _Silence] = {}

    def of(self, address: Address, now: datetime) -> Rest | None:
        """Return why and for how long nothing is asked there; None where all may be."""
        for name in (address.host, address.authority):
            rest = self._rests.get(name)
            if rest is not None and rest.at + rest.wait > now:
                return rest
            self._rests.pop(name, None)
        return None

    def refused(self, address: Address, answer: Response) -> None:
        """Note a 429: the server's Retry-After holds for it, else our own patience."""
        asked = freshness.retry_after(answer.headers, answer.at)
        self._rest(address.host, Respite.REFUSED, answer.at, asked or REFUSED)

    def answered(self, address: Address) -> None:
        """Note that a server answers, whatever it says."""
        self._silences.pop(address.authority, None)

    def unanswered(self, address: Address, at: datetime, *, connected: bool) -> None:
        """Note that a server did not answer in time; ``connected``: it did take the request."""
        silence = self._silences.setdefault(address.authority, _Silence())
        silence.unanswered += 1 if connected else WITNESSES
        if silence.unanswered >= WITNESSES:
            wait = min(SILENT * (1 << min(silence.rests, _DOUBLINGS)), LONGEST_SILENCE)
            silence.rests += 1
            self._rest(address.authority, Respite.SILENT, at, wait)

    def _rest(self, name: str, why: Respite, at: datetime, wait: timedelta) -> None:
        if self._longest:
            self._rests[name] = Rest(why, at, min(wait, self._longest))
