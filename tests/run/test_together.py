"""Networks that answer together: which of them, how often they are asked, and with what weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from seqtune.run.together import (
    FAR_BEHIND,
    MOST_ASKED,
    MOST_RATED,
    Together,
    choose_together,
    choose_with_method,
    evenly,
    is_far_behind,
)
from seqtune.search.problem import Problem
from seqtune.search.trial import Result
from seqtune.tasks._contract import SearchSettings
from seqtune.tasks._info import Metric, TaskInfo

Floats = npt.NDArray[np.float64]
Sets = Mapping[tuple[int, ...], float]
VALUES = {"network.architecture": "stacked", "network.cell": "gru"}
ANSWERS: Mapping[frozenset[str], float] = {
    frozenset({"t001"}): 0.5,
    frozenset({"t001", "t002"}): 0.4,  # no better together
    frozenset({"t001", "t003"}): 0.7,
    frozenset({"t001", "t004"}): 0.6,
    frozenset({"t001", "t003", "t002"}): 0.6,
    frozenset({"t001", "t003", "t004"}): 0.9,
    frozenset({"t001", "t002", "t003", "t004"}): 0.8,
}
MARGIN = 0.1
ERROR = 0.05  # of the difference of two figures


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

    def margin(self, prepared: Any, score: float) -> float:
        return MARGIN

    def difference_error(self, prepared: Any, one: Floats, other: Floats, score: float) -> float:
        return ERROR

    def prediction_unit(self, prepared: Any, values: Any) -> str:
        return "text" if values else "other"

    def calibrate(self, *_: Any) -> None:
        return None


@pytest.fixture
def problem(tmp_path: Path) -> Problem:
    prepared = SimpleNamespace(metric="right", folds=(), encoded=lambda part: part)
    return Problem(Agreeing(), prepared, tmp_path)  # type: ignore[arg-type]


def results(*trials: str) -> list[Result]:
    found = zip(trials, (0.5, 0.45, 0.4, 0.35), strict=False)
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
    worse = {"t003": 0.44, "t004": 0.1}  # by more than 0.05
    for trial, found in worse.items():
        monkeypatch.setitem(ANSWERS, frozenset({"t001", trial}), found)  # type: ignore[arg-type]
    assert choose(problem, size=2) == {}


def test_a_pair_wins_a_tie(problem: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    worse = {"t003": 0.46, "t004": 0.1}
    for trial, found in worse.items():
        monkeypatch.setitem(ANSWERS, frozenset({"t001", trial}), found)  # type: ignore[arg-type]
    assert choose(problem, size=2) == {"t001": 0.5, "t003": 0.5}


def test_sets_are_made_of_the_best_networks_and_begin_with_the_best_of_all(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = [Result(f"t{n:03}", "completed", VALUES, score=0.5) for n in range(1, MOST_ASKED + 2)]
    task: Any = problem.task
    together = Together(problem, {each.trial: each.values for each in pool})
    assert choose_together(problem, together, pool, 9, lambda: False) == evenly(
        ["t001", "t003", "t004"]
    )
    asked = [[trial for trial, _ in members] for _, members in task.asked]
    assert asked[:3] == [["t001"], ["t001", "t002"], ["t001", "t003"]]
    assert len(asked) == 1 + 3 + 2 + 1  # each set once


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


class Rated:
    """What sets say with a method and without, by the places of their networks; 0 of others."""

    def __init__(self, networks: int, joined: Sets, alone: Sets) -> None:
        self.networks, self._joined, self._alone = networks, joined, alone

    def joined(self, places: Sequence[int]) -> Floats:
        return np.array([self._joined.get(tuple(sorted(places)), 0.0)])

    def alone(self, places: Sequence[int]) -> Floats:
        return np.array([self._alone.get(tuple(sorted(places)), 0.0)])


class Joining(Agreeing):
    """The same, with a simple method: its share and what is right with it are written down."""

    def __init__(self, share: float, joined: Sets, alone: Sets, in_time: int = 9) -> None:
        super().__init__()
        self.share, self.sets, self.in_time = share, (joined, alone), in_time
        self.joined: list[Any] = []
        self.rated: list[Any] = []

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
            return np.array([0.9])
        return super().forward_together(members, prepared, encoded, advance, until)

    def join_method(self, members: Any, method: str, prepared: Any) -> tuple[float, Floats]:
        self.joined.append((method, {each.trial: each.weight for each in members}))
        return self.share, np.array([0.9])

    def rate_sets(self, members: Any, method: str, prepared: Any, is_over: Any) -> Rated:
        self.rated.append((method, [(each.trial, each.weight) for each in members]))
        return Rated(min(self.in_time, len(members)), *self.sets)

    def prediction_unit(self, prepared: Any, values: Any) -> str:
        return "text"


def joining(problem: Problem, task: Joining, networks: int = 2, size: int = 9) -> dict[str, float]:
    """Return what is chosen of the first networks, about as good alone, and a method."""
    other = replace(problem, task=task)  # type: ignore[arg-type]
    pool = [Result(f"t{n:03}", "completed", VALUES, score=0.5) for n in range(1, networks + 1)]
    together = Together(other, {each.trial: each.values for each in pool})
    return choose_with_method(other, together, pool, "ngrams", size, lambda: False)


def test_networks_are_chosen_by_what_they_say_with_the_method(problem: Problem) -> None:
    """Alone t001 is best by far; with the method, t002 and t003 are, which are asked once."""
    task = Joining(
        0.5,
        joined={(0,): 0.6, (1,): 0.7, (0, 1): 0.6, (1, 2): 0.8, (0, 1, 2): 0.7},
        alone={(0,): 0.75, (0, 1): 0.5},
    )
    assert joining(problem, task, 3) == {"t002": 0.25, "t003": 0.25, "ngrams": 0.5}
    assert task.rated == [("ngrams", [("t001", 1.0), ("t002", 1.0), ("t003", 1.0)])]
    assert task.joined == [("ngrams", {"t002": 0.5, "t003": 0.5})] and task.asked == []


def test_a_second_network_wins_a_tie_beside_a_method(problem: Problem) -> None:
    alone = {(0,): 0.5}
    tie = Joining(0.2, {(0,): 0.7, (1,): 0.5, (0, 1): 0.66}, alone)
    assert joining(problem, tie) == pytest.approx({"t001": 0.4, "t002": 0.4, "ngrams": 0.2})
    assert joining(problem, tie, size=1) == {"t001": 0.8, "ngrams": 0.2}
    worse = Joining(0.2, {(0,): 0.7, (1,): 0.5, (0, 1): 0.64}, alone)
    assert joining(problem, worse) == {"t001": 0.8, "ngrams": 0.2}


@pytest.mark.parametrize(("right", "expected"), [
    (0.9, {"t001": 0.75, "ngrams": 0.25}),
    (0.7, {"t001": 0.75, "ngrams": 0.25}),  # as good as without
    (0.66, {"t001": 0.75, "ngrams": 0.25}),  # worse by less than a standard error of 0.05
    (0.64, {"t001": 0.5, "t002": 0.5}),
])  # fmt: skip
def test_a_method_joins_unless_the_answers_are_worse_with_it(
    problem: Problem, right: float, expected: dict[str, float]
) -> None:
    task = Joining(0.25, {(0,): right}, {(0,): 0.65, (0, 1): 0.7})
    assert joining(problem, task) == pytest.approx(expected)


def test_one_network_that_is_better_without_the_method_is_no_ensemble(problem: Problem) -> None:
    task = Joining(0.25, {(0,): 0.6}, {(0,): 0.7})
    assert joining(problem, task) == {} and task.joined == []


def test_a_method_that_should_count_for_nothing_does_not_join(problem: Problem) -> None:
    task = Joining(0.0, {(0,): 0.9}, {(0,): 0.7, (0, 1): 0.7})
    assert joining(problem, task) == {"t001": 0.5, "t002": 0.5}


def test_networks_that_were_not_rated_in_time_are_left_out(problem: Problem) -> None:
    sets = {(0,): 0.6, (0, 1): 0.7, (0, 1, 2): 0.8}
    assert joining(problem, Joining(0.4, sets, {}, in_time=2), 3) == pytest.approx(
        {"t001": 0.3, "t002": 0.3, "ngrams": 0.4}
    )


def test_no_more_networks_are_rated_than_that(problem: Problem) -> None:
    task = Joining(0.4, {(0,): 0.6}, {})
    joining(problem, task, MOST_RATED + 3)
    assert len(task.rated[0][1]) == MOST_RATED


def test_a_method_far_behind_is_not_asked(problem: Problem) -> None:
    task = Joining(0.25, {(0,): 0.9}, {(0,): 0.5})
    other = replace(problem, task=task)  # type: ignore[arg-type]
    assert not is_far_behind(other, 0.51 - FAR_BEHIND * MARGIN, 0.5)
    assert is_far_behind(other, 0.49 - FAR_BEHIND * MARGIN, 0.5)
    answers = {"ngrams": {"validation": np.array([-0.1]), "test": np.array([0.5])}}
    selection = Selection(other, results("t001", "t003"), silent, answers)
    selection.select(9)
    assert selection.weights == evenly(["t001", "t003"]) and task.rated == []


def test_a_method_learns_from_what_comes_before_a_part(problem: Problem) -> None:
    task = Joining(0.25, {}, {})
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
    other = replace(problem, task=Joining(0.25, {(0,): 0.7, (0, 2): 0.9}, {(0,): 0.5}))  # type: ignore[arg-type]
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
    task = Joining(0.25, {(0,): 0.7, (0, 2): 0.9}, {(0,): 0.5})
    task.prediction_unit = lambda prepared, values: "words" if values else "signs"  # type: ignore[method-assign]
    answers = {"ngrams": {"validation": np.array([0.5]), "test": np.array([0.5])}}
    other = replace(problem, task=task)  # type: ignore[arg-type]
    selection = Selection(other, results("t001", "t003"), silent, answers)
    selection.select(9)
    assert selection.weights == evenly(["t001", "t003"]) and task.joined == []


def test_where_time_is_over_no_method_joins(problem: Problem) -> None:
    task = Joining(0.25, {(0,): 0.7, (0, 2): 0.9}, {(0,): 0.5})
    answers = {"ngrams": {"validation": np.array([0.5]), "test": np.array([0.5])}}
    other = replace(problem, task=task)  # type: ignore[arg-type]
    selection = Selection(other, results("t001", "t003"), silent, answers)
    selection.select(9, lambda: True)
    assert selection.weights == {} and task.joined == []


def test_answers_of_a_method_that_are_none_are_a_damaged_file(problem: Problem) -> None:
    task = Joining(0.25, {(0,): 0.7, (0, 2): 0.9}, {(0,): 0.5})

    def score(prepared: Any, encoded: Any, predictions: Floats) -> dict[str, float]:
        if len(predictions) > 1:
            raise ValueError("an answer has a gap")
        return {"right": float(predictions[0])}

    task.score = score  # type: ignore[method-assign]
    answers = {"ngrams": {"validation": np.array([0.5, 9.0]), "test": np.array([0.5])}}
    other = replace(problem, task=task)  # type: ignore[arg-type]
    with pytest.raises(RunError, match=r"baseline_ngrams_validation.*an answer has a gap"):
        Selection(other, results("t001", "t003"), silent, answers).select(9)
