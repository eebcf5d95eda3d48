"""The callback of WebSub subscriptions: hubs verify what was asked of them, and deliver."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

from aggregator.app import Aggregator
from aggregator.app.callback import Receipt, receive, verify

PATH = "/websub/"
_STATUS = {
    # A signature that is wrong is answered like a right one: nobody learns which it was (7.1).
    Receipt.TAKEN: 202,
    Receipt.IGNORED: 202,
    Receipt.UNKNOWN: 404,
    Receipt.FULL: 503,
}


def hosts(callbacks: str | None) -> frozenset[str]:
    """Return the name that hubs call the server by."""
    host = urlsplit(callbacks or "").hostname
    return frozenset({host} if host else ())


def router(aggregator: Aggregator) -> APIRouter:
    """Return the routes of an aggregator's callbacks."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(PATH + "{token}")
    def question(token: str, request: Request) -> Response:
        answer = verify(aggregator, token, request.query_params)
        if answer is None:
            return Response(status_code=404)
        return PlainTextResponse(answer)

    @routes.post(PATH + "{token}")
    async def delivery(token: str, request: Request) -> Response:
        body = await request.body()
        receipt = await run_in_threadpool(
            receive,
            aggregator,
            token,
            signature=request.headers.get("x-hub-signature"),
            type_=request.headers.get("content-type", ""),
            body=body,
        )
        return Response(status_code=_STATUS[receipt])

    return routes
