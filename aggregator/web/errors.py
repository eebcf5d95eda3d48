"""Errors in words: a page for people, problem+json (RFC 9457) for programs."""

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.errors import AggregatorError, DecisionError, NotFoundError, StoreError
from aggregator.web.guard import HEADERS
from aggregator.web.problem import Problem, problem
from aggregator.web.site import Site

_API = "/api/"


def install(app: FastAPI, site: Site) -> None:
    """Have an application answer errors in our words."""

    def told(request: Request, wrong: Problem) -> Response:
        if request.url.path.startswith(_API) or "text/html" not in request.headers.get(
            "accept", ""
        ):
            return problem(wrong)
        return site.page(request, "error.html", status=wrong.status, detail=wrong.detail)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        response = told(request, Problem(error.status_code, _words(error)))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        wrong = "; ".join(
            f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in error.errors()
        )
        return told(request, Problem(422, wrong))

    @app.exception_handler(NotFoundError)
    def missing(request: Request, error: NotFoundError) -> Response:
        return told(request, Problem(404, str(error)))

    @app.exception_handler(DecisionError)
    def undecided(request: Request, error: DecisionError) -> Response:
        return told(request, Problem(409, str(error)))

    @app.exception_handler(StoreError)
    def silent(request: Request, _error: StoreError) -> Response:
        """Say nothing of where the store is."""
        return told(request, Problem(503, "the store does not answer: aggregate doctor says why"))

    @app.exception_handler(AggregatorError)
    def failed(request: Request, error: AggregatorError) -> Response:
        return told(request, Problem(503, str(error)))

    @app.exception_handler(Exception)
    def broken(request: Request, _error: Exception) -> Response:
        """Answer for a fault of ours, outside of the guard; the server logs what it was."""
        response = told(request, Problem(500, "that is a fault of this server; its log says which"))
        response.headers.update(HEADERS)
        return response


def _words(error: HTTPException) -> str:
    if error.status_code == 404:  # noqa: PLR2004  a status is its own name
        return "there is nothing at this address"
    return error.detail
