"""The command that measures this machine."""

import typer

from aggregator.cli.command import SERVICE, AsJson, Config, cli
from aggregator.cli.report import print_json


@cli.command(rich_help_panel=SERVICE)
def bench(context: typer.Context, config: Config = None, as_json: AsJson = False) -> None:
    """Measure what each stage costs on this machine, with those of your feeds that are files.

    No server is asked, and the store is left alone. How many of which items it was measured with
    stands beside each figure; stories come out of the match.

    **Examples**

    - `aggregate --config examples/feeds.yaml bench`
    - `aggregate bench --json`
    """
    from aggregator.app.bench import cost_record, costs, machine
    from aggregator.config_file import read_config

    configuration = read_config(config or context.obj)
    on = machine(configuration)
    if as_json:
        print_json([on])
    else:
        print(", ".join(f"{name} {value}" for name, value in on.items()))
    for cost in costs(configuration):
        if as_json:
            print_json([cost_record(cost)])
        else:
            print(cost.line, flush=True)
