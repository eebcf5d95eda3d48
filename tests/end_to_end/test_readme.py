"""The README's own examples, run."""

import re
from pathlib import Path

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_the_python_example_runs(examples, monkeypatch, capsys):
    (code,) = blocks("python")
    monkeypatch.chdir(examples.path.parent)
    exec(compile(code, "README.md", "exec"), {})
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_what_is_shown_is_what_is_printed(first_run):
    (command,) = re.findall(r"^scripts/aggregate .* (show \w+)$", README, re.MULTILINE)
    ran, story = blocks("text")
    printed = first_run.printed + first_run.run(*command.split()).stdout
    for line in (ran + story).splitlines():
        assert line.partition("…")[0].rstrip().removesuffix(" in examples/public") in printed
