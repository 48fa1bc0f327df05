"""One trial: the best epoch is kept, and whatever goes wrong is a result with a reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from seqtune.errors import DataError
from seqtune.runtime.network import KerasNetwork
from seqtune.search.problem import Problem
from seqtune.search.schedule import Watch
from seqtune.search.trial import MIN_STEPS, Result, TrialJob, trial_seed, usable
from seqtune.search.trial_files import model_path, predictions_path
from seqtune.tasks._contract import SearchSettings
from seqtune.tasks._info import Metric, TaskInfo
from seqtune.tasks.forecast.task import TASK, ForecastTask

VALUES = {
    "training.learning_rate": 0.1,
    "training.weight_decay": 0.0,
    "training.clip_norm": 1.0,
    "training.steps": 8,
    "training.patience": 10,
}
STEPS_PER_EPOCH = 2
PREPARED: Any = SimpleNamespace(folds=(), metric="error", encoded=lambda part: part)


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of one row, always the same."""

    def __init__(self, target: float) -> None:
        super().__init__()
        self.target = target

    def __len__(self) -> int:
        return STEPS_PER_EPOCH

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return np.ones((1, 1), np.float32), np.full((1, 1), self.target, np.float32)


@dataclass
class Stub:
    """A task whose network is one weight, and whose scores are those it is given."""

    scores: list[float] = field(default_factory=lambda: [1.0] * 100)
    target: float = 5.0
    direction: Any = "min"
    metric: str = "error"
    on_build: Callable[[], None] = lambda: None
    seen: list[float] = field(default_factory=list)
    until: list[str] = field(default_factory=list)

    @property
    def info(self) -> TaskInfo:
        """Metrics of that direction."""
        return TaskInfo("stub", "", (Metric(self.metric, direction=self.direction),))

    search = SearchSettings()

    def network_facts(self, model: Any) -> dict[str, Any]:
        return {}

    def build(self, prepared: Any, values: Any) -> Any:
        self.on_build()
        weight = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
        return keras.Sequential([keras.Input((1,)), weight])

    def structure(self, values: Any) -> Any:
        return values

    def loss(self, prepared: Any, values: Any) -> Any:
        return keras.losses.MeanSquaredError()

    def batches(self, prepared: Any, values: Any, seed: int, *, steps: int, until: str) -> Batches:
        self.until.append(until)
        return Batches(self.target)

    def forward(self, network: Any, prepared: Any, encoded: Any, values: Any) -> Any:
        assert encoded == "validation"
        output = np.asarray(network(np.ones((1, 1), np.float32)), np.float64)
        self.seen.append(float(output[0, 0]))
        return output

    def score(self, prepared: Any, encoded: Any, predictions: Any) -> dict[str, float]:
        return {self.metric: self.scores[len(self.seen) - 1]}

    def objective(self, prepared: Any, scores: dict[str, float]) -> float:
        return scores[self.metric]


def run(
    stub: Any, folder: Path, seconds: float = 600.0, heard: list[Any] | None = None, **changes: Any
) -> Result:
    values = VALUES | {f"training.{name}": value for name, value in changes.items()}
    job = TrialJob("t001", values, 3, seconds, values["training.steps"], STEPS_PER_EPOCH)
    return job.run(Problem(stub, PREPARED, folder), Diary([] if heard is None else heard))


@dataclass
class Diary(Watch):
    """Writes down the epochs, and ends the training after so many batches."""

    heard: list[Any]
    batches: int = 1_000_000

    def epoch(self, epoch: int, epochs: int, score: float) -> None:
        self.heard.append((epoch, epochs, score))

    def is_over(self) -> bool:
        self.batches -= 1
        return self.batches <= 0


def test_the_best_epoch_is_kept(tmp_path: Path) -> None:
    stub = Stub([3.0, 1.0, 2.0, 1.5])
    heard: list[Any] = []
    result = run(stub, tmp_path, heard=heard)
    assert (result.status, result.score, result.reason) == ("completed", 1.0, "")
    assert result.scores == [3.0, 1.0, 2.0, 1.5]
    assert [(epoch, score) for epoch, _, score in heard] == [(1, 3.0), (2, 1.0), (3, 2.0), (4, 1.5)]
    assert (result.parameters, result.steps) == (1, 8)
    kept = keras.saving.load_model(model_path(tmp_path, "t001"), safe_mode=True)
    weight = float(np.asarray(kept.get_weights()[0])[0, 0])
    assert weight == pytest.approx(stub.seen[1])
    assert len(set(stub.seen)) == 4  # every epoch changed it
    assert np.load(predictions_path(tmp_path, "t001")).tolist() == [[pytest.approx(weight)]]


def test_the_highest_score_is_the_best_where_more_is_better(tmp_path: Path) -> None:
    result = run(Stub([3.0, 1.0, 4.0, 1.5], direction="max"), tmp_path)
    assert result.score == 4.0


def test_training_sees_the_training_rows_alone(tmp_path: Path) -> None:
    stub = Stub()
    run(stub, tmp_path, steps=2)
    assert stub.until == ["train"]


def test_the_search_stops_when_patience_is_over(tmp_path: Path) -> None:
    result = run(Stub([3.0, 1.0, *[2.0] * 90]), tmp_path, steps=100, patience=3)
    assert result.scores == [3.0, 1.0, 2.0, 2.0, 2.0]
    assert (result.status, result.score) == ("completed", 1.0)


@pytest.mark.parametrize(("steps", "epochs"), [(1, 1), (2, 1), (3, 2), (8, 4)])
def test_the_steps_make_whole_epochs(tmp_path: Path, steps: int, epochs: int) -> None:
    assert len(run(Stub(), tmp_path, steps=steps).scores) == epochs


@pytest.mark.parametrize("seconds", [0.0, -10.0])
def test_the_deadline_cuts_in_the_first_epoch(tmp_path: Path, seconds: float) -> None:
    # a batch has been trained on by the time that the clock is looked at
    result = run(Stub([3.0, 1.0]), tmp_path, seconds=seconds, steps=1000)
    assert (result.status, result.scores) == ("stopped", [3.0])
    assert model_path(tmp_path, "t001").is_file()


def test_the_deadline_cuts_an_epoch_short(tmp_path: Path) -> None:
    stub = Stub()
    run(stub, tmp_path, seconds=0.0, steps=2)
    whole = Stub()
    run(whole, tmp_path / "whole", steps=2)
    assert 0 < stub.seen[0] < whole.seen[0]  # one batch brought it less far than two


def test_a_trial_that_is_stopped_keeps_its_best_epoch(tmp_path: Path) -> None:
    job = TrialJob("t001", VALUES, 3, 600.0, 8, STEPS_PER_EPOCH)
    result = job.run(Problem(Stub([3.0, 1.0, 2.0]), PREPARED, tmp_path), Diary([], batches=5))
    assert (result.status, result.score, result.scores) == ("stopped", 1.0, [3.0, 1.0, 2.0])
    assert result.steps == 5


def go_on(stub: Any, data: Any, folder: Path, earlier: Result, until: int) -> Result:
    job = TrialJob("t001", data.values, 3, 600.0, until, STEPS_PER_EPOCH, earlier)
    return job.run(Problem(stub, data.prepared, folder), Watch())


def begin(data: Any, folder: Path, until: int) -> Result:
    job = TrialJob("t001", data.values, 3, 600.0, until, STEPS_PER_EPOCH)
    return job.run(Problem(TASK, data.prepared, folder), Watch())


def test_a_trial_goes_on_from_its_own_weights(tiny: Any, tmp_path: Path) -> None:
    paused = begin(tiny, tmp_path, until=2)
    assert (paused.status, paused.steps, len(paused.scores)) == ("stopped", 2, 1)
    more = go_on(TASK, tiny, tmp_path, paused, until=4)
    assert (more.status, more.steps, more.reason) == ("completed", 4, "")
    assert more.scores[:1] == paused.scores
    assert len(more.scores) == 2
    assert more.score == min(more.scores)
    assert more.seconds > paused.seconds
    assert more.training_seconds > paused.training_seconds
    kept = np.load(predictions_path(tmp_path, "t001"), allow_pickle=False)
    assert (
        TASK.score(tiny.prepared, tiny.prepared.encoded("validation"), kept)["mase"] == more.score
    )


def test_a_stretch_that_brought_nothing_leaves_the_network_as_it_was(
    tiny: Any, tmp_path: Path
) -> None:
    paused = begin(tiny, tmp_path, until=2)
    before = model_path(tmp_path, "t001").read_bytes()
    unbeatable = replace(paused, score=0.0)
    more = go_on(TASK, tiny, tmp_path, unbeatable, until=4)
    assert more.score == 0.0
    assert model_path(tmp_path, "t001").read_bytes() == before


def test_a_stretch_that_fails_leaves_the_trial_as_it_was(tiny: Any, tmp_path: Path) -> None:
    paused = begin(tiny, tmp_path, until=2)
    model_path(tmp_path, "t001").unlink()
    more = go_on(TASK, tiny, tmp_path, paused, until=4)
    assert (more.status, more.score, more.steps) == (paused.status, paused.score, 2)
    assert "missing" in more.reason


def test_half_the_batch_at_most_once_for_a_batch_of_one() -> None:
    job = TrialJob("t001", {"training.batch_size": 2}, 3, 1.0, 8, 2)
    smaller = job.smaller()
    assert smaller is not None
    assert smaller.values == {"training.batch_size": 1}
    assert smaller.smaller() is None


def test_an_exception_is_a_reason(tmp_path: Path) -> None:
    def fail() -> None:
        raise ValueError("units must be positive\nand more")

    result = run(Stub(on_build=fail), tmp_path)
    assert (result.status, result.score) == ("failed", None)
    assert result.reason == "ValueError: units must be positive"
    assert list(tmp_path.iterdir()) == []


def test_an_exception_without_words_is_a_reason(tmp_path: Path) -> None:
    def fail() -> None:
        raise MemoryError

    assert run(Stub(on_build=fail), tmp_path).reason == "MemoryError: no message"


def test_an_error_of_our_own_is_told_in_its_words(tmp_path: Path) -> None:
    def fail() -> None:
        raise DataError("the window is empty", "give more data")

    assert run(Stub(on_build=fail), tmp_path).reason == "the window is empty"


def test_an_interruption_is_not_swallowed(tmp_path: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(Stub(on_build=interrupt), tmp_path)


@pytest.mark.parametrize("target", [np.nan, np.inf])
def test_a_loss_that_is_no_number_fails_the_trial(tmp_path: Path, target: float) -> None:
    stub = Stub(target=target)
    result = run(stub, tmp_path)
    assert (result.status, result.score, result.scores) == ("failed", None, [])
    assert result.reason in (f"the loss became {bad} in epoch 1" for bad in ("nan", "inf"))
    assert stub.seen == []
    assert list(tmp_path.iterdir()) == []


def test_a_score_that_is_no_number_fails_the_trial(tmp_path: Path) -> None:
    result = run(Stub([np.nan] * 4), tmp_path)
    assert (result.status, result.score) == ("failed", None)
    assert result.reason == "the validation score became nan in epoch 1"


def test_a_score_that_went_wrong_fails_the_trial_though_it_was_good_before(tmp_path: Path) -> None:
    result = run(Stub([2.0, np.inf, 1.0]), tmp_path)
    assert (result.status, result.score) == ("failed", None)
    assert result.reason == "the validation score became inf in epoch 2"
    json.dumps(result.to_dict(), allow_nan=False)  # a line of trials.jsonl


@pytest.mark.parametrize(("status", "steps", "is_trained"), [
    ("completed", 1, True), ("stopped", MIN_STEPS, True), ("stopped", MIN_STEPS - 1, False),
    ("stopped", 0, False),
])  # fmt: skip
def test_a_trial_that_was_cut_at_once_is_hardly_trained(
    status: str, steps: int, is_trained: bool
) -> None:
    assert Result("t001", status, {}, score=0.1, steps=steps).is_trained is is_trained


def test_hardly_trained_networks_are_used_only_where_there_are_no_others() -> None:
    early = Result("t001", "stopped", {}, score=0.1, steps=3)
    failed = Result("t002", "failed", {}, reason="no such luck")
    whole = Result("t003", "completed", {}, score=0.6, steps=4)
    cut = Result("t004", "stopped", {}, score=0.7, steps=500)
    assert usable([early, failed, whole, cut]) == [whole, cut]
    assert usable([early, failed]) == [early]
    assert usable([failed]) == []
    assert usable([replace(whole, folds_left=1), early]) == [early]


@pytest.mark.parametrize(
    ("steps", "operations", "cost"), [(30, 2e9, 6e10), (0, 2e9, None), (30, 0.0, None)]
)
def test_a_trial_costs_the_operations_of_all_its_steps(
    steps: int, operations: float, cost: float | None
) -> None:
    assert Result("t001", "completed", {}, steps=steps, operations=operations).cost == cost


def test_a_result_is_a_line_of_json(tmp_path: Path) -> None:
    result = run(Stub([3.0, 1.0, 2.0, 1.5]), tmp_path)
    assert Result(**json.loads(json.dumps(result.to_dict(), allow_nan=False))) == result


def test_a_forecasters_predictions_are_those_of_its_file(tiny: Any, trained: Any) -> None:
    assert trained.result.status == "completed"
    model = keras.saving.load_model(
        model_path(trained.folder, "t001"), compile=False, safe_mode=True
    )
    kept = np.load(predictions_path(trained.folder, "t001"), allow_pickle=False)
    again = TASK.forward(
        KerasNetwork(model), tiny.prepared, tiny.prepared.encoded("validation"), tiny.values
    )
    assert kept.dtype == np.float64
    assert again == pytest.approx(kept, abs=1e-4)
    assert (
        TASK.score(tiny.prepared, tiny.prepared.encoded("validation"), kept)["mase"]
        == trained.result.score
    )
    assert trained.result.score == min(trained.result.scores)


def test_a_forecaster_with_an_impossible_configuration_fails(tiny: Any, tmp_path: Path) -> None:
    values = tiny.values | {"network.units": -4}
    job = TrialJob("t001", values, 1, 600.0, 8, 2)
    result = job.run(Problem(ForecastTask(), tiny.prepared, tmp_path), Watch())
    assert result.status == "failed"
    assert result.reason.startswith("ValueError")
    assert result.values is values


def test_no_trial_has_the_seed_of_another() -> None:
    seeds = [trial_seed(seed, f"t{trial:03d}") for seed in range(50) for trial in range(1, 200)]
    assert len(set(seeds)) == len(seeds)
    later = [seed + 1_000_003 * steps for seed in seeds[:2000] for steps in (90, 500, 1500)]
    assert not set(later) & set(seeds)
