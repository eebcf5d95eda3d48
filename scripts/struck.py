"""What is tried in forks: a program of its own, for which strike.c is preloaded."""

import subprocess
import sys
from pathlib import Path

from cuts import cut
from faults import inject
from holding import hold
from strike import environment, library
from trials import START

TRIALS = {"faults": inject, "cuts": cut, "locks": hold}
"""By the verb of ``scripts/soak``: each takes a folder, and that one in so many is to be tried."""


def struck(verb: str, folder: Path, every: int) -> bool:
    """Have trials made; print what was seen, and return whether all is well."""
    command = [sys.executable, __file__, verb, str(folder), str(every)]
    under = environment(library(folder), START, folder / "trial")
    return subprocess.run(command, env=under, check=False).returncode == 0


if __name__ == "__main__":
    _, verb, folder, every = sys.argv
    sys.exit(not TRIALS[verb](Path(folder), int(every)))
