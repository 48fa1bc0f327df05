"""Without TensorFlow, which comes late to new Pythons, everything but its own backend works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

HIDE = """
import importlib.abc, importlib.metadata, sys

class Hidden(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "tensorflow":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hidden())
find = importlib.metadata.Distribution.from_name

def from_name(name):
    if name.startswith("tensorflow"):
        raise importlib.metadata.PackageNotFoundError(name)
    return find(name)

importlib.metadata.Distribution.from_name = from_name
"""
"""A `sitecustomize` that every Python process of the test begins with, workers among them."""


@pytest.fixture
def seqtune(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Run the command where TensorFlow cannot be found."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(HIDE)
    paths = os.pathsep.join([str(hidden), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": paths}
    environment.pop("KERAS_BACKEND", None)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "seqtune", *arguments],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    return run


def test_a_forecast_is_fitted_and_predicts(seqtune, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    small = ("--set", "training.steps=20", "--set", "network.units=8", "--set", "portfolio=[]")
    data = str(ROOT / "data" / "airline.csv")
    done = seqtune(
        "fit", data, "--task", "forecast", "--budget", "2m", "--trials", "2", "--workers", "2",
        "--out", "run", "--json", *small,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    trials = json.loads(done.stdout)["trials"]  # one of them may pause after a third
    assert (sum(trials.values()), trials["failed"]) == (2, 0)
    predicted = seqtune("predict", "run", "--use", "network")
    assert predicted.returncode == 0, predicted.stderr
    assert len(predicted.stdout.splitlines()) == 13  # a header and twelve months


def test_the_doctor_says_what_is_missing(seqtune) -> None:  # type: ignore[no-untyped-def]
    done = seqtune("doctor", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert (document["versions"]["tensorflow"], document["backend"]) == ("missing", "jax")
    assert any("tensorflow is not installed" in problem for problem in document["problems"])


def test_its_backend_names_the_command_that_installs_it(seqtune) -> None:  # type: ignore[no-untyped-def]
    data = str(ROOT / "data" / "airline.csv")
    done = seqtune("fit", data, "--task", "forecast", "--backend", "tensorflow")
    assert done.returncode == 1
    assert "pip install tensorflow" in done.stderr
