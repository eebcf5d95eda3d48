"""The soak's short form: runs killed on a farm of our own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None,
    reason="a C compiler makes what strikes at writes, on Linux",
)


def soak(*words: str) -> str:
    """Return what it prints; it has to find nothing to complain of."""
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/soak", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_killed_runs_lose_and_double_nothing():
    assert "complaints: 0" in soak(
        "kill", "--rounds", "2", "--kills", "2", "--feeds", "6", "--seed", "3"
    )
