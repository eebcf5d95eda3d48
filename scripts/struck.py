"""What is tried in forks: a program of its own, for which strike.c is preloaded."""

import subprocess
import sys
from pathlib import Path

from cuts import cut
from faults import inject
from holding import hold
from jumping import jump
from losing import lose
from strike import environment, library
from trials import SCENES, START

TRIALS = {"faults": inject, "cuts": cut, "locks": hold, "postgres": lose, "clock": jump}
"""By the verb of ``scripts/soak``: each takes a folder, scenes, and to try one in so many."""


def struck(verb: str, folder: Path, scene: str | None, every: int) -> bool:
    """Have one scene or all tried; print what was seen, and return whether all is well."""
    scenes = [scene] if scene else SCENES
    command = [sys.executable, __file__, verb, str(folder), str(every), *scenes]
    under = environment(library(folder), START, folder / "trial")
    return subprocess.run(command, env=under, check=False).returncode == 0


if __name__ == "__main__":
    _, verb, folder, every, *scenes = sys.argv
    chosen = {scene: SCENES[scene] for scene in scenes}
    sys.exit(not TRIALS[verb](Path(folder), chosen, int(every)))
