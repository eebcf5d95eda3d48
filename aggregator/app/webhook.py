"""Webhooks: messages posted as JSON and signed as Standard Webhooks 1.0.0 has it.

By the signature the receiver knows who sends, by the time that nobody plays an old one again, and
by the id, the same however often it is sent, that it has had it before.
"""

import hmac
from base64 import b64encode
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

from aggregator.app.retries import Receipt, receipt_of
from aggregator.model import Access, Message, Receiver, Request, Response

PATIENCE = timedelta(seconds=15)
"""Until the receiver has answered (the specification: 15 to 30 seconds)."""


def request(message: Message, receiver: Receiver, now: datetime) -> Request:
    """Return the request that delivers a message, signed at this time."""
    body = message.body.encode()
    timestamp = int(now.timestamp())
    signatures = (signature(key, message.id, timestamp, body) for key in receiver.keys)
    headers = (
        ("Content-Type", "application/json"),
        ("Accept", "*/*"),
        ("webhook-id", message.id),
        ("webhook-timestamp", str(timestamp)),
        ("webhook-signature", " ".join(signatures)),
    )
    return Request(
        feed=message.id,
        url=receiver.url,
        form=body,
        follows=False,
        timeout=PATIENCE,
        access=Access(headers=headers, proxy=receiver.proxy),
    )


def signature(key: bytes, name: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a body that is sent under an id at a time (Unix, in seconds)."""
    signed = f"{name}.{timestamp}.".encode() + body
    return f"v1,{b64encode(hmac.digest(key, signed, 'sha256')).decode()}"


def receipt(answer: Response) -> Receipt:
    """Tell from a receiver's answer whether a message arrived, and what to do where it did not."""
    made = receipt_of(answer, "receiver")
    if answer.status == HTTPStatus.GONE:
        return replace(
            made,
            error=f"{made.error}: it wants no more; take the webhook out",
            is_final=True,
            is_down=True,
        )
    if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        advice = "redirects are not followed, name the address itself"
        return replace(made, error=f"{made.error}: {advice}", is_down=True)
    return made
