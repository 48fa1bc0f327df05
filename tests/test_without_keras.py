"""What is fitted predicts without Keras: only a network of Keras's own needs it.

In a process in which Keras and its backends cannot be found, stubs stand in for the networks of
every task: new rows are read, predicted, put into a table and scored, by a network and by a simple
method.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tiny_runs import SAMPLES, Sample

from seqtune.data.reading.open import open_source
from seqtune.files import write_json
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.run.members import Member, write_members
from seqtune.search.space import complete
from seqtune.tasks import load_task

ROOT = Path(__file__).parents[1]

HIDDEN = ("keras", "jax", "jaxlib", "tensorflow", "keras_tuner", "h5py")
HEAVY = ("pycrfsuite", "scipy", "sklearn", "statsforecast")
"""What only simple methods and the making of a run need."""

METHODS = {
    "forecast": "naive", "classify": "majority", "anomaly": "moving_z_score", "translate": "copy",
    "tag": "commonest_tag", "generate": "unigram",
}  # fmt: skip

PREDICT = """
import importlib.abc, json, sys
from dataclasses import replace

tasks, hidden, heavy = json.load(sys.stdin)

class Hidden(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hidden())

from stub_networks import stub_network

from seqtune.data.reading.open import open_source
from seqtune.run.loaded_member import LoadedMember
from seqtune.run.predictor import Predictor

stubs = {}

def network(member):
    name = member.task.name
    if name not in stubs:
        stubs[name] = stub_network(name, member.prepared.codec, member.values)
    return stubs[name]

def loaded():
    return sorted(each for each in heavy if each in sys.modules)

def use(task, folder, new, row):
    predictor = Predictor.open(folder)
    only = tuple(each for each in predictor.board.rows if each.name == row)
    predictor.board = replace(predictor.board, rows=only)
    source = open_source(new, predictor.recipe)
    scores = predictor.evaluate(source, use=row).scores
    if task == "generate":
        writer = predictor.task.writer(predictor.prepared, predictor, predictor.context)
        made = writer.generate("Once", 20, seed=3, use=row)
    else:
        made = predictor.predict(source, row)
    return {"scores": scores[row], "rows": len(made)}

LoadedMember.network = property(network)
found = {task: {"network": use(task, *paths, "network")} for task, (*paths, _) in tasks.items()}
for task in tasks:
    found[task]["programs"] = sorted(stubs[task].heard)
loaded_by_networks = loaded()
for task, (*paths, method) in tasks.items():
    found[task]["method"] = use(task, *paths, method)
print(json.dumps([found, loaded_by_networks]))
"""


def fitted(name: str, sample: Sample, folder: Path) -> tuple[Path, Path]:
    """Write what a run of one untrained network leaves to a predictor, and rows it never saw."""
    task = load_task(name)
    flags = [word for flag, word in pairwise(sample.flags) if flag == "--set"]
    recipe = Recipe.load(None, name, [*flags, *(["horizon=7"] if name == "forecast" else [])])
    paths = sample.write(folder)
    prepared, recipe = task.prepare(open_source(paths[0], recipe), recipe, silent)
    run = folder / "run"
    run.mkdir()
    prepared.save(run)
    (run / "recipe.yaml").write_text(recipe.to_yaml(), encoding="utf-8")
    metric = task.info.metric(prepared.metric)
    rows = (
        Row("network", "network", {metric.name: 0.5}, {metric.name: 0.5}, 1.0, 3),
        Row(METHODS[name], "baseline", {metric.name: 0.4}, {metric.name: 0.4}, 1.0),
    )
    board = Leaderboard(metric.name, metric.direction, rows)
    write_json(run / "leaderboard.json", board.to_dict())
    values = complete(recipe.dimensions(), {})
    write_members(run, {"network": [Member("t001", 1.0, "models/t001.keras", "", values)]})
    return run, paths[1]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[str]]:
    """What every task says where Keras cannot be found, and which heavy packages networks need."""
    runs = {
        name: [*map(str, fitted(name, sample, tmp_path_factory.mktemp(name))), METHODS[name]]
        for name, sample in SAMPLES.items()
    }
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    ended = subprocess.run(
        [sys.executable, "-c", PREDICT], input=json.dumps([runs, HIDDEN, HEAVY]),
        env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    found, loaded = json.loads(ended.stdout)
    return found, loaded


@pytest.mark.parametrize("task", SAMPLES)
def test_a_task_predicts_and_scores_without_keras(
    task: str, done: tuple[dict[str, Any], list[str]]
) -> None:
    found = done[0][task]
    for each in (found["network"], found["method"]):
        assert each["rows"] > 0
        assert any(isinstance(figure, float) for figure in each["scores"].values())
    assert found["programs"]


def test_networks_predict_without_what_methods_need(
    done: tuple[dict[str, Any], list[str]],
) -> None:
    assert done[1] == []
