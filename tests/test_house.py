"""The house keeps its own rules: docs tell the layout, these tests hold it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

EDGES = {"alembic", "apscheduler", "pycurl", "sqlalchemy", "typer"}


@pytest.mark.parametrize(
    ("stage", "may"),
    [
        ("aggregator", set()),
        ("aggregator.model", set()),
        ("aggregator.config", set()),
        ("aggregator.poll.policy", set()),
        ("aggregator.parse", {"feedparser"}),
        ("aggregator.normalize", set()),
        ("aggregator.match", set()),
        ("aggregator.cluster", set()),
        ("aggregator.publish", set()),
        ("aggregator.pipeline", {"feedparser"}),
    ],
)
def test_importing_a_pure_stage_loads_no_edge(stage: str, may: set[str]):
    code = f"import sys, {stage}; print(*(name.partition('.')[0] for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & (EDGES | {"feedparser"}) - may


def test_one_module_imports_each_of_the_edges_libraries():
    owners = {"feedparser": "parse", "sqlalchemy": "storage", "apscheduler": "scheduler.py"}
    for library, owner in owners.items():
        importers = {
            path.relative_to(ROOT / "aggregator").parts[0]
            for path in (ROOT / "aggregator").rglob("*.py")
            if f"import {library}" in (text := path.read_text()) or f"from {library}" in text
        }
        assert importers == {owner}


def test_the_image_runs_only_what_the_scripts_run():
    steps = [
        line.removeprefix("RUN ")
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("RUN ")
    ]
    ours = [step for step in steps if not step.startswith("useradd ")]
    assert ours == ["LOCK=requirements-run.lock scripts/environment"]


def test_the_image_copies_what_there_is():
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for name in line.split()[1:-1]:
                assert (ROOT / name).exists(), name


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-run.lock"])
def test_locks_pin_by_hash_and_name_no_registry(lock: str):
    text = (ROOT / lock).read_text()
    assert "://" not in text
    requirements = [line for line in text.splitlines() if line[:1].isalpha()]
    assert all("==" in line and line.endswith("\\") for line in requirements)
    assert text.count("--hash=sha256:") >= len(requirements)


def test_the_wheel_carries_its_data_files(tmp_path: Path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = subprocess.run(
        [sys.executable, "-m", "zipfile", "-l", str(wheel)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    package = ROOT / "aggregator"
    data = [
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    ]
    assert data
    assert all(name in names for name in data)
    assert "entry_points.txt" in names
