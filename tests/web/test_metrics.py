import json
import re
from pathlib import Path

from aggregator import __version__

ROOT = Path(__file__).parents[2]
SAMPLE = re.compile(r'([a-z_]+)(\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})? (-?[0-9.e+]+)')


def names(text: str) -> set[str]:
    return {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE ")}


def test_prometheus_is_told_the_figures(site):
    answer = site.ask("/metrics")

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    assert f'aggregator_build_info{{version="{__version__}"}} 1' in lines
    assert any(line.startswith('aggregator_feeds{condition="failing"} ') for line in lines)
    assert 'aggregator_messages{kind="webhook",state="given_up"} 0' in lines
    told = {found[1] for line in lines if (found := SAMPLE.fullmatch(line))}
    assert told == names(answer.text)
    assert len(lines) == 2 * len(told) + sum(1 for line in lines if not line.startswith("#"))


def test_private_feeds_count_nowhere(site):
    feeds = re.findall(r'aggregator_feeds\{condition="[a-z]+"\} (\d+)', site.ask("/metrics").text)

    assert sum(map(int, feeds)) == 3


def test_each_is_documented_and_the_dashboard_asks_for_nothing_else(site):
    told = names(site.ask("/metrics").text)
    documented = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    dashboard = json.loads((ROOT / "examples/grafana.json").read_text(encoding="utf-8"))
    asked = {
        name
        for panel in dashboard["panels"]
        for target in panel["targets"]
        for name in re.findall(r"(?:aggregator|process)_[a-z_]+", target["expr"])
    }

    assert {name for name in told if f"`{name}`" not in documented} == set()
    assert asked <= told | {"aggregator_last_poll_timestamp_seconds"}
