"""A network trained on one backend predicts, and goes on, on the other, with equal numbers.

It takes seconds to load a backend, so that one process of the other one answers for all that is
asked here: of forecasts, of classes, of translations, of tags, and of the cells by themselves.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
import tiny_translators
from tiny_runs import reviews

from seqtune.data.reading.source import Source
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.registry import cells
from seqtune.runtime.backend import VARIABLES
from seqtune.search.network_file import load_network, save_network
from seqtune.search.problem import Problem
from seqtune.search.schedule import Watch
from seqtune.search.space import complete
from seqtune.search.trial import Result, TrialJob
from seqtune.tasks.classify.schema import ARCHITECTURES as OF_CASES
from seqtune.tasks.classify.task import TASK as CLASSIFY
from seqtune.tasks.forecast.schema import ARCHITECTURES
from seqtune.tasks.forecast.task import TASK
from seqtune.tasks.translate.decoding import decode

OTHER = {"jax": "tensorflow", "tensorflow": "jax"}[keras.backend.backend()]
CLOSE = 1e-5
OWN = ("jordan", "min_gru", "min_lstm", "rwa", "slstm")
"""The cells that are not Keras's own."""

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
        "network.conv_recurrent.blocks": "resnet", "network.conv_recurrent.dilation": 2,
        "network.conv_recurrent.before": True,
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

from seqtune.runtime.backend import activate, devices

assert activate(sys.argv[2]) == sys.argv[2]
assert sys.argv[2] in sys.modules and devices()
print("loaded", file=sys.stderr, flush=True)

import keras
import numpy as np
from learnt_chain import learn_a_chain
from tiny_translators import sources, tiny
from uneven_batches import trained_on

from seqtune.search.network_file import load_network, save_network
from seqtune.search.problem import Problem
from seqtune.search.schedule import Watch
from seqtune.search.trial import Result, TrialJob
from seqtune.tasks import load_layers
from seqtune.tasks.translate.decoding import decode

assert keras.backend.backend() == sys.argv[2]
root = Path(sys.argv[1])

(root / "uneven.json").write_text(json.dumps(trained_on([3, 3, 5, 4], epochs=2)))
(root / "chain.json").write_text(json.dumps(learn_a_chain()))

load_layers("forecast")
data = np.load(root / "cells.npz")
found = {}
for path in root.glob("cells-*.keras"):
    network = keras.saving.load_model(path, compile=False)
    found[path.stem] = network.predict_on_batch(data["x"])
np.savez(root / "cells-other.npz", **found)

said = []
for number, changes in enumerate(json.loads((root / "translators.json").read_text())):
    one = tiny(7, **changes)
    one.network.model.load_weights(root / f"{number}.weights.h5")
    answers = decode([one], sources([2, 3], [4, 3, 2]), longest=4, beam=3)
    said.append([answers.tokens[:, 0].tolist(), answers.scores[:, 0].tolist()])
(root / "said.json").write_text(json.dumps(said))

for kind in ("text", "series"):
    problem = Problem.open("classify", root / kind)
    task, prepared, folder = problem.task, problem.prepared, problem.folder
    for name, values in json.loads((folder / "values.json").read_text()).items():
        model = load_network(task, prepared, values, folder / f"{name}.keras")
        np.save(folder / f"{name}-other.npy", problem.predict(model, values, "test"))

problem = Problem.open("forecast", root / "forecast")
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
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all that the other backend is asked."""
    return tmp_path_factory.mktemp("backends")


@dataclass(frozen=True)
class Other:
    """What the other backend left, and what it wrote on stderr."""

    folder: Path
    told: str


@pytest.fixture(scope="module")
def other(
    root: Path, problem: Problem, cells_here: Any, classes_here: Any, said_here: Any
) -> Other:
    """Ask the other backend all at once."""
    tests = Path(__file__).parents[1]
    unset = ("KERAS_BACKEND", *VARIABLES)
    variables = {name: value for name, value in os.environ.items() if name not in unset}
    path = os.pathsep.join(map(str, (tests, tests / "tasks" / "tag", *filter(None, sys.path))))
    done = subprocess.run(
        [sys.executable, "-c", ON_THE_OTHER_BACKEND, root, OTHER],
        capture_output=True, text=True, timeout=600, check=False,
        env=variables | {"PYTHONPATH": path},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return Other(root, done.stderr)


@pytest.fixture(scope="module")
def problem(tiny: Any, root: Path) -> Problem:
    """Tiny data with a network of every cell and architecture, and a trial that paused."""
    folder = root / "forecast"
    folder.mkdir()
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
    return problem


def distance(found: Any, expected: Any) -> float:
    """Return the largest difference, relative to how far the forecasts of a table are from zero."""
    return float(np.abs(found - expected).max() / np.abs(expected).max())


@pytest.mark.parametrize(("cell", "architecture"), PAIRS)
def test_a_network_says_the_same_on_both_backends(
    problem: Problem, other: Other, cell: str, architecture: str
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


def test_a_trial_goes_on_on_the_other_backend(problem: Problem, other: Other) -> None:
    earlier = Result(**json.loads((problem.folder / "earlier.json").read_text()))
    later = Result(**json.loads((problem.folder / "later.json").read_text()))
    assert (later.status, later.reason, later.steps) == ("completed", "", 4)
    assert later.scores[:1] == earlier.scores
    assert len(later.scores) == 2


@pytest.fixture(scope="module")
def cells_here(root: Path) -> dict[str, Any]:
    """A network of each of our own cells, both ways and ahead, and what it says."""
    steps, features = 6, 2
    x = np.random.default_rng(4).normal(size=(4, steps, features)).astype(np.float32)
    found = {}
    for name in OWN:
        inputs = keras.Input((steps, features))
        both = keras.layers.Bidirectional(cells[name].layer(3, return_sequences=True))
        network = keras.Model(inputs, cells[name].layer(3)(both(inputs)))
        draw = np.random.default_rng(3)
        network.set_weights([draw.normal(0, 0.7, each.shape) for each in network.get_weights()])
        network.save(root / f"cells-{name}.keras")
        found[name] = network.predict_on_batch(x)
    np.savez(root / "cells.npz", x=x)
    return found


def test_a_saved_layer_opens_on_the_other_backend(cells_here: Any, other: Other) -> None:
    there = np.load(other.folder / "cells-other.npz")
    assert len(there.files) == len(OWN)
    for name, here in cells_here.items():
        assert there[f"cells-{name}"] == pytest.approx(here, abs=CLOSE), name
        assert np.abs(here).max() > 0.1


TRANSLATORS = ({"input_feeding": True, "copying": True}, {"decoder": "ctc"})


@pytest.fixture(scope="module")
def said_here(root: Path) -> list[Any]:
    """What translators write, and how likely it is."""
    found = []
    for number, changes in enumerate(TRANSLATORS):
        one = tiny_translators.tiny(7, **changes)
        one.network.model.save_weights(root / f"{number}.weights.h5")
        sources = tiny_translators.sources([2, 3], [4, 3, 2])
        answers = decode([one], sources, longest=4, beam=3)
        found.append([answers.tokens[:, 0].tolist(), answers.scores[:, 0].tolist()])
    (root / "translators.json").write_text(json.dumps(TRANSLATORS))
    return found


def test_both_backends_write_the_same(said_here: Any, other: Other) -> None:
    there = json.loads((other.folder / "said.json").read_text())
    for (tokens, scores), (as_tokens, as_scores) in zip(said_here, there, strict=True):
        assert tokens == as_tokens
        assert scores == pytest.approx(as_scores, abs=1e-3)


def test_batches_of_which_the_first_are_alike_train_on_the_other_backend(other: Other) -> None:
    asked, loss = json.loads((other.folder / "uneven.json").read_text())
    assert asked[-8:] == [[0, 3], [0, 3], [0, 5], [0, 4], [1, 3], [1, 3], [1, 5], [1, 4]]
    assert np.isfinite(loss)


def test_the_other_backend_learns_a_chain(other: Other) -> None:
    learnt = json.loads((other.folder / "chain.json").read_text())
    assert learnt["losses"][-1] < 0.1 < learnt["losses"][0]
    assert learnt["right"] == 1.0
    assert learnt["off"] < 1e-9


OF_CLASSES = (
    "network.units=4", "network.layers=1", "network.dropout=0", "text.tokens=word",
    "text.embedding=3", "text.least_count=1", "validation.folds=0", "series.scaling=case",
    "portfolio=[]",
)  # fmt: skip


def uneven_series() -> pd.DataFrame:
    """Cases of two channels and of 3 to 7 steps."""
    draw = np.random.default_rng(2)
    rows = [
        (case, step, draw.normal(), draw.normal(), "ab"[case % 2])
        for case in range(18)
        for step in range(3 + case % 5)
    ]
    return pd.DataFrame(rows, columns=["case", "step", "x", "y", "label"])


@pytest.fixture(scope="module")
def classes_here(root: Path) -> dict[tuple[str, str], Any]:
    """Every architecture, each with another cell, on texts and on series with padding."""
    expected = {}
    for kind, frame in (("text", reviews(24)), ("series", uneven_series())):
        folder = root / kind
        folder.mkdir()
        recipe = Recipe.load(None, "classify", OF_CLASSES)
        prepared, recipe = CLASSIFY.prepare(Source.from_frame(frame), recipe, silent)
        prepared.save(folder)
        problem, every = Problem.open("classify", folder), {}
        kinds = zip(OF_CASES, cycle(cells), cycle(("last", "attention", "max", "mean")))
        for architecture, cell, pooling in kinds:
            every[architecture] = values = complete(recipe.dimensions(), {}) | {
                "network.architecture": architecture, "network.cell": cell,
                "network.pooling": pooling, "network.stacked.bidirectional": True,
                "network.conv_recurrent.shuffle": False, "network.conv_recurrent.filters": 4,
                "network.segment.length": 2, "network.dilated.length": 2,
                "network.dilated.growth": 2, "network.dilated.residual": True,
                "series.random_kernels": 12,
            }  # fmt: skip
            model = CLASSIFY.build(problem.prepared, values)
            save_network(model, folder / f"{architecture}.keras")
            expected[kind, architecture] = problem.predict(model, values, "test")
        (folder / "values.json").write_text(json.dumps(every))
    return expected


def test_both_backends_see_the_same_classes(classes_here: Any, other: Other) -> None:
    assert len(classes_here) == 2 * len(OF_CASES)
    for (kind, architecture), here in classes_here.items():
        there = np.load(other.folder / kind / f"{architecture}-other.npy")
        assert there == pytest.approx(here, abs=CLOSE), (kind, architecture)
        assert len(np.unique(there[:, 0].round(7))) > 1


def test_a_backend_is_loaded_without_a_word(other: Other) -> None:
    assert other.told.startswith("loaded\n"), other.told
