"""Without TensorFlow, which comes late to new Pythons, everything but its own backend works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

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


COMMANDS = """
import json, sys
from dataclasses import asdict

from command_line import seqtune

done = [asdict(seqtune(*words, code=None)) for words in json.load(sys.stdin)]
assert "tensorflow" not in sys.modules
print(json.dumps(done))
"""

DATA = str(ROOT / "data" / "airline.csv")
SMALL = (
    "training.steps=4", "training.steps_per_epoch=2", "network.units=4", "portfolio=[]",
    "network.architecture=segment", "network.cell=gru", "network.layers=1", "network.dropout=0",
    "baselines.methods=[seasonal_naive,theta,ridge]",
)  # fmt: skip
FIT = (
    *("fit", DATA, "--task", "forecast", "--budget", "9h", "--trials", "1", "--out", "run"),
    *("--executor", "processes", "--workers", "1", "--json"),
    *(word for each in SMALL for word in ("--set", each)),
)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What commands leave, one after the other, where TensorFlow cannot be found."""
    folder = tmp_path_factory.mktemp("without")
    (folder / "sitecustomize.py").write_text(HIDE)
    paths = os.pathsep.join([str(folder), str(ROOT), str(ROOT / "tests")])
    environment = {**os.environ, "PYTHONPATH": paths}
    environment.pop("KERAS_BACKEND", None)
    commands = (
        ("fit", DATA, "--task", "forecast", "--backend", "tensorflow"),  # before one is loaded
        ("doctor", "--json"),
        FIT,
        ("predict", "run", "--use", "network"),
    )
    ended = subprocess.run(
        [sys.executable, "-c", COMMANDS], input=json.dumps(commands),
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return list(json.loads(ended.stdout))


def test_a_forecast_is_fitted_and_predicts(done: list[dict[str, Any]]) -> None:
    *_, fitted, predicted = done
    assert fitted["code"] == 0, fitted
    found = json.loads(fitted["out"])
    assert found["trials"] == {"completed": 1, "failed": 0, "stopped": 0}
    methods = {row["name"] for row in found["leaderboard"] if row["kind"] == "baseline"}
    assert methods == {"seasonal_naive", "theta", "ridge"}
    assert predicted["code"] == 0, predicted
    assert len(predicted["out"].splitlines()) == 13  # a header and twelve months


def test_the_doctor_says_what_is_missing(done: list[dict[str, Any]]) -> None:
    assert done[1]["code"] == 0, done[1]
    document = json.loads(done[1]["out"])
    assert (document["versions"]["tensorflow"], document["backend"]) == ("missing", "jax")
    assert any("tensorflow is not installed" in problem for problem in document["problems"])


def test_its_backend_names_the_command_that_installs_it(done: list[dict[str, Any]]) -> None:
    assert done[0]["code"] == 1
    assert "pip install tensorflow" in done[0]["err"]
