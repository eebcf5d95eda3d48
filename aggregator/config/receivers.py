"""The webhooks of ``notify`` → Receiver."""

import re
from base64 import b64decode

from aggregator.config.secrets import Secrets
from aggregator.config.sections import split

_SECRET = re.compile("whsec_([A-Za-z0-9+/]+={0,2})")
_KEY_SIZES = range(24, 65)
"""Bytes (Standard Webhooks 1.0.0, "Signature scheme")."""


def address(written: str, secrets: Secrets) -> str:
    """Return a webhook's address, its secrets filled in; raise ValueError where it is none."""
    parts = split(secrets.fill_url(written))
    if parts is None or not parts.hostname:
        raise ValueError("this address names no host, or a port that cannot be")
    if parts.password:
        secrets.remember(parts.password)
    return parts.geturl()


def key(written: str, secrets: Secrets) -> bytes:
    """Return what a webhook is signed with; raise ValueError where the variable holds none."""
    found = _SECRET.fullmatch(secrets.fill(written))
    try:
        signing = b64decode(found[1]) if found else b""
    except ValueError:
        signing = b""
    if found is None or len(signing) not in _KEY_SIZES:
        raise ValueError(
            f"{written} is no secret: whsec_ and 24 to 64 bytes in Base64; this makes one: "
            'echo "whsec_$(openssl rand -base64 32)"'
        )
    secrets.remember(found[1])
    return signing
