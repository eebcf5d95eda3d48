"""The soak's short forms: runs killed on a farm of our own, and a small scene struck at."""

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


@pytest.mark.parametrize(("verb", "every"), [("faults", "60"), ("cuts", "60"), ("locks", "9")])
def test_a_run_that_is_struck_loses_and_doubles_nothing(verb, every):
    said = soak(verb, "--scene", "later run", "--every", every)

    assert "complaints: 0" in said
    assert "trials: 0" not in said
