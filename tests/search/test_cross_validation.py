"""A trial over folds: pooled scores, one epoch for all, and what ends it early."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from seqtune.search.problem import Problem
from seqtune.search.schedule import Watch
from seqtune.search.trial import Result, TrialJob
from seqtune.search.trial_files import model_path, predictions_path
from seqtune.tasks._info import Metric, TaskInfo
from seqtune.tasks._values import Fold

VALUES = {
    "training.learning_rate": 0.1,
    "training.weight_decay": 0.0,
    "training.clip_norm": 0.0,
    "training.steps": 6,
    "training.batch_size": 1,
}
STEPS_PER_EPOCH = 2


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of one row, always the same."""

    def __len__(self) -> int:
        return STEPS_PER_EPOCH

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return np.ones((1, 1), np.float32), np.full((1, 1), 5.0, np.float32)


@dataclass(frozen=True)
class View:
    """Data with one fold held out, or with none."""

    held: int | None
    places: tuple[tuple[int, ...], ...]
    metric: str = "error"

    def encoded(self, part: str) -> str:
        return part

    @property
    def folds(self) -> list[Fold]:
        if self.held is not None:
            return []
        return [
            Fold(View(number, self.places), np.array(place))
            for number, place in enumerate(self.places)
        ]


@dataclass
class Stub:
    """A task that predicts of each case `100 fold + epoch`, and scores as it is told."""

    epoch_scores: dict[int, float]
    direction: Any = "min"
    name: str = "stub"
    fold_score: float = 1.0
    trained: list[int | None] = field(default_factory=list)
    pooled: list[list[float]] = field(default_factory=list)
    _epochs: int = 0

    @property
    def info(self) -> TaskInfo:
        """Metrics of that direction."""
        return TaskInfo("stub", "", (Metric("error", direction=self.direction),))

    def network_facts(self, model: Any) -> dict[str, Any]:
        return {}

    def build(self, prepared: View, values: Any) -> Any:
        self.trained.append(prepared.held)
        self._epochs = 0
        weight = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
        return keras.Sequential([keras.Input((1,)), weight])

    def structure(self, values: Any) -> Any:
        return values

    def loss(self, prepared: Any, values: Any) -> Any:
        return keras.losses.MeanSquaredError()

    def batches(self, prepared: Any, values: Any, seed: int, *, steps: int, until: str) -> Batches:
        assert until == "train"
        return Batches()

    def forward(self, network: Any, prepared: View, encoded: str, values: Any) -> Any:
        assert encoded == "validation" and prepared.held is not None
        self._epochs += 1
        count = len(prepared.places[prepared.held])
        return np.full((count, 1), 100.0 * prepared.held + self._epochs)

    def score(self, prepared: View, encoded: str, predictions: Any) -> dict[str, float]:
        if prepared.held is not None:
            return {"error": self.fold_score}
        self.pooled.append(predictions[:, 0].tolist())
        return {"error": self.epoch_scores[int(predictions[0, 0]) % 100]}

    def objective(self, prepared: Any, scores: dict[str, float]) -> float:
        return scores["error"]


PLACES = ((0, 3), (4, 1), (2,))


def run(stub: Stub, folder: Path, watch: Watch | None = None, seconds: float = 600.0) -> Result:
    job = TrialJob("t001", VALUES, 3, seconds, 6, STEPS_PER_EPOCH)
    problem = Problem(stub, View(None, PLACES), folder)  # type: ignore[arg-type]
    return job.run(problem, watch or Watch())


def test_every_fold_is_trained_and_all_are_scored_together_at_each_epoch(tmp_path: Path) -> None:
    stub = Stub({1: 3.0, 2: 1.0, 3: 2.0})
    result = run(stub, tmp_path)
    assert (result.status, result.reason) == ("completed", "")
    assert stub.trained == [0, 1, 2]
    assert result.scores == [3.0, 1.0, 2.0]
    assert (result.score, result.steps) == (1.0, 6)
    assert stub.pooled[0] == [1.0, 101.0, 201.0, 1.0, 101.0]  # each at its own place


def test_the_predictions_of_the_best_common_epoch_are_kept(tmp_path: Path) -> None:
    run(Stub({1: 3.0, 2: 1.0, 3: 2.0}), tmp_path)
    kept = np.load(predictions_path(tmp_path, "t001"))
    assert kept[:, 0].tolist() == [2.0, 102.0, 202.0, 2.0, 102.0]
    assert model_path(tmp_path, "t001").is_file()


def test_more_is_better_where_the_task_says_so(tmp_path: Path) -> None:
    result = run(Stub({1: 3.0, 2: 1.0, 3: 2.0}, direction="max"), tmp_path)
    assert result.score == 3.0
    assert np.load(predictions_path(tmp_path, "t001"))[0, 0] == 1.0


def test_a_fold_whose_score_is_no_number_fails_the_trial(tmp_path: Path) -> None:
    result = run(Stub({1: 1.0, 2: 1.0, 3: 1.0}, fold_score=math.nan), tmp_path)
    assert result.status == "failed"
    assert result.reason == "the validation score became nan in epoch 1"


class Impatient(Watch):
    """Ends the training of every fold after so many batches."""

    def __init__(self, batches: int) -> None:
        self.batches, self.heard = batches, list[tuple[int, int]]()
        self._asked = 0

    def epoch(self, epoch: int, epochs: int, score: float) -> None:
        self.heard.append((epoch, epochs))

    def is_over(self) -> bool:
        self._asked += 1
        return self._asked >= self.batches


def test_all_folds_stop_at_the_epoch_that_the_shortest_has_come_to(tmp_path: Path) -> None:
    result = run(Stub({1: 3.0, 2: 1.0, 3: 2.0}), tmp_path, Impatient(9))  # in fold 1, epoch 2
    assert result.status == "stopped"
    assert len(result.scores) == 1


def test_the_epochs_that_are_told_go_on_from_fold_to_fold(tmp_path: Path) -> None:
    watch = Impatient(1000)
    run(Stub({1: 3.0, 2: 1.0, 3: 2.0}), tmp_path, watch)
    assert watch.heard == [(number, 9) for number in range(1, 10)]


@pytest.mark.parametrize("direction", ["min", "max"])
def test_equal_epochs_keep_the_first(tmp_path: Path, direction: str) -> None:
    run(Stub({1: 1.0, 2: 1.0, 3: 1.0}, direction=direction), tmp_path)
    assert np.load(predictions_path(tmp_path, "t001"))[0, 0] == 1.0
