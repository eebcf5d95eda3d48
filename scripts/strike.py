"""Has programs run at a time handed in, and struck at their writes, by what strike.c preloads."""

import os
import subprocess
from datetime import datetime
from pathlib import Path


def library(folder: Path) -> Path:
    """Build what is preloaded."""
    source, built = Path(__file__).with_suffix(".c"), folder / "strike.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", built, source, "-ldl"], check=True)
    return built


def environment(preloaded: Path, now: datetime, under: Path) -> dict[str, str]:
    """Return the environment of a program for which it is now, and writes below a folder count."""
    return {
        **os.environ,
        "PYTHONHASHSEED": "0",  # sums of floats follow the order of sets
        "LD_PRELOAD": str(preloaded),
        "STRIKE_NOW": str(int(now.timestamp())),
        "STRIKE_UNDER": str(under),
    }
