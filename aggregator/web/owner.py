"""The owner: who knows the token. Without one in the configuration nobody does."""

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import compare_digest

from starlette.requests import Request
from starlette.responses import Response

_COOKIE = "aggregator-owner"
_STAY = timedelta(hours=12)


class Owner:
    """Tells the owner by the token: in the Authorization field, or once in a form for a session.

    A session is a cookie that says when it ends and is signed with the token, so that it needs no
    store, and ends for good when the token changes.
    """

    def __init__(self, token: str | None, *, now: Callable[[], datetime], secure: bool) -> None:
        """Take the token; ``secure`` sessions are for https alone."""
        self._token = token
        self._now = now
        self._secure = secure

    @property
    def is_possible(self) -> bool:
        """Whether there is a token at all."""
        return self._token is not None

    def knows(self, token: str) -> bool:
        """Whether this is the token, found out in constant time."""
        return self._token is not None and compare_digest(token.encode(), self._token.encode())

    def is_here(self, request: Request) -> bool:
        """Whether a request is the owner's."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.knows(token.strip())
        return self._is_session(request.cookies.get(_COOKIE, ""))

    def welcome(self, response: Response) -> None:
        """Begin a session."""
        ending = str(int((self._now() + _STAY).timestamp()))
        response.set_cookie(
            _COOKIE,
            f"{ending}.{self._signature(ending)}",
            max_age=int(_STAY.total_seconds()),
            secure=self._secure,
            httponly=True,
            samesite="strict",
        )

    def farewell(self, response: Response) -> None:
        """End it."""
        response.delete_cookie(_COOKIE, secure=self._secure, httponly=True, samesite="strict")

    def _is_session(self, cookie: str) -> bool:
        ending, _, signature = cookie.partition(".")
        return (
            self._token is not None
            and ending.isascii()
            and ending.isdecimal()
            and compare_digest(signature.encode(), self._signature(ending).encode())
            and int(ending) > self._now().timestamp()
        )

    def _signature(self, ending: str) -> str:
        return hmac.digest((self._token or "").encode(), f"owner {ending}".encode(), "sha256").hex()
