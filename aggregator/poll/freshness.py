"""What a server's headers say about time (RFC 9110, RFC 9111).

Header names are in lower case. Nonsense counts as unsaid, except where the RFC gives it a meaning.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_DIRECTIVE = re.compile(r'([^\s,;="]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?')
_SECONDS = re.compile("[0-9]+")
_FRACTION = re.compile("(?<=[0-9])[.][0-9]+$")
_FOREVER = 2**31
"""What a number of seconds too great to count stands for (RFC 9111 section 1.2.2)."""


def http_date(text: str) -> datetime | None:
    """Read a date in any of the three forms of RFC 9110 section 5.6.7, or None."""
    try:
        date = parsedate_to_datetime(text)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def lifetime(headers: Mapping[str, str], at: datetime) -> timedelta | None:
    """Return for how long the answer is fresh from its making on; None where nothing says so.

    RFC 9111 section 4.2.1: the first ``max-age``, else ``Expires`` minus ``Date`` (``at`` stands in
    for it), and an unreadable value of either is stale at once. ``s-maxage`` is for shared caches.
    """
    for name, quoted, plain in _DIRECTIVE.findall(headers.get("cache-control", "")):
        if name.lower() == "max-age":
            return _seconds(quoted or plain) or timedelta()
    if "expires" not in headers:
        return None
    expires = http_date(headers["expires"])
    return max(expires - _made(headers, at), timedelta()) if expires else timedelta()


def age(headers: Mapping[str, str]) -> timedelta:
    """Return how long caches on the way held the answer (RFC 9111 section 5.1)."""
    return _seconds(headers.get("age", "").split(",")[0].strip()) or timedelta()


def retry_after(headers: Mapping[str, str], at: datetime) -> timedelta | None:
    """Return how long the server asks to be left alone (RFC 9110 section 10.2.3), or None.

    A date counts from the answer's own ``Date``, so that our clock need not agree with theirs.
    Fractions of a second, which some send, count for nothing.
    """
    text = headers.get("retry-after", "").strip()
    if (wait := _seconds(_FRACTION.sub("", text))) is None and (date := http_date(text)):
        wait = date - _made(headers, at)
    return wait if wait and wait > timedelta() else None


def _made(headers: Mapping[str, str], at: datetime) -> datetime:
    return http_date(headers.get("date", "")) or at


def _seconds(text: str) -> timedelta | None:
    if not _SECONDS.fullmatch(text):
        return None
    return timedelta(seconds=int(text) if len(text) < len(str(_FOREVER)) else _FOREVER)
