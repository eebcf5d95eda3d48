"""Errors as RFC 9457 has them: ``application/problem+json``."""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.responses import JSONResponse


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong with a request."""

    status: int
    detail: str
    """In words, with what to do."""

    @property
    def title(self) -> str:
        """The status in words, the same for every occurrence."""
        return HTTPStatus(self.status).phrase


def problem(wrong: Problem) -> JSONResponse:
    """Return the response that tells of a problem."""
    return JSONResponse(
        {
            "type": "about:blank",
            "title": wrong.title,
            "status": wrong.status,
            "detail": wrong.detail,
        },
        status_code=wrong.status,
        media_type="application/problem+json",
        headers={"Cache-Control": "no-store"},
    )
