"""What a supervisor asks: is it there, and does it do its work."""

from fastapi import APIRouter
from starlette.responses import PlainTextResponse

from aggregator.app import Aggregator
from aggregator.errors import StoreError

_FRESH = {"Cache-Control": "no-store"}


def router(aggregator: Aggregator) -> APIRouter:
    """Return the routes of an aggregator's health."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/healthz", methods=["GET", "HEAD"])
    async def alive() -> PlainTextResponse:
        return PlainTextResponse("alive\n", headers=_FRESH)

    @routes.api_route("/readyz", methods=["GET", "HEAD"])
    def ready() -> PlainTextResponse:
        """Say whether the store answers, and whether feeds do."""
        try:
            healthy = aggregator.is_healthy()
        except StoreError:
            return PlainTextResponse("the store does not answer\n", 503, _FRESH)
        if healthy:
            return PlainTextResponse("ready\n", headers=_FRESH)
        silence = "no poll has succeeded within the longest interval\n"
        return PlainTextResponse(silence, 503, _FRESH)

    return routes
