"""Shells complete commands and options, by what `aggregate --show-completion` gives them."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SHELLS = {
    "bash": (
        ["bash", "--norc", "-c"],
        "COMP_WORDS=({words}) COMP_CWORD={last}; _aggregate_completion aggregate; echo $COMPREPLY",
    ),
    "zsh": (
        ["zsh", "-fc"],
        "words=({words}) CURRENT={last}+1; _arguments() {{ echo $@ }}; _aggregate_completion",
    ),
    "fish": (["fish", "--no-config", "-c"], "complete -C '{words}'"),
}
"""How each is started, and how it is made to complete without a terminal."""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """One in which `aggregate` is this checkout's."""
    command = tmp_path / "aggregate"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m aggregator "$@"\n')
    command.chmod(0o755)
    path = os.pathsep.join((str(tmp_path), os.environ["PATH"]))
    return {**os.environ, "PATH": path, "HOME": str(tmp_path)}


@pytest.mark.parametrize("shell", SHELLS)
def test_shells_complete(shell: str, environment: dict[str, str]):
    start, ask = SHELLS[shell]
    if shutil.which(start[0]) is None:
        pytest.skip(f"there is no {shell} here")

    def run(command: list[str], **more: str) -> str:
        done = subprocess.run(
            command, env={**environment, **more}, capture_output=True, text=True, check=True
        )
        return done.stdout

    source = run(["aggregate"], _AGGREGATE_COMPLETE=f"source_{shell}")
    if shell == "zsh":
        source = f"compdef() {{ :; }}\n{source}"

    def completed(*words: str) -> str:
        asked = ask.format(words=" ".join(words), last=len(words) - 1)
        return run([*start, f"{source}\n{asked}"])

    commands = completed("aggregate", "sto")
    assert "stories" in commands
    assert "search" not in commands
    assert "--limit" in completed("aggregate", "stories", "--li")
