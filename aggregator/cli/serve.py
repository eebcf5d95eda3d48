"""The command that serves pages, published files and the API."""

from contextlib import suppress
from typing import Annotated

import typer

from aggregator.cli.command import SERVICE, Config, Interrupted, cli, opened
from aggregator.cli.daemon import run_daemon


@cli.command(rich_help_panel=SERVICE)
def serve(
    context: typer.Context,
    config: Config = None,
    host: Annotated[
        str | None, typer.Option(help="Listen here: 127.0.0.1 is this machine alone.")
    ] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="0 takes a free one.")] = None,
    poll: Annotated[
        bool, typer.Option("--poll", help="Be the daemon too: poll, store and publish meanwhile.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log each poll.")] = False,
) -> None:
    """Serve the front page, stories, published feeds and the API over HTTP.

    On its own it only reads the store, so the daemon may run beside it; with `--poll` both are
    one process. What it may be called, and the owner's token, stand under `serve` in feeds.yaml.

    **Examples**

    - `aggregate serve`
    - `aggregate serve --poll --port 8000`
    """
    from aggregator.app import Aggregator
    from aggregator.web.application import application
    from aggregator.web.server import serving

    path = config or context.obj
    with opened(path) as aggregator:
        settings = aggregator.config.serve
        given = {"host": host, "port": port}
        settings = settings.model_copy(
            update={name: value for name, value in given.items() if value is not None}
        )
        app = application(aggregator, serve=settings)
        with (
            suppress(Interrupted),
            serving(app, host=settings.host, port=settings.port) as served,
        ):
            print(f"Serving {served.url}", flush=True)
            if poll:
                # One of its own: what is decided on a page waits for the daemon's next tick.
                run_daemon(Aggregator.open(path), path, verbose=verbose)
            else:
                served.wait()
