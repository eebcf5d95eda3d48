import pytest

from aggregator.cli.report import Report
from aggregator.pipeline import Progress, Step


@pytest.mark.parametrize(("terminal", "is_drawn"), [("xterm", True), ("dumb", False)])
def test_a_bar_is_drawn_only_where_it_can_be(monkeypatch, capsys, terminal: str, is_drawn: bool):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", terminal)
    with Report().progress() as watch:
        watch(Progress(step=Step.ANSWERS, done=1, of=2))
    assert ("Polling" in capsys.readouterr().err) == is_drawn
