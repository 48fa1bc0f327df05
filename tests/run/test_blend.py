"""Ensembles of networks and a simple method: what is chosen, kept, calibrated and refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from seqtune.errors import RunError
from seqtune.progress import Event, Note, silent
from seqtune.run.baseline_predictions import (
    kept_path,
    load_predictions,
    read_predictions,
    save_predictions,
)
from seqtune.run.checkpoint import checkpoint_rows
from seqtune.run.members import (
    Member,
    read_calibrations,
    read_members,
    write_calibrations,
    write_members,
)
from seqtune.run.refits import Refits
from seqtune.run.selection import Selection, row_name
from seqtune.runtime.interrupt import Interrupt
from seqtune.search.budget import Clock
from seqtune.search.executor._slot import Slot
from seqtune.search.problem import Problem
from seqtune.search.refit import RefitJob, Refitted
from seqtune.search.refit import test_predictions_path as path_for_test
from seqtune.search.trial import Result
from seqtune.search.trial_files import predictions_path
from seqtune.tasks._contract import SearchSettings
from seqtune.tasks._info import Metric, TaskInfo

Floats = npt.NDArray[np.float64]

VALUES = {
    "network.architecture": "stacked",
    "network.cell": "gru",
    "network.units": 8,
    "network.layers": 1,
    "training.learning_rate": 0.01,
}
TRUTH = np.array([[0.0], [0.0]])


@dataclass(frozen=True)
class Divided:
    """Predictions are given out divided by a number."""

    by: float = 2.0
    detail: str = ""

    def apply(self, predictions: Floats) -> Floats:
        return predictions / self.by

    def to_dict(self) -> dict[str, Any]:
        return {"by": self.by}


class Guessing:
    """A task whose predictions are numbers, the nearer to 0 the better; calibrated by halving."""

    name = "classify"
    search = SearchSettings()

    def __init__(self, direction: Any = "min", margin: float = 0.0) -> None:
        self.direction = direction
        self._margin = margin

    @property
    def info(self) -> TaskInfo:
        """Metrics of that direction."""
        return TaskInfo("stub", "", (Metric("error", direction=self.direction),))

    def score(self, prepared: Any, encoded: Any, predictions: Floats) -> dict[str, float]:
        error = float(np.abs(predictions - TRUTH).mean())
        return {"error": error if self.direction == "min" else -error}

    def objective(self, prepared: Any, scores: Mapping[str, float]) -> float:
        return scores["error"]

    def prediction_unit(self, prepared: Any, values: Mapping[str, Any] | None) -> str:
        return "number"

    def margin(self, prepared: Any, score: float) -> float:
        return self._margin

    def describe(self, prepared: Any, values: Mapping[str, Any]) -> str:
        return "a guess"

    def steps_per_epoch(self, prepared: Any, values: Mapping[str, Any]) -> int:
        return 1

    def calibrate(self, prepared: Any, encoded: Any, predictions: Floats) -> Divided | None:
        assert encoded == "validation"
        return Divided()


class Hedging(Guessing):
    """The same, with few cases held out."""

    def __init__(self, share: float = 1.0) -> None:
        super().__init__()
        self.share = share

    def hedges(self, prepared: Any) -> bool:
        return True

    def validation_share(self, prepared: Any, method: str) -> float:
        return self.share


class Scoring:
    """Writes the test predictions of a network, as a refit does; loses those named."""

    workers = 1

    def __init__(self, folder: Path, test: Mapping[str, Floats], lost: tuple[str, ...]) -> None:
        self.folder, self.test, self.lost = folder, test, lost
        self.killed: tuple[str, ...] = ()
        self.done: list[Refitted] = []

    def idle(self) -> bool:
        return not self.done

    def submit(self, job: RefitJob) -> None:
        trial = job.result.trial
        if job.refit and trial in self.killed:
            self.done.append(Refitted(trial, reason="the worker was killed"))
            return
        if trial in self.lost:
            self.done.append(Refitted(trial, reason="lost"))
            return
        np.save(path_for_test(self.folder, trial), self.test[trial])
        self.done.append(Refitted(trial))

    def wait(self, seconds: float) -> list[Refitted]:
        done, self.done = self.done, []
        return done


def column(*values: float) -> Floats:
    return np.array(values, dtype=float)[:, None]


def conclusion_of(
    folder: Path,
    networks: Mapping[str, Floats],
    simple: Mapping[str, Floats],
    task: Guessing | None = None,
) -> Selection:
    """Networks and simple methods, by what they predict for validation, methods for test too."""
    (folder / "trials").mkdir(exist_ok=True)
    task = task or Guessing()
    results = []
    for trial, predictions in networks.items():
        np.save(predictions_path(folder, trial), predictions)
        score = task.score(None, "validation", predictions)["error"]
        results.append(Result(trial, "completed", VALUES, score, [score], parameters=5))
    prepared = SimpleNamespace(metric="error", folds=(), encoded=lambda part: part)
    problem = Problem(task, prepared, folder)  # type: ignore[arg-type]
    baseline_predictions = {
        name: {"validation": each, "test": each} for name, each in simple.items()
    }
    return Selection(problem, results, silent, baseline_predictions)


def score(selection: Selection, test: Mapping[str, Floats], *lost: str) -> None:
    executor: Any = Scoring(selection.problem.folder, test, lost)
    selection.score_chosen(
        executor, Clock(100.0), 0.0, seed=0, refit=False, interrupt=Interrupt(silent)
    )


OVER, UNDER, FAR = column(1, 1), column(-1, -1), column(8, 8)
"""The mean of the first two is right."""


# the choice


def test_the_ensemble_takes_in_a_simple_method_that_helps(tmp_path: Path) -> None:
    selection = conclusion_of(tmp_path, {"t001": OVER, "t002": FAR}, {"naive": UNDER})
    selection.select(4)
    assert selection.weights == {"naive": 0.5, "t001": 0.5}
    assert selection.ensemble_name == "blend"
    assert [result.trial for result in selection.chosen()] == ["t001"]


def test_an_ensemble_without_a_simple_method_is_no_blend(tmp_path: Path) -> None:
    selection = conclusion_of(tmp_path, {"t001": OVER, "t002": UNDER}, {"naive": FAR})
    selection.select(4)
    assert selection.weights == {"t001": 0.5, "t002": 0.5}
    assert selection.ensemble_name == "ensemble"


def test_of_simple_methods_only_the_best_is_blended(tmp_path: Path) -> None:
    simple = {"poor": column(-6, -6), "good": column(-5, -5)}
    selection = conclusion_of(tmp_path, {"t001": column(5, 5), "t002": column(6, 6)}, simple)
    selection.select(2)
    assert selection.weights == {"good": 0.5, "t001": 0.5}


def test_of_simple_methods_the_best_has_the_highest_score_where_that_is_better(
    tmp_path: Path,
) -> None:
    simple = {"poor": column(-6, -6), "good": column(-5, -5)}
    networks = {"t001": column(5, 5), "t002": column(6, 6)}
    selection = conclusion_of(tmp_path, networks, simple, Guessing("max"))
    selection.select(2)
    assert selection.weights == {"good": 0.5, "t001": 0.5}


def test_a_simple_method_alone_is_no_ensemble(tmp_path: Path) -> None:
    selection = conclusion_of(tmp_path, {"t001": FAR, "t002": FAR}, {"naive": column(0, 0)})
    selection.select(4)
    assert selection.weights == {}
    assert selection.test_predictions() is None


@pytest.mark.parametrize("size", [0, 1])
def test_without_choices_there_is_no_ensemble(tmp_path: Path, size: int) -> None:
    selection = conclusion_of(tmp_path, {"t001": OVER, "t002": UNDER}, {"naive": UNDER})
    selection.select(size)
    assert selection.weights == {}


def test_a_single_network_is_not_blended(tmp_path: Path) -> None:
    selection = conclusion_of(tmp_path, {"t001": OVER}, {"naive": UNDER})
    selection.select(4)
    assert selection.weights == {}


def test_a_single_network_is_blended_where_the_task_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Guessing, "search", SearchSettings(blends_single=True))
    selection = conclusion_of(tmp_path, {"t001": OVER}, {"naive": UNDER})
    selection.select(4)
    assert selection.weights == {"t001": 0.5, "naive": 0.5}


def test_of_few_cases_networks_and_method_count_by_the_inverse_squares_of_their_errors(
    tmp_path: Path,
) -> None:
    networks = {"t001": column(2, 2), "t002": column(9, 9)}
    selection = conclusion_of(tmp_path, networks, {"naive": column(-4, -4)}, Hedging())
    selection.select(4)
    # calibrated, the errors are 1 and 2: their inverse squares 1 and 1 / 4
    assert selection.weights == pytest.approx({"t001": 0.8, "naive": 0.2})
    assert selection.ensemble_name == "blend"


def test_of_few_cases_networks_keep_what_validation_says_of_them(tmp_path: Path) -> None:
    networks = {"t001": column(2, 2), "t002": column(9, 9)}
    selection = conclusion_of(tmp_path, networks, {"naive": column(-4, -4)}, Hedging(0.25))
    selection.select(4)
    assert selection.weights == pytest.approx({"t001": 0.2, "naive": 0.8})


def test_of_few_cases_a_single_network_is_averaged_too(tmp_path: Path) -> None:
    selection = conclusion_of(tmp_path, {"t001": OVER}, {"naive": OVER}, Hedging())
    selection.select(4)
    assert selection.weights == {"t001": 0.5, "naive": 0.5}


@pytest.mark.parametrize(("network", "method", "share"), [(0, 2, 0.01), (2, 0, 0.99), (0, 0, 0.5)])
def test_of_few_cases_one_without_any_error_does_not_end_the_sums(
    tmp_path: Path, network: float, method: float, share: float
) -> None:
    made = {"t001": column(network, network)}
    simple = {"naive": column(method, method)}
    selection = conclusion_of(tmp_path, made, simple, Hedging())
    selection.select(4)
    assert sum(selection.weights.values()) == pytest.approx(1.0)
    assert selection.weights["naive"] == pytest.approx(share, abs=1e-6)


def test_of_few_cases_without_a_method_the_ensemble_is_as_ever(tmp_path: Path) -> None:
    selection = conclusion_of(tmp_path, {"t001": OVER, "t002": UNDER}, {}, Hedging())
    selection.select(4)
    assert selection.weights == {"t001": 0.5, "t002": 0.5}


def hardly_trained(selection: Selection, *trials: str) -> Selection:
    """Return the same where some trials were cut after a few steps."""
    results = [
        replace(each, status="stopped", steps=9) if each.trial in trials else each
        for each in selection.results
    ]
    return replace(selection, results=results)


def test_a_hardly_trained_network_is_no_member_and_no_row_beside_others(tmp_path: Path) -> None:
    networks = {"t001": OVER, "t002": UNDER, "t003": FAR}
    selection = hardly_trained(conclusion_of(tmp_path, networks, {}), "t002")
    selection.select(4)
    assert "t002" not in selection.weights
    assert [each.trial for each in selection.ranked()] == ["t001", "t003"]
    rows = checkpoint_rows(selection.problem, selection.results)
    assert [row.name.rsplit("-", 1)[1] for row in rows] == ["t001", "t003"]
    assert not any("hardly" in row.detail for row in rows)


@pytest.mark.parametrize("task", [Guessing(), Hedging()])
@pytest.mark.parametrize("blends_single", [False, True])
def test_where_all_are_hardly_trained_they_are_marked_and_not_averaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: Guessing, blends_single: bool
) -> None:
    monkeypatch.setattr(Guessing, "search", SearchSettings(blends_single=blends_single))
    made = conclusion_of(tmp_path, {"t001": OVER, "t002": UNDER}, {"naive": UNDER}, task)
    selection = hardly_trained(made, "t001", "t002")
    selection.select(4)
    assert selection.weights == {}
    rows = checkpoint_rows(selection.problem, selection.results)
    assert [row.detail.split(", ")[0] for row in rows] == ["hardly trained (9 steps)"] * 2


def test_a_simple_method_without_test_predictions_is_left_out(tmp_path: Path) -> None:
    selection = conclusion_of(tmp_path, {"t001": OVER, "t002": FAR}, {})
    selection = replace(selection, baseline_predictions={"naive": {"validation": UNDER}})
    selection.select(4)
    assert selection.weights == {}


def test_networks_that_chance_may_have_ranked_begin_the_ensemble(tmp_path: Path) -> None:
    networks = {"t001": column(1, 1), "t002": column(1.25, 1.25), "t003": column(2, 2)}
    alone = conclusion_of(tmp_path, networks, {})
    alone.select(3)
    assert alone.weights == {}
    together = conclusion_of(tmp_path, networks, {}, Guessing(margin=0.5))
    together.select(2)
    assert together.weights == {"t001": 0.5, "t002": 0.5}


# scores, members and calibration


def test_a_blend_is_scored_by_all_its_members(tmp_path: Path) -> None:
    selection = conclusion_of(tmp_path, {"t001": OVER, "t002": FAR}, {"naive": column(-2, -1)})
    selection.select(2)
    score(selection, {"t001": column(6, 7)})
    predictions = selection.test_predictions()
    assert predictions is not None
    # the members halved, [3, 3.5] and [-1, -0.5]; their mean, halved
    assert predictions.tolist() == [[0.5], [0.75]]
    rows = {row.name: row for row in selection.rows()}
    first = row_name(selection.ranked()[0])
    assert set(rows) == {first, row_name(selection.ranked()[1]), "blend"}
    blend = rows["blend"]
    assert (blend.kind, blend.parameters) == ("ensemble", 5)
    assert blend.detail == f"0.5 {first} + 0.5 naive"
    assert blend.validation == {"error": 0.0625}  # half of -0.25 and 0
    assert blend.test == {"error": 0.625}
    assert rows[first].validation == {"error": 0.5}
    assert rows[first].test == {"error": 3.25}
    assert rows[row_name(selection.ranked()[1])].test == {}


def test_a_row_says_what_it_goes_by_beside_its_members(tmp_path: Path) -> None:
    class Remembering(Guessing):
        def calibrate(self, prepared: Any, encoded: Any, predictions: Floats) -> Divided:
            return Divided(detail="a memory")

    selection = conclusion_of(tmp_path, {"t001": OVER, "t002": UNDER}, {}, Remembering())
    selection.select(2)
    score(selection, {"t001": column(6, 7), "t002": column(6, 7)})
    (row,) = (each for each in selection.rows() if each.kind == "ensemble")
    assert row.detail.endswith(", with a memory")


def test_members_name_the_simple_method(tmp_path: Path) -> None:
    selection = conclusion_of(tmp_path, {"t001": OVER, "t002": FAR}, {"naive": UNDER})
    selection.select(4)
    write_members(tmp_path, selection.members())
    members = read_members(tmp_path)["blend"]
    assert [(each.trial, each.method, each.weight) for each in members] == [
        ("t001", "", 0.5),
        ("", "naive", 0.5),
    ]
    assert members[1].files == ()
    assert members[0].files == ("models/t001.keras",)


def test_every_member_and_the_ensemble_of_them_have_a_calibration(tmp_path: Path) -> None:
    class Measuring(Guessing):
        def calibrate(self, prepared: Any, encoded: Any, predictions: Floats) -> Divided:
            return Divided(1 + float(np.abs(predictions).sum()))

    networks = {"t001": OVER, "t002": FAR}
    selection = conclusion_of(tmp_path, networks, {"naive": UNDER}, Measuring())
    selection.select(4)
    found = selection.calibrations()
    assert found == {
        "t001": Divided(3.0),
        "t002": Divided(17.0),
        "naive": Divided(3.0),
        "blend": Divided(1.0),  # of 1 / 3 and -1 / 3
    }
    write_calibrations(tmp_path, found)
    kept = {"t001": {"by": 3.0}, "t002": {"by": 17.0}, "naive": {"by": 3.0}, "blend": {"by": 1.0}}
    assert read_calibrations(tmp_path) == kept


def test_a_task_that_calibrates_nothing_leaves_no_file(tmp_path: Path) -> None:
    class Plain(Guessing):
        def calibrate(self, prepared: Any, encoded: Any, predictions: Floats) -> None:
            return None

    selection = conclusion_of(tmp_path, {"t001": OVER, "t002": UNDER}, {}, Plain())
    selection.select(4)
    write_calibrations(tmp_path, selection.calibrations())
    assert not (tmp_path / "calibration.json").exists()
    assert read_calibrations(tmp_path) == {}


def test_a_network_that_was_lost_leaves_the_blend(tmp_path: Path) -> None:
    networks = {"t001": column(4, 0), "t002": column(0, 4), "t003": FAR}
    selection = conclusion_of(tmp_path, networks, {"naive": column(-4, -4)})
    selection.select(3)
    assert selection.weights == pytest.approx({"naive": 1 / 3, "t001": 1 / 3, "t002": 1 / 3})
    score(selection, {"t001": OVER}, "t002")
    assert selection.weights == {"naive": 0.5, "t001": 0.5}
    assert selection.ensemble_name == "blend"


def test_a_blend_that_lost_its_networks_is_none(tmp_path: Path) -> None:
    selection = conclusion_of(tmp_path, {"t001": OVER, "t002": FAR}, {"naive": UNDER})
    selection.select(2)
    score(selection, {}, "t001")
    assert selection.weights == {}
    assert [row.kind for row in selection.rows()] == ["network", "network"]


# what a search that is resumed finds


def test_predictions_are_kept_for_a_search_that_is_resumed(tmp_path: Path) -> None:
    save_predictions(tmp_path, "naive", {"validation": OVER, "test": UNDER})
    kept = load_predictions(tmp_path, "naive")
    assert list(kept) == ["validation", "test"]
    np.testing.assert_array_equal(kept["validation"], OVER)
    np.testing.assert_array_equal(kept["test"], UNDER)
    save_predictions(tmp_path, "other", {})
    assert load_predictions(tmp_path, "other") == {}


def test_names_that_are_no_methods_open_no_file(tmp_path: Path) -> None:
    (tmp_path / "trials" / "baseline_").mkdir(parents=True)
    np.save(tmp_path / "escaped_validation.npy", OVER)
    np.save(tmp_path / "trials" / "baseline_A_validation.npy", OVER)
    for name in ("/../../escaped", "../escaped", "A", "a" * 61, "\x00", "naïve"):
        assert load_predictions(tmp_path, name) == {}


def header_bomb(path: Path) -> None:
    header = {"descr": "<f8", "fortran_order": False, "shape": (10**12, 2)}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"no array", b"\x93NUMPY", header_bomb, OVER.astype(np.float32)),
        *(np.array([None]), np.array([["a"]]), column(1, np.nan), column(1, np.inf)),
    ],
)
def test_damaged_predictions_are_refused(tmp_path: Path, content: Any) -> None:
    path = kept_path(tmp_path, "naive", "test")
    path.parent.mkdir()
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif callable(content):
        content(path)
    else:
        np.save(path, content, allow_pickle=True)
    with pytest.raises(RunError, match="is damaged: ") as fault:
        load_predictions(tmp_path, "naive")
    assert fault.value.message.startswith(f"{path} is damaged: ")


def test_predictions_that_are_missing(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"x\.npy is damaged: x\.npy is missing"):
        read_predictions(tmp_path / "x.npy")


@pytest.mark.parametrize("shape", [(3, 1), (2, 2), (2,), (), (0, 1), (1, 1)])
def test_predictions_of_another_shape_are_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    other = np.zeros(shape)
    networks = {"t001": OVER, "t002": FAR}

    selection = conclusion_of(tmp_path, networks, {"naive": UNDER})
    selection = replace(
        selection, baseline_predictions={"naive": {"validation": other, "test": UNDER}}
    )
    with pytest.raises(RunError, match=r"baseline_naive_validation\.npy is damaged: found predict"):
        selection.select(4)

    selection = replace(
        selection, baseline_predictions={"naive": {"validation": UNDER, "test": other}}
    )
    selection.select(4)
    with pytest.raises(RunError, match=r"baseline_naive_test\.npy is damaged: found predict"):
        score(selection, {"t001": OVER})

    np.save(predictions_path(tmp_path, "t002"), other)
    with pytest.raises(RunError, match=r"t002.*\.npy is damaged: found predictions of shape"):
        selection.select(4)


# members and calibrations of a stranger


NETWORK = Member("t001", 0.5, "models/t001.keras", "", VALUES)
METHOD = Member("", 0.5, "", "", {}, "naive")


def changed(member: Member, **keys: Any) -> dict[str, Any]:
    return {**vars(member), **keys}


@pytest.mark.parametrize(
    "member",
    [
        *(changed(METHOD, method="../naive"), changed(METHOD, method="Naive")),
        *(changed(METHOD, method=7), changed(METHOD, method=["naive"])),
        *(changed(METHOD, method="x" * 61), changed(METHOD, method="naive\n")),
        *(changed(METHOD, method=""), changed(METHOD, method=None)),
        *(changed(METHOD, weight=0), changed(METHOD, weight=1.5), changed(METHOD, weight=True)),
        *(changed(METHOD, weight=-0.5), changed(METHOD, values=[]), changed(METHOD, model=7)),
        *(changed(METHOD, trial="../t001"), changed(METHOD, trial=["t001"])),
        *(changed(METHOD, more=1), changed(NETWORK, trial=""), changed(NETWORK, model="")),
    ],
)
def test_hostile_members(tmp_path: Path, member: dict[str, Any]) -> None:
    (tmp_path / "members.json").write_text(json.dumps({"blend": [member]}), encoding="utf-8")
    with pytest.raises(RunError) as fault:
        read_members(tmp_path)
    message = fault.value.message
    assert message.isprintable() and len(message) < 700


@pytest.mark.parametrize(
    "text",
    [
        *("[]", "7", "null", "{", "", '"text"', "[" * 100_000),
        *('{"a": {"temperature": NaN}}', '{"a": {"temperature": 1e999}}'),
        '{"a": {"temperature": ' + "9" * 400 + "}}",
    ],
    ids=lambda text: text[:30],
)
def test_hostile_calibrations(tmp_path: Path, text: str) -> None:
    (tmp_path / "calibration.json").write_text(text, encoding="utf-8")
    with pytest.raises(RunError, match=r"calibration\.json") as fault:
        read_calibrations(tmp_path)
    message = fault.value.message
    assert message.isprintable() and len(message) < 700


@pytest.mark.parametrize(("method", "begins"), [(2.5, True), (0.5, True), (4.0, False)])
def test_a_simple_method_that_is_as_good_begins_the_ensemble_too(
    tmp_path: Path, method: float, begins: bool
) -> None:
    """The networks are 1 and 1.25 from the truth, on one side; calibration halves the method."""
    networks = {"t001": column(1, 1), "t002": column(1.25, 1.25)}
    simple = {"naive": column(method, method)}
    selection = conclusion_of(tmp_path, networks, simple, Guessing(margin=0.5))
    selection.select(3)
    assert ("naive" in selection.weights) is begins
    assert selection.ensemble_name == ("blend" if begins else "ensemble")


def test_a_refit_whose_worker_was_killed_is_scored_as_it_was_and_the_reason_is_told(
    tmp_path: Path,
) -> None:
    selection = conclusion_of(tmp_path, {"t001": OVER, "t002": UNDER}, {})
    selection.select(4)
    told: list[Event] = []
    selection.listener = told.append
    executor: Any = Scoring(tmp_path, {"t001": OVER, "t002": UNDER}, ())
    executor.killed = ("t002",)
    selection.score_chosen(
        executor, Clock(100.0), 0.0, seed=0, refit=True, interrupt=Interrupt(silent)
    )
    notes = [each.text for each in told if isinstance(each, Note)]
    assert "refit of t002 failed: the worker was killed" in notes
    assert selection.weights == {"t001": 0.5, "t002": 0.5}


def test_a_refit_that_the_clock_cut_off_is_no_failure(tmp_path: Path) -> None:
    told: list[Event] = []
    slot = Slot(number=0, is_ready=True)
    slot.expect(0.0)
    reason = slot.hanging(lambda seconds: 0.0)
    problem: Any = None
    refits = Refits(problem, told.append, seed=0, refit=True)
    refits._note_left_out({"t1": Refitted("t1")}, {"t1": reason})
    assert [each.text for each in told if isinstance(each, Note)] == [
        "the refit of t1 was not done in time; the network is as the search left it"
    ]
