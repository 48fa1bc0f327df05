"""A task that refits anew trains a fresh network up to the best epoch of the trial, or not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from seqtune.run.selection import Selection
from seqtune.search import refit as refits
from seqtune.search.network_file import save_network
from seqtune.search.problem import Problem
from seqtune.search.refit import NO_TIME, RefitJob, Refitted, refit_seconds, refitted_path
from seqtune.search.schedule import Watch
from seqtune.search.trial import Result
from seqtune.search.trial_files import model_path
from seqtune.tasks._contract import SearchSettings
from seqtune.tasks._info import Metric, TaskInfo

VALUES = {
    "training.learning_rate": 0.1,
    "training.weight_decay": 0.0,
    "training.clip_norm": 0.0,  # gradients that differ leave traces in the optimiser
}
DATA = SimpleNamespace(metric="accuracy", folds=(), encoded=str)
STEPS_PER_EPOCH = 3
SEARCHED = 50.0
"""The weight that the search had left: far from where a refit ends."""


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of one row, always the same."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.steps = steps

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return np.ones((1, 1), np.float32), np.full((1, 1), 5.0, np.float32)


@dataclass
class Stub:
    """A task whose network is one weight that begins at zero."""

    search: SearchSettings = field(default_factory=lambda: SearchSettings(refits_anew=True))
    direction: Any = "max"
    scores: list[float] = field(default_factory=lambda: [1.0] * 100)
    built: int = 0
    until: list[str] = field(default_factory=list)
    trained: list[int] = field(default_factory=list)
    validated: list[float] = field(default_factory=list)

    @property
    def info(self) -> TaskInfo:
        """Metrics of that direction."""
        return TaskInfo("stub", "", (Metric("accuracy", direction=self.direction),))

    def network_facts(self, model: Any) -> dict[str, Any]:
        return {}

    def build(self, prepared: Any, values: Any) -> Any:
        self.built += 1
        weight = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
        return keras.Sequential([keras.Input((1,)), weight])

    def structure(self, values: Any) -> Any:
        return values

    def loss(self, prepared: Any, values: Any) -> Any:
        return keras.losses.MeanSquaredError()

    def steps_per_epoch(self, prepared: Any, values: Any) -> int:
        return 77

    def batches(self, prepared: Any, values: Any, seed: int, *, steps: int, until: str) -> Batches:
        self.until.append(until)
        self.trained.append(0)
        return Batches(steps)

    def forward(self, network: Any, prepared: Any, encoded: str, values: Any) -> Any:
        output = np.asarray(network(np.ones((1, 1), np.float32)), np.float64)
        if encoded == "validation":
            self.validated.append(float(output[0, 0]))
        return output

    def score(self, prepared: Any, encoded: str, predictions: Any) -> dict[str, float]:
        return {"accuracy": self.scores[len(self.validated) - 1]}

    def objective(self, prepared: Any, scores: Any) -> float:
        return float(scores["accuracy"])

    @property
    def batches_of_refits(self) -> list[int]:
        """How many batches each refit was trained on."""
        return [asked - more for asked, more in zip(self.trained, ASKED, strict=True)]


ASKED = (2, 1)
"""So often a refit asks beside after each batch: twice after the first, once after the last."""


@dataclass
class Counter(Watch):
    """Counts how often each refit asks whether it is to end."""

    stub: Stub

    def is_over(self) -> bool:
        self.stub.trained[-1] += 1
        return False


RESULT = Result(
    "t001", "completed", VALUES, score=0.9, scores=[0.5, 0.9, 0.9, 0.7],
    seconds=14.0, training_seconds=10.0, steps=12,
)  # fmt: skip
"""Its best epoch was the second, and the third was no better."""


@pytest.fixture(autouse=True)
def _trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load the stub's network by Keras: its configuration is of no recipe."""

    def load(task: Any, prepared: Any, values: Any, path: Path) -> Any:
        return keras.saving.load_model(path, compile=False, safe_mode=True)

    monkeypatch.setattr("seqtune.search.refit.load_network", load)


def run(
    stub: Stub, folder: Path, *, seconds: float = 600.0, refit: bool = True, result: Result = RESULT
) -> Refitted:
    (folder / "models").mkdir()
    (folder / "trials").mkdir()
    model = Stub().build(None, VALUES)
    model.set_weights([np.full((1, 1), SEARCHED)])
    save_network(model, model_path(folder, "t001"))
    job = RefitJob(result, 3, seconds, STEPS_PER_EPOCH, refit)
    return job.run(Problem(stub, DATA, folder), Counter(stub))  # type: ignore[arg-type]


def said_of_test(folder: Path) -> float:
    return float(np.load(refits.test_predictions_path(folder, "t001"))[0, 0])


def test_a_fresh_network_is_trained_on_more_rows_each_time(tmp_path: Path) -> None:
    stub = Stub()
    outcome = run(stub, tmp_path)
    assert (outcome.is_refitted, outcome.reason, outcome.note) == (True, "", "")
    assert stub.until == ["validation", "test"]
    # two epochs, as many as it took the trial to be at its best
    assert stub.batches_of_refits == [2 * STEPS_PER_EPOCH] * 2
    assert stub.built == 2
    # from zero, and from nothing of the optimiser's: both refits do the very same
    assert stub.validated[0] == pytest.approx(stub.validated[1], abs=1e-6)
    assert 0 < stub.validated[0] < 1  # at most 0.1 a step; the search's weight is far away
    assert said_of_test(tmp_path) == pytest.approx(stub.validated[0], abs=1e-6)
    kept = keras.saving.load_model(refitted_path(tmp_path, "t001"), safe_mode=True)
    assert float(np.asarray(kept.get_weights()[0])[0, 0]) == pytest.approx(stub.validated[1])


def test_the_best_epoch_is_the_lowest_where_less_is_better(tmp_path: Path) -> None:
    stub = Stub(direction="min", scores=[0.5] * 9)
    scores = [0.9, 0.8, 0.5, 0.6]
    run(stub, tmp_path, result=replace(RESULT, score=0.5, scores=scores))
    assert stub.batches_of_refits == [3 * STEPS_PER_EPOCH] * 2


def test_other_tasks_go_on_from_the_weights_of_the_search(tmp_path: Path) -> None:
    stub = Stub(search=SearchSettings())
    assert run(stub, tmp_path).is_refitted
    assert stub.built == 0
    assert all(weight == pytest.approx(SEARCHED, abs=1) for weight in stub.validated)
    assert stub.batches_of_refits == [STEPS_PER_EPOCH] * 2  # 0.3 of two epochs, one at least


@pytest.mark.parametrize(("best", "epochs", "seconds"), [(19, 6, 1.0 + 6.0), (9, 3, 1.0 + 3.0)])
def test_other_tasks_go_on_for_a_share_of_the_way_to_the_best_epoch(
    tmp_path: Path, best: int, epochs: int, seconds: float
) -> None:
    scores = [0.5] * 20
    scores[best] = 0.9
    result = replace(RESULT, scores=scores, seconds=15.0)
    stub = Stub(search=SearchSettings())
    run(stub, tmp_path, result=result)
    assert stub.batches_of_refits == [epochs * STEPS_PER_EPOCH] * 2
    assert refit_seconds(result) == pytest.approx(seconds)


@pytest.mark.parametrize(("short", "is_refitted"), [(0.1, False), (-1.0, True)])
def test_a_refit_that_would_be_cut_short_is_not_begun(
    tmp_path: Path, short: float, is_refitted: bool
) -> None:
    """Twice the half of ten seconds that it took to the best epoch, and 0.2 of the four beside."""
    needed = refit_seconds(RESULT, anew=True)
    assert needed == pytest.approx(10.8)
    stub = Stub()
    outcome = run(stub, tmp_path, seconds=needed - short)
    assert outcome.is_refitted is is_refitted
    assert outcome.note == ("" if is_refitted else NO_TIME)
    assert (said_of_test(tmp_path) == SEARCHED) is not is_refitted


def test_a_refit_takes_as_long_as_the_trial_did_in_a_fold() -> None:
    """Ten seconds of training in five folds, or in two of them, and 0.2 of the four beside."""
    for left, each in ((0, 2.0), (3, 5.0)):
        trained = replace(RESULT, score=None, scores=[], folds_left=left)
        expected = pytest.approx(2 * each + 0.8)
        assert refit_seconds(trained, anew=True, folds=5) == expected


def test_without_a_wish_to_refit_the_network_is_only_scored(tmp_path: Path) -> None:
    stub = Stub()
    outcome = run(stub, tmp_path, refit=False)
    assert (outcome.is_refitted, outcome.note, outcome.reason) == (False, "", "")
    assert said_of_test(tmp_path) == SEARCHED
    assert (stub.until, stub.built) == ([], 0)
    assert not refitted_path(tmp_path, "t001").exists()


@pytest.mark.parametrize(
    ("scores", "until"),
    [([0.5, 0.9], ["validation"]), ([0.9, 0.5], ["validation", "test"])],
    ids=["before the test part", "after it"],
)
def test_a_refit_that_did_harm_is_taken_back(
    tmp_path: Path, scores: list[float], until: list[str]
) -> None:
    """0.5 is less than 0.9 / 1.5."""
    stub = Stub(scores=scores)
    outcome = run(stub, tmp_path)
    assert not outcome.is_refitted
    assert outcome.note == "accuracy went from 0.9 to 0.5"
    assert stub.until == until
    assert (said_of_test(tmp_path) == SEARCHED) is (until == ["validation"])
    assert not refitted_path(tmp_path, "t001").exists()


def test_a_little_worse_on_rows_it_has_seen_is_no_harm(tmp_path: Path) -> None:
    assert run(Stub(scores=[0.61, 0.61]), tmp_path).is_refitted


def test_epochs_of_a_refit_are_as_long_as_those_of_the_search(tmp_path: Path) -> None:
    """The recipe may say how long; the task's own length is for recipes that do not."""
    problem = Problem(Stub(), DATA, tmp_path)  # type: ignore[arg-type]
    lengths = []

    class Executor:
        """Fails every job at once."""

        workers = 1
        jobs: list[RefitJob] = []  # noqa: RUF012

        def idle(self) -> int:
            return 1

        def submit(self, job: RefitJob) -> None:
            lengths.append(job.steps_per_epoch)
            self.jobs.append(job)

        def wait(self, seconds: float) -> list[Refitted]:
            return [self.jobs.pop().failed("lost", 0.0)] if self.jobs else []

    class Time:
        """Has enough of it."""

        def left(self) -> float:
            return 1000.0

    class Calm:
        """Nobody asks to end."""

        asked = False

        def tell(self) -> None:
            pass

        def left(self) -> float:
            return 1000.0

    for given in (None, lambda values: STEPS_PER_EPOCH):
        selection = Selection(problem, [RESULT], lambda event: None, steps_per_epoch=given)
        selection.score_chosen(
            Executor(), Time(), 0.0, seed=1, refit=False, interrupt=Calm(),  # type: ignore[arg-type]
        )  # fmt: skip
    assert lengths == [77, STEPS_PER_EPOCH]
