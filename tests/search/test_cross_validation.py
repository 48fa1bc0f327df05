"""A trial over folds: pooled scores, one epoch for all, and what ends it early."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from seqtune.search import cross_validation
from seqtune.search.cross_validation import CrossValidation
from seqtune.search.problem import Problem
from seqtune.search.schedule import Schedule, Watch
from seqtune.search.trial import Result, TrialJob
from seqtune.search.trial_files import folds_path, model_path, predictions_path
from seqtune.tasks._contract import SearchSettings
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
    """A task that predicts of each case `100 fold + epoch`, and scores as it is told.

    The first look of all is before any epoch, so that predicting is compiled.
    """

    epoch_scores: dict[int, float]
    direction: Any = "min"
    name: str = "stub"
    fold_score: float = 1.0
    trained: list[int | None] = field(default_factory=list)
    models: list[int] = field(default_factory=list)
    looks: int = 0
    pooled: list[list[float]] = field(default_factory=list)
    _epochs: int = 0

    @property
    def info(self) -> TaskInfo:
        """Metrics of that direction."""
        return TaskInfo("stub", "", (Metric("error", direction=self.direction),))

    search = SearchSettings()

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
        self.looks += 1
        self._epochs += self.looks > 1
        self.models.append(id(network.model))
        count = len(prepared.places[prepared.held])
        return np.full((count, 1), 100.0 * prepared.held + self._epochs)

    def score(self, prepared: View, encoded: str, predictions: Any) -> dict[str, float]:
        if prepared.held is not None:
            return {"error": self.fold_score * int(predictions[0, 0])}
        self.pooled.append(predictions[:, 0].tolist())
        return {"error": self.epoch_scores[int(predictions[0, 0]) % 100]}

    def objective(self, prepared: Any, scores: dict[str, float]) -> float:
        return scores["error"]


PLACES = ((0, 3), (4, 1), (2,))


def run(
    stub: Stub,
    folder: Path,
    watch: Watch | None = None,
    seconds: float = 600.0,
    until: int = 6,
    earlier: Result | None = None,
) -> Result:
    job = TrialJob("t001", VALUES, 3, seconds, until, STEPS_PER_EPOCH, earlier)
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


def test_folds_that_a_trial_has_behind_it_stay_where_it_is_stopped(tmp_path: Path) -> None:
    stub = Stub({1: 3.0, 2: 1.0, 3: 2.0})
    result = run(stub, tmp_path, Impatient(11))  # in fold 1: its training would hold all back
    assert (result.status, result.folds_left) == ("stopped", 2)
    assert stub.trained == [0, 1]
    assert np.load(folds_path(tmp_path, "t001"))[:, :, 0].tolist() == [[1, 1], [2, 2], [3, 3]]


def test_a_fold_that_is_stopped_is_all_there_is_where_it_is_the_first(tmp_path: Path) -> None:
    result = run(Stub({}), tmp_path, Impatient(3))
    assert (result.status, result.folds_left, len(result.scores)) == ("stopped", 2, 2)


def test_all_folds_stop_where_the_shortest_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub = Stub({2: 3.0, 3: 1.0})

    def plan(schedule: Any, epoch: int, loss: float) -> None:
        """End fold 1 after two epochs, as the clock does."""
        end_epoch(schedule, epoch, loss)
        if stub.trained[-1] == 1 and epoch == 1:
            schedule.is_over = schedule.is_cut = True

    end_epoch = Schedule.end_epoch
    monkeypatch.setattr(Schedule, "end_epoch", plan)
    result = run(stub, tmp_path)
    assert (result.status, result.folds_left) == ("stopped", 0)
    # of the three epochs of fold 0 the second and the third; fold 2 plans two
    assert stub.pooled == [[2.0, 101.0, 201.0, 2.0, 101.0], [3.0, 102.0, 202.0, 3.0, 102.0]]
    assert result.scores == [3.0, 1.0]


def test_a_trial_pauses_after_a_fold_and_trains_none_twice(tmp_path: Path) -> None:
    first, second = Stub({}), Stub({1: 3.0, 2: 1.0, 3: 2.0})
    paused = run(first, tmp_path, until=2)
    assert (paused.status, paused.folds_left, paused.steps) == ("stopped", 2, 2)
    assert (first.trained, paused.scores, paused.score) == ([0], [1.0, 2.0, 3.0], 1.0)
    assert not predictions_path(tmp_path, "t001").exists()
    whole = run(second, tmp_path, earlier=paused)
    assert second.trained == [1, 2]
    assert (whole.status, whole.folds_left, whole.steps) == ("completed", 0, 6)
    assert second.pooled[0] == [1.0, 101.0, 201.0, 1.0, 101.0]
    assert (whole.scores, whole.score) == ([3.0, 1.0, 2.0], 1.0)


def test_a_score_of_some_folds_counts_each_as_often_as_it_has_cases(tmp_path: Path) -> None:
    result = run(Stub({}), tmp_path, until=4)  # two folds: predictions of 1 to 3 and 101 to 103
    assert result.folds_left == 1
    assert result.scores == [51.0, 52.0, 53.0]  # two cases each
    assert result.fold_scores == [1.0, 51.0]


def test_a_trial_that_did_not_pause_knows_what_it_would_have_paused_with(tmp_path: Path) -> None:
    result = run(Stub({1: 3.0, 2: 1.0, 3: 2.0}), tmp_path)
    assert result.fold_scores == [1.0, 51.0, 81.0]  # (2 * 1 + 2 * 101 + 201) / 5
    paused = result.after(1 / 3)
    assert (paused.score, paused.steps) == (1.0, 2)
    assert result.after(1.0) is result and paused.after(0.01).score == 1.0
    assert Result("t001", "stopped", {}, 0.5).after(0.2).score == 0.5  # without folds


def test_folds_behind_a_trial_that_are_others_than_they_should_be_fail_it(tmp_path: Path) -> None:
    paused = run(Stub({}), tmp_path, until=2)
    result = run(Stub({}), tmp_path, earlier=replace(paused, folds_left=1))
    assert result.reason.startswith("ValueError: t001-folds.npy holds [3, 2, 1], expected [epochs,")


def test_predictions_behind_a_trial_that_are_no_numbers_fail_it(tmp_path: Path) -> None:
    paused = run(Stub({}), tmp_path, until=2)
    np.save(folds_path(tmp_path, "t001"), np.full((3, 2, 1), np.nan))
    result = run(Stub({}), tmp_path, earlier=paused)
    assert result.reason == "ValueError: t001-folds.npy holds values that are no numbers"
    assert (result.score, result.folds_left) == (paused.score, 2)  # what it had before stays


def test_a_trial_that_is_through_all_folds_has_nothing_left_to_train(tmp_path: Path) -> None:
    whole = run(Stub({1: 3.0, 2: 1.0, 3: 2.0}), tmp_path)
    stub = Stub({})
    again = run(stub, tmp_path, earlier=replace(whole, status="stopped"))
    assert (again.status, again.scores, stub.trained) == ("completed", whole.scores, [])


def test_one_network_serves_all_folds_with_weights_of_its_own_in_each(tmp_path: Path) -> None:
    stub = Stub({1: 3.0, 2: 1.0, 3: 2.0})
    run(stub, tmp_path)
    assert len(set(stub.models)) == 1


def test_compiling_is_taken_from_the_time_of_all_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=100.0, monotonic=lambda: clock.now)
    monkeypatch.setattr(cross_validation, "time", clock)

    def folds(seconds: float | None) -> CrossValidation:
        clock.now = 100.0
        return CrossValidation(
            SimpleNamespace(), {}, 0, 1, 1, 140.0, Watch(), seconds=seconds  # type: ignore[arg-type]
        )  # fmt: skip

    open_ended = folds(None)
    clock.now = 110.0
    assert open_ended._share_time(3) == 120.0
    clock.now = 120.0
    assert open_ended._share_time(2) == 130.0
    short = folds(6.0)
    clock.now = 104.0
    assert short._share_time(2) == 107.0  # 6 s from when it was compiled
    slow = folds(6.0)
    clock.now = 110.0
    assert slow._share_time(2) == 115.0  # it took 10 s, and so may training
    late = folds(60.0)
    clock.now = 130.0
    assert late._share_time(2) == 135.0


def test_the_epochs_that_are_told_go_on_from_fold_to_fold(tmp_path: Path) -> None:
    watch = Impatient(1000)
    run(Stub({1: 3.0, 2: 1.0, 3: 2.0}), tmp_path, watch)
    assert watch.heard == [(number, 9) for number in range(1, 10)]


@pytest.mark.parametrize("direction", ["min", "max"])
def test_equal_epochs_keep_the_first(tmp_path: Path, direction: str) -> None:
    run(Stub({1: 1.0, 2: 1.0, 3: 1.0}, direction=direction), tmp_path)
    assert np.load(predictions_path(tmp_path, "t001"))[0, 0] == 1.0
