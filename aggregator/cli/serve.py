"""The command that serves pages, published files and the API."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from aggregator.cli.command import SERVICE, Config, Interrupted, cli, opened
from aggregator.cli.daemon import listen_for_reload, run_daemon


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
    A change of that file holds at once, but for the address to listen on.

    **Examples**

    - `aggregate serve`
    - `aggregate serve --poll --port 8000`
    """
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    with suppress(Interrupted):
        _serve(config or context.obj, given, poll=poll, verbose=verbose)


def _serve(path: Path, given: dict[str, Any], *, poll: bool, verbose: bool) -> None:
    """Serve until interrupted; what is ``given`` goes before what the configuration says."""
    from aggregator.app import Aggregator
    from aggregator.app.config_source import ConfigSource
    from aggregator.web.application import application
    from aggregator.web.reloading import Reloading
    from aggregator.web.server import serving

    with opened(path) as aggregator:
        source = ConfigSource(path)
        listen_for_reload(source)
        settings = aggregator.config.serve.model_copy(update=given)
        with (
            Reloading(
                source,
                settings=lambda fresh: fresh.serve.model_copy(update=given),
                # The daemon's log tells of it as well.
                refused=lambda error: None if poll else print(error, file=sys.stderr, flush=True),
            ) as reloading,
            serving(
                application(aggregator, serve=settings),
                host=settings.host,
                port=settings.port,
                fresh=reloading.fresh,
            ) as served,
        ):
            print(f"Serving {served.url}", flush=True)
            if poll:
                # One of its own: what is decided on a page waits for the daemon's next tick.
                run_daemon(Aggregator.open(path), path, verbose=verbose)
            else:
                served.wait()
