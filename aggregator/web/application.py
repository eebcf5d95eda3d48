"""The web application: what hangs where."""

from urllib.parse import urlsplit

from fastapi import FastAPI

from aggregator import __version__
from aggregator.app import Aggregator
from aggregator.app.library import Library
from aggregator.config.sections import Serve
from aggregator.web import actions, api, errors, health, metrics, pages, published, stream, websub
from aggregator.web.guard import Guard
from aggregator.web.owner import Owner
from aggregator.web.site import Site

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


def application(aggregator: Aggregator, *, serve: Serve | None = None) -> FastAPI:
    """Return the application over an open aggregator, which it never closes.

    ``serve`` stands in for what the configuration says.
    """
    serve = serve or aggregator.config.serve
    app = FastAPI(
        title="aggregator",
        version=__version__,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # Swagger UI would come from another server
        redoc_url=None,
    )
    app.add_middleware(
        Guard,
        hosts=hosts(serve) | websub.hosts(aggregator.config.callbacks),
        origin=origin(serve),
        bodies={websub.PATH: aggregator.config.limits.body_size},
    )
    owner = Owner(
        serve.token, now=aggregator.clock, secure=(serve.public_url or "").startswith("https:")
    )
    site = Site(aggregator, Library(aggregator), owner)
    for part in (health, metrics, websub):
        app.include_router(part.router(aggregator))
    app.include_router(api.router(site))
    app.router.routes += (*stream.routes(site), *actions.routes(site), *pages.routes(site))
    app.router.routes += published.routes(aggregator.config.directory)
    errors.install(app, site)
    return app


def hosts(serve: Serve) -> frozenset[str]:
    """Return the names that the server may be called by, as a Host field has them."""
    public = urlsplit(serve.public_url or "").hostname
    own = f"[{serve.host}]" if ":" in serve.host else serve.host
    named = {own.lower(), *serve.allowed_hosts, *([public] if public else [])}
    return _LOOPBACK | named


def origin(serve: Serve) -> str | None:
    """Return the origin that browsers know the server by, where a proxy stands before it."""
    if serve.public_url is None:
        return None
    parts = urlsplit(serve.public_url)
    return f"{parts.scheme}://{parts.netloc}"
