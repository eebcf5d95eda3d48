"""Runs the command as a person does, in a folder of its own.

What ran before it ran in another process: the examples' first run does, as daemons and servers do.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from aggregator.cli import COMMANDS
from aggregator.cli.command import cli

EXAMPLES = Path(__file__).parents[2] / "examples"
assert COMMANDS  # their import hangs them on the application


@dataclass(frozen=True)
class Folder:
    """A folder with a feeds.yaml, and the command to run in it."""

    path: Path
    printed: str = ""
    """What the run said that filled it, where one did."""

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run it in this process: one of its own takes a second only to start."""
        with chdir(self.path):
            done = CliRunner().invoke(cli, words, env=environment, prog_name="aggregate")
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)

    def run_apart(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run it in a process of its own."""
        return subprocess.run(
            self.command(*words),
            cwd=self.path,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "aggregator", *words]

    def once(self, *words: str, **environment: str) -> dict[str, Any]:
        """Run once, expecting success, and return what it says of itself."""
        done = self.run("--once", "--json", *words, **environment)
        assert done.returncode == 0, done.stderr
        summary: dict[str, Any] = json.loads(done.stdout)
        return summary

    def stories(self, *words: str, **environment: str) -> list[dict[str, Any]]:
        done = self.run("stories", "--json", *words, **environment)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def published(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.path / "public").iterdir()}

    def configure(self, text: str) -> None:
        (self.path / "feeds.yaml").write_text(text, encoding="utf-8")


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The examples after one run. To be read only."""
    folder = Folder(tmp_path_factory.mktemp("examples") / "examples")
    shutil.copytree(EXAMPLES, folder.path, ignore=shutil.ignore_patterns("public", "*.db*"))
    done = folder.run_apart("--once")
    assert done.returncode == 0, done.stderr
    return replace(folder, printed=done.stdout)


@pytest.fixture
def examples(first_run: Folder, tmp_path: Path) -> Folder:
    """The examples after one run, to do with as a test likes."""
    return Folder(Path(shutil.copytree(first_run.path, tmp_path / "examples")))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty folder."""
    return Folder(tmp_path)


@pytest.fixture
def loopback(folder: Folder, server: Any) -> Callable[..., Folder]:
    """Write a configuration of feeds that a loopback server has; no model is loaded for them."""

    def loopback(*paths: str, more: str = "") -> Folder:
        feeds = "".join(f"  - {{url: '{server.url(p)}', id: '{p.strip('/')}'}}\n" for p in paths)
        folder.configure(
            "version: 1\nencoder: none\n"
            f"network: {{allow: ['{server.authority}']}}\n"
            f"defaults: {{host_delay: 0s}}\n{more}feeds:\n{feeds}"
        )
        return folder

    return loopback
