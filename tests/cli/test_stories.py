import json
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.text import Text
from typer.testing import CliRunner, Result

from aggregator.cli import COMMANDS
from aggregator.cli.command import cli

TITLE = "國安法實施五周年 香港政府稱社會恢復穩定 記者協會指採訪空間收窄"
FEED = f"""<rss version='2.0'><channel><title>t</title>
<item><guid>https://news.example/1</guid><title>{TITLE}</title></item></channel></rss>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one story."""
    assert COMMANDS
    folder = tmp_path_factory.mktemp("stories")
    (folder / "feed.xml").write_text(FEED, encoding="utf-8")
    (folder / "feeds.yaml").write_text("version: 1\nencoder: none\nfeeds: [{url: 'file:feed.xml'}]")
    assert run(folder, "--once").exit_code == 0
    return folder


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--config", str(folder / "feeds.yaml"), *words])


def test_a_story_is_a_line_and_shown_by_the_id_in_it(folder):
    (line,) = run(folder, "stories").output.splitlines()
    assert TITLE in line
    shown = run(folder, "show", line.split()[0], "--json").output
    assert json.loads(shown)["title"] == TITLE


def test_a_narrow_terminal_has_all_of_a_title_in_its_column(folder, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "64")
    output = run(folder, "stories").output
    assert "\x1b[36m" in output
    first, *others = Text.from_ansi(output).plain.splitlines()
    assert all(cell_len(line) <= 64 for line in (first, *others))
    assert others
    assert all(line.startswith(" " * 40) for line in others)
    assert TITLE.replace(" ", "") in "".join("".join((first, *others)).split())


def test_nothing_is_coloured_where_nobody_wants_it(folder, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in run(folder, "stories").output
