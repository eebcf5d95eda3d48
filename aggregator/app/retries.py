"""When what did not arrive is sent again, and when it is given up. Pure.

The pauses are those that the Standard Webhooks specification (1.0.0, "Deliverability and
reliability") gives as an example: seconds for a receiver that restarts, days for one that is away.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from aggregator.model import Message, Response
from aggregator.poll.freshness import retry_after

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""After the first failure, the second, …; after one more it is given up: three days in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What came of sending a message."""

    error: str | None = None
    """In words; None where it arrived."""
    wait: timedelta = timedelta()
    """What the receiver asks for, at least, before it is sent again."""
    is_final: bool = False
    """Whether it need never be sent again."""
    is_down: bool = False
    """Whether the receiver is in trouble, so that nothing else is worth trying there now."""


ARRIVED = Receipt()


def receipt_of(answer: Response, receiver: str) -> Receipt:
    """Tell from the answer to a post whether what was posted arrived: any 2xx says so.

    ``receiver`` is who answered, in words. It is in trouble where no answer came, and after 5xx
    and 429.
    """
    wait = retry_after(answer.headers, answer.at) or timedelta()
    if answer.failure is not None:
        return Receipt(error=answer.failure, wait=wait, is_down=True)
    status = answer.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return ARRIVED
    return Receipt(
        error=f"the {receiver} answered {status}",
        wait=wait,
        is_down=status >= HTTPStatus.INTERNAL_SERVER_ERROR
        or status == HTTPStatus.TOO_MANY_REQUESTS,
    )


def after(
    message: Message, receipt: Receipt, now: datetime, *, longest: timedelta = PAUSES[-1]
) -> Message:
    """Return a message that did not arrive as it is kept: for later, or given up.

    ``longest`` is the longest pause, unless the receiver asks for more.
    """
    tried = message.attempts
    given_up = receipt.is_final or tried >= len(PAUSES)
    pause = (
        timedelta() if given_up else max(min(PAUSES[tried], longest), min(receipt.wait, PAUSES[-1]))
    )
    return replace(
        message,
        due=None if given_up else now + pause,
        attempts=tried + 1,
        error=receipt.error,
    )
