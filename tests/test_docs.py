"""What the documentation says is so."""

import pkgutil
import re
import runpy
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aggregator import Aggregator
from aggregator.cli.command import cli
from aggregator.config import load

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md")]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def rules() -> list[list[str]]:
    """The cells of the tables that tell how servers are treated."""
    lines = (ROOT / "docs/etiquette.md").read_text("utf-8").splitlines()
    return [[cell.strip() for cell in line.split(" | ")] for line in lines if line[:2] == "| "]


def test_every_place_that_keeps_a_rule_is_there():
    kept = [place for *_, last in rules() for place in re.findall(r"`([a-z_]+[.\w]*)`", last)]
    assert len(kept) > 50
    for place in kept:
        assert any(map(is_there, (f"aggregator.poll.{place}", f"aggregator.{place}"))), place


def is_there(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (AttributeError, ImportError):
        return False
    return True


def test_every_limit_is_the_one_that_is_kept():
    reference = (ROOT / "docs/configuration.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", reference, re.MULTILINE))
    limits = [
        (found[1], row[2]) for row in rules() if (found := re.match(r"`limits\.(\w+)`", row[1]))
    ]
    assert len(limits) > 5
    for key, default in limits:
        assert default.rstrip(" |").replace(" ", "") == told[key], key


def test_the_smallest_configuration_is_one():
    (text,) = blocks("yaml")
    assert len(load(text, directory=ROOT, environment={}).feeds) == 2


def commands() -> list[str]:
    lines = "".join(blocks("sh")).splitlines()
    return [line.partition("#")[0].strip() for line in lines]


@pytest.mark.parametrize("command", [c for c in commands() if c.startswith("scripts/aggregate")])
def test_every_command_is_understood(command: str):
    _, *words = shlex.split(command)
    understood = CliRunner().invoke(cli, [*words, "--help"])
    assert understood.exit_code == 0, understood.output


def test_every_script_is_there():
    scripts = {c.split()[0] for c in commands() if c.startswith("scripts/")}
    assert all((ROOT / script).exists() for script in scripts)


@pytest.mark.parametrize(
    ("script", "function", "page"),
    [("man", "page", "aggregate.1"), ("schema", "reference", "configuration.md")],
)
def test_what_is_generated_is_current(script: str, function: str, page: str):
    generated = runpy.run_path(str(ROOT / "scripts" / script))[function]()
    assert (ROOT / "docs" / page).read_text("utf-8") == generated, f"run scripts/{script}"


@pytest.mark.parametrize("reader", ["groff -man -Tutf8 -ww -z", "mandoc -Tlint -Werror"])
def test_the_manual_page_is_well_formed(reader: str):
    program, *options = reader.split()
    if shutil.which(program) is None:
        pytest.skip(f"there is no {program} here")
    done = subprocess.run(
        [program, *options, ROOT / "docs/aggregate.1"], capture_output=True, text=True, check=True
    )
    assert not done.stderr


def test_the_library_stays_small():
    public = [name for name in vars(Aggregator) if not name.startswith("_")]
    assert len(public) <= 10, public
