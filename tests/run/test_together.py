"""Networks that answer together: which of them, how often they are asked, and with what weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from seqtune.errors import RunError
from seqtune.progress import silent
from seqtune.run.selection import Selection
from seqtune.run.together import FAR_BEHIND, Together, choose_together, evenly, with_method
from seqtune.search.problem import Problem
from seqtune.search.trial import Result
from seqtune.tasks._contract import SearchSettings
from seqtune.tasks._info import Metric, TaskInfo

Floats = npt.NDArray[np.float64]
VALUES = {"network.architecture": "stacked", "network.cell": "gru"}
ANSWERS: Mapping[frozenset[str], float] = {
    frozenset({"t001"}): 0.5,
    frozenset({"t001", "t002"}): 0.4,  # no better together
    frozenset({"t001", "t003"}): 0.7,
    frozenset({"t001", "t003", "t004"}): 0.9,
}


class Agreeing:
    """A task whose sets of networks answer what is written down; it remembers who was asked."""

    name = "stub"
    search = SearchSettings()
    info = TaskInfo("stub", "", (Metric("right", direction="max"),))

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[tuple[str, float]]]] = []

    def forward_together(
        self,
        members: Any,
        prepared: Any,
        encoded: str,
        advance: Any = None,
        until: str = "test",
    ) -> Floats:
        self.asked.append((encoded, [(each.trial, each.weight) for each in members]))
        found = ANSWERS[frozenset(each.trial for each in members)]
        return np.array([found if encoded == "validation" else found / 2])

    def score(self, prepared: Any, encoded: Any, predictions: Floats) -> dict[str, float]:
        return {"right": float(predictions[0])}

    def objective(self, prepared: Any, scores: Mapping[str, float]) -> float:
        return scores["right"]

    def prediction_unit(self, prepared: Any, values: Any) -> str:
        return "text" if values else "other"

    def calibrate(self, *_: Any) -> None:
        return None


@pytest.fixture
def problem(tmp_path: Path) -> Problem:
    prepared = SimpleNamespace(metric="right", folds=(), encoded=lambda part: part)
    return Problem(Agreeing(), prepared, tmp_path)  # type: ignore[arg-type]


def results(*trials: str) -> list[Result]:
    found = zip(trials, (0.5, 0.45, 0.4, 0.3), strict=False)
    return [Result(trial, "completed", VALUES, score=score) for trial, score in found]


def choose(problem: Problem, size: int = 9, is_over: Any = lambda: False) -> dict[str, float]:
    pool = results("t001", "t002", "t003", "t004")
    together = Together(problem, {each.trial: each.values for each in pool})
    return choose_together(problem, together, pool, size, is_over)


def test_a_network_joins_where_the_answers_are_better_with_it(problem: Problem) -> None:
    assert choose(problem) == evenly(["t001", "t003", "t004"])


def test_no_more_join_than_are_wanted(problem: Problem) -> None:
    assert choose(problem, size=2) == {"t001": 0.5, "t003": 0.5}


def test_where_time_is_over_nobody_joins(problem: Problem) -> None:
    assert choose(problem, is_over=lambda: True) == {}


def test_a_set_that_is_no_better_than_the_best_network_is_none(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ANSWERS, frozenset({"t001", "t003"}), 0.5)  # type: ignore[arg-type]
    monkeypatch.setitem(ANSWERS, frozenset({"t001", "t004"}), 0.1)  # type: ignore[arg-type]
    assert choose(problem) == {}


def test_a_set_is_asked_once_whatever_the_order(problem: Problem) -> None:
    together = Together(problem, {"t001": VALUES, "t003": VALUES})
    first = together.say({"t001": 0.5, "t003": 0.5}, "validation")
    assert together.say({"t003": 0.5, "t001": 0.5}, "validation") is first
    assert together.say({"t001": 0.5, "t003": 0.5}, "test")[0] == first[0] / 2
    task: Any = problem.task
    assert task.asked == [
        ("validation", [("t001", 0.5), ("t003", 0.5)]),
        ("test", [("t001", 0.5), ("t003", 0.5)]),
    ]


def test_the_selection_asks_the_set_for_its_figures(problem: Problem) -> None:
    selection = Selection(problem, results("t001", "t002", "t003", "t004"), silent)
    selection.select(9)
    assert selection.weights == evenly(["t001", "t003", "t004"])
    assert selection.ensemble_name == "ensemble"
    assert selection.predicted.blended_validation(selection.weights)[0] == 0.9
    assert selection.predicted.blended_test(selection.weights)[0] == 0.45


MARGIN = 0.1


class Joining(Agreeing):
    """The same, with a simple method: its share and what is right with it are written down."""

    def __init__(self, share: float, right: float) -> None:
        super().__init__()
        self.share, self.right = share, right
        self.joined: list[Any] = []

    def forward_together(
        self,
        members: Any,
        prepared: Any,
        encoded: str,
        advance: Any = None,
        until: str = "test",
    ) -> Floats:
        methods = [(each.method, each.weight, until) for each in members if each.method]
        if methods:
            self.asked.append((encoded, methods))  # type: ignore[arg-type]
            return np.array([self.right])
        return super().forward_together(members, prepared, encoded, advance, until)

    def join_method(self, members: Any, method: str, prepared: Any) -> tuple[float, Floats]:
        self.joined.append((method, {each.trial: each.weight for each in members}))
        return self.share, np.array([self.right])

    def margin(self, prepared: Any, score: float) -> float:
        return MARGIN

    def prediction_unit(self, prepared: Any, values: Any) -> str:
        return "text"


def joining(problem: Problem, share: float, right: float, score: float = 0.5) -> dict[str, float]:
    """Return what comes of two networks that are right in 0.7 and a method that is in `score`."""
    other = replace(problem, task=Joining(share, right))  # type: ignore[arg-type]
    together = Together(other, {"t001": VALUES, "t003": VALUES})
    return with_method(other, together, evenly(["t001", "t003"]), "ngrams", score)


ALONE = {"t001": 0.5, "t003": 0.5}
WITH_METHOD = {"t001": 0.375, "t003": 0.375, "ngrams": 0.25}


@pytest.mark.parametrize(("right", "expected"), [
    (0.9, WITH_METHOD),
    (0.7, WITH_METHOD),  # as good as without
    (0.66, WITH_METHOD),  # worse by less than half a margin of 0.1
    (0.64, ALONE),
])  # fmt: skip
def test_a_method_joins_unless_the_answers_are_worse_with_it(
    problem: Problem, right: float, expected: dict[str, float]
) -> None:
    assert joining(problem, 0.25, right) == pytest.approx(expected)


def test_a_method_that_should_count_for_nothing_does_not_join(problem: Problem) -> None:
    assert joining(problem, 0.0, 0.9) == ALONE


def test_a_method_far_behind_is_not_asked(problem: Problem) -> None:
    assert joining(problem, 0.25, 0.9, 0.71 - FAR_BEHIND * MARGIN) == pytest.approx(WITH_METHOD)
    assert joining(problem, 0.25, 0.9, 0.69 - FAR_BEHIND * MARGIN) == ALONE


def test_a_method_learns_from_what_comes_before_a_part(problem: Problem) -> None:
    task = Joining(0.25, 0.9)
    together = Together(replace(problem, task=task), {"t001": VALUES})  # type: ignore[arg-type]
    weights = together.join({"t001": 1.0}, "ngrams")
    assert weights == {"t001": 0.75, "ngrams": 0.25} and task.asked == []
    assert together.say(weights, "validation")[0] == 0.9 and task.asked == []  # said already
    together.say(weights, "test")
    assert task.asked == [("test", [("ngrams", 0.25, "validation")])]
    together.say({"t001": 0.9, "ngrams": 0.1}, "validation")
    assert task.asked[1:] == [("validation", [("ngrams", 0.1, "train")])]


@pytest.mark.parametrize(("trials", "expected"), [
    (("t001", "t002", "t003"), {"t001": 0.375, "t003": 0.375, "ngrams": 0.25}),
    (("t001",), {"t001": 0.75, "ngrams": 0.25}),
])  # fmt: skip
def test_the_selection_calls_networks_with_a_method_a_blend(
    problem: Problem, trials: tuple[str, ...], expected: dict[str, float]
) -> None:
    """The arrays of a method are as wide as its longest answer, and never averaged."""
    other = replace(problem, task=Joining(0.25, 0.9))  # type: ignore[arg-type]
    answers = {"ngrams": {"validation": np.array([0.5, 9.0, 9.0]), "test": np.array([0.5])}}
    selection = Selection(other, results(*trials), silent, answers)
    selection.select(9)
    selection.predicted.test.update({trial: np.array([0.1, 0.1]) for trial in trials})
    selection._leave_out_unscored()
    assert selection.weights == pytest.approx(expected) and selection.ensemble_name == "blend"
    (method,) = [each for each in selection.members()["blend"] if each.method]
    assert (method.method, method.trial, method.weight) == ("ngrams", "", 0.25)
    assert selection.predicted.blended_validation(selection.weights)[0] == 0.9
    selection.select(1)
    assert selection.weights == {}


def test_what_a_method_writes_must_be_what_networks_write(problem: Problem) -> None:
    task = Joining(0.25, 0.9)
    task.prediction_unit = lambda prepared, values: "words" if values else "signs"  # type: ignore[method-assign]
    answers = {"ngrams": {"validation": np.array([0.5]), "test": np.array([0.5])}}
    other = replace(problem, task=task)  # type: ignore[arg-type]
    selection = Selection(other, results("t001", "t003"), silent, answers)
    selection.select(9)
    assert selection.weights == evenly(["t001", "t003"]) and task.joined == []


def test_where_time_is_over_no_method_joins(problem: Problem) -> None:
    task = Joining(0.25, 0.9)
    answers = {"ngrams": {"validation": np.array([0.5]), "test": np.array([0.5])}}
    other = replace(problem, task=task)  # type: ignore[arg-type]
    selection = Selection(other, results("t001", "t003"), silent, answers)
    selection.select(9, lambda: True)
    assert selection.weights == {} and task.joined == []


def test_answers_of_a_method_that_are_none_are_a_damaged_file(problem: Problem) -> None:
    task = Joining(0.25, 0.9)

    def score(prepared: Any, encoded: Any, predictions: Floats) -> dict[str, float]:
        if len(predictions) > 1:
            raise ValueError("an answer has a gap")
        return {"right": float(predictions[0])}

    task.score = score  # type: ignore[method-assign]
    answers = {"ngrams": {"validation": np.array([0.5, 9.0]), "test": np.array([0.5])}}
    other = replace(problem, task=task)  # type: ignore[arg-type]
    with pytest.raises(RunError, match=r"baseline_ngrams_validation.*an answer has a gap"):
        Selection(other, results("t001", "t003"), silent, answers).select(9)
