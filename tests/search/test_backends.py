"""A network trained on one backend predicts, and goes on, on the other, with equal numbers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from itertools import cycle
from typing import Any

import keras
import numpy as np
import pytest

from seqtune.registry import cells
from seqtune.search.network_file import load_network, save_network
from seqtune.search.problem import Problem
from seqtune.search.schedule import Watch
from seqtune.search.trial import Result, TrialJob
from seqtune.tasks.forecast.schema import ARCHITECTURES
from seqtune.tasks.forecast.task import TASK

OTHER = {"jax": "tensorflow", "tensorflow": "jax"}[keras.backend.backend()]
CLOSE = 1e-5

PAIRS = list(
    zip(cells, cycle(ARCHITECTURES), strict=False)
    if len(cells) > len(ARCHITECTURES)
    else zip(cycle(cells), ARCHITECTURES, strict=False)
)
"""Every cell and every architecture at least once."""

OPTIONS = {
    "autoencoder": {"network.autoencoder.code": 2},
    "conv_recurrent": {
        "network.conv_recurrent.filters": 4, "network.conv_recurrent.shuffle": False,
    },
    "dilated": {
        "network.dilated.length": 4, "network.dilated.growth": 2, "network.dilated.residual": True,
    },
    "segment": {"network.segment.length": 4},
    "stacked": {"network.stacked.bidirectional": True},
    "encoder_decoder": {
        "network.encoder_decoder.attention": True, "network.encoder_decoder.length": 2,
    },
}  # fmt: skip

ON_THE_OTHER_BACKEND = """
import json, sys
from pathlib import Path

import numpy as np

from seqtune.runtime.backend import activate

assert activate(sys.argv[2]) == sys.argv[2]

import keras

from seqtune.search.network_file import load_network, save_network
from seqtune.search.problem import Problem
from seqtune.search.schedule import Watch
from seqtune.search.trial import Result, TrialJob

assert keras.backend.backend() == sys.argv[2]
problem = Problem.open("forecast", Path(sys.argv[1]))
task, prepared, folder = problem.task, problem.prepared, problem.folder
for name, values in json.loads((folder / "values.json").read_text()).items():
    model = load_network(task, prepared, values, folder / f"{name}.keras")
    np.save(folder / f"{name}-other.npy", problem.predict(model, values, "test"))
    model = task.build(prepared, values)
    # the median's last layer begins at zero: without this all networks forecast their base
    draw = np.random.default_rng(1)
    for weight in model.weights:
        drawn = draw.normal(0, 0.3, weight.shape)
        weight.assign(np.abs(drawn) if "variance" in weight.path else drawn)
    save_network(model, folder / f"{name}-made.keras")
    np.save(folder / f"{name}-made.npy", problem.predict(model, values, "test"))
earlier = Result(**json.loads((folder / "earlier.json").read_text()))
job = TrialJob(earlier.trial, earlier.values, 1, 600.0, 4, 2, earlier)
(folder / "later.json").write_text(json.dumps(job.run(problem, Watch()).to_dict()))
"""


@pytest.fixture(scope="module")
def problem(tiny: Any, tmp_path_factory: pytest.TempPathFactory) -> Problem:
    """Tiny data with a network of every cell and architecture, and a trial that paused."""
    folder = tmp_path_factory.mktemp("backends")
    tiny.prepared.save(folder)
    problem = Problem.open("forecast", folder)
    every = {}
    for cell, architecture in PAIRS:
        name = f"{architecture}-{cell}"
        shared = {path: value for path, value in tiny.values.items() if "segment" not in path}
        every[name] = values = {
            **shared, **OPTIONS[architecture],
            "network.cell": cell, "network.architecture": architecture,
        }  # fmt: skip
        model = TASK.build(problem.prepared, values)
        draw = np.random.default_rng(0)
        for weight in model.weights:
            drawn = draw.normal(0, 0.3, weight.shape)
            weight.assign(np.abs(drawn) if "variance" in weight.path else drawn)
        save_network(model, folder / f"{name}.keras")
        np.save(
            folder / f"{name}.npy",
            problem.predict(model, values, "test"),
        )
    (folder / "values.json").write_text(json.dumps(every))
    earlier = TrialJob("t001", tiny.values, 1, 600.0, 2, 2).run(problem, Watch())
    assert earlier.reason == ""
    (folder / "earlier.json").write_text(json.dumps(asdict(earlier)))
    done = subprocess.run(
        [sys.executable, "-c", ON_THE_OTHER_BACKEND, folder, OTHER],
        capture_output=True, text=True, timeout=600, check=False,
        env={**os.environ, "KERAS_BACKEND": OTHER},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return problem


def distance(found: Any, expected: Any) -> float:
    """Return the largest difference, relative to how far the forecasts of a table are from zero."""
    return float(np.abs(found - expected).max() / np.abs(expected).max())


@pytest.mark.parametrize(("cell", "architecture"), PAIRS)
def test_a_network_says_the_same_on_both_backends(
    problem: Problem, cell: str, architecture: str
) -> None:
    folder, name = problem.folder, f"{architecture}-{cell}"
    here, there = np.load(folder / f"{name}.npy"), np.load(folder / f"{name}-other.npy")
    assert distance(there, here) <= CLOSE
    assert len(np.unique(there)) > 1
    values = json.loads((folder / "values.json").read_text())[name]
    model = load_network(TASK, problem.prepared, values, folder / f"{name}-made.keras")
    made = np.load(folder / f"{name}-made.npy")
    assert distance(made, problem.predict(model, values, "test")) <= CLOSE
    assert len(np.unique(made)) > 1


def test_a_trial_goes_on_on_the_other_backend(problem: Problem) -> None:
    earlier = Result(**json.loads((problem.folder / "earlier.json").read_text()))
    later = Result(**json.loads((problem.folder / "later.json").read_text()))
    assert (later.status, later.reason, later.steps) == ("completed", "", 4)
    assert later.scores[:1] == earlier.scores
    assert len(later.scores) == 2
