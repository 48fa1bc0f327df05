"""Networks that answer together: which of them, how often they are asked, and with what weights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from seqtune.progress import silent
from seqtune.run.selection import Selection
from seqtune.run.together import Together, choose_together, evenly
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
