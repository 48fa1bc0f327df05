"""The simple methods over folds: each case is predicted by a fit that has not seen it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from seqtune.baselines.pace import ALL_THE_TIME, Allowance
from seqtune.baselines.runner import run_simple_methods
from seqtune.data.ragged import Ragged
from seqtune.progress import BaselineEnded, Event
from seqtune.tasks.classify.codec import Codec
from seqtune.tasks.classify.labels import Labels
from seqtune.tasks.classify.prepared import Prepared
from seqtune.tasks.classify.roles import Roles
from seqtune.tasks.classify.simple_methods import problem_of
from seqtune.tasks.classify.split import FOLD, TEST, TRAIN, VALIDATION


def prepared_of(parts: Sequence[int]) -> Prepared:
    """Cases of one step, whose value is their number; even ones are of the second class."""
    count = len(parts)
    series = Ragged.from_list([np.full((1, 1), number, np.float32) for number in range(count)], 1)
    codec = Codec(
        Roles("series", "label", channels=("t0",)),
        Labels(("odd", "even")),
        "accuracy",
        (1.0, 1.0),
        longest={"series": 1},
        shortest=1,
        center=(0.0,),
        spread=(1.0,),
    )
    targets = np.eye(2, dtype=np.float32)[[1 - number % 2 for number in range(count)]]
    lines = np.arange(count, dtype=np.int64)
    return Prepared(codec, {"series": series}, targets, np.array(parts, np.int8), lines)


class Spy(ModuleType):
    """A method that remembers what it was fitted on, and is sure of what it has seen."""

    KINDS = ("series",)

    def __init__(self, fails: bool = False) -> None:
        super().__init__("spy")
        self.fitted: list[set[int]] = []
        self.asked: list[tuple[set[int], set[int]]] = []
        self.fails = fails

    def fit(self, cases: Any, targets: Any, *, is_multi: bool, seed: int) -> Any:
        known = {int(case[0, 0]) for case in cases}
        self.fitted.append(known)
        if self.fails:
            raise ValueError("as told")

        def predict(asked: Any) -> Any:
            numbers = [int(case[0, 0]) for case in asked]
            self.asked.append((known, set(numbers)))
            share = np.array([0.25 + 0.01 * number for number in numbers])
            return np.stack([share, 1 - share], axis=1)

        return predict


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    spy = Spy()
    registry = {"spy": spy}
    monkeypatch.setattr("seqtune.baselines.runner.baselines", lambda task: registry)
    return spy


def run(prepared: Prepared, allowance: Allowance = ALL_THE_TIME) -> tuple[list[Any], list[Event]]:
    heard: list[Event] = []
    results = run_simple_methods(
        problem_of(prepared, 0),
        ["spy"],
        allowance,
        heard.append,
        score=lambda part, probabilities: {"accuracy": float(len(probabilities))},
        metric="accuracy",
        may_blend=True,
    )
    return results, heard


FOLDED = [FOLD, FOLD + 1, FOLD + 1, TEST, FOLD, FOLD + 1, FOLD, TEST]


def test_a_fold_is_never_predicted_by_a_fit_that_has_seen_it(spy: Spy) -> None:
    run(prepared_of(FOLDED))
    whole = [(known, asked) for known, asked in spy.asked if asked in ({0, 4, 6}, {1, 2, 5})]
    assert ({1, 2, 5}, {0, 4, 6}) in whole and ({0, 4, 6}, {1, 2, 5}) in whole
    assert all(not known & asked for known, asked in whole)


def test_predictions_stand_in_the_order_of_the_validation_part(spy: Spy) -> None:
    (done,), _ = run(prepared_of(FOLDED))
    assert done.predictions["validation"][:, 0].tolist() == pytest.approx(
        [0.25, 0.26, 0.27, 0.29, 0.30, 0.31]
    )
    assert done.predictions["test"][:, 0].tolist() == pytest.approx([0.28, 0.32])


def test_the_test_part_is_predicted_by_a_fit_on_all_other_cases(spy: Spy) -> None:
    run(prepared_of(FOLDED))
    tests = [known for known, asked in spy.asked if asked == {3, 7}]
    assert tests and all(known == {0, 1, 2, 4, 5, 6} for known in tests)


def test_a_method_that_fails_in_a_fold_is_left_out_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spy = Spy(fails=True)
    monkeypatch.setattr("seqtune.baselines.runner.baselines", lambda task: {"spy": spy})
    (done,), heard = run(prepared_of(FOLDED))
    assert done.left_out == "failed: ValueError: as told"
    assert [event.name for event in heard if isinstance(event, BaselineEnded)] == ["spy"]


def test_what_folds_would_take_together_is_foreseen(spy: Spy) -> None:
    sizes = [portion.sizes for portion in problem_of(prepared_of(FOLDED), 0).portions]
    assert sizes == [(3, 3), (3, 3), (6, 2)]


def test_a_method_that_has_no_time_is_left_out_once(spy: Spy) -> None:
    (done,), heard = run(prepared_of(FOLDED), Allowance(0.0))
    assert (done.left_out, done.predictions) == ("no time was left", {})
    assert [event.name for event in heard if isinstance(event, BaselineEnded)] == ["spy"]
    assert not spy.fitted


def test_without_folds_training_and_validation_part_are_apart(spy: Spy) -> None:
    parts = [TRAIN, TRAIN, VALIDATION, TEST, TRAIN, VALIDATION, TRAIN, TEST]
    (done,), _ = run(prepared_of(parts))
    assert ({0, 1, 4, 6}, {2, 5}) in spy.asked
    assert ({0, 1, 2, 4, 5, 6}, {3, 7}) in spy.asked
    assert len(done.predictions["validation"]) == 2


def test_a_view_of_a_fold_has_no_folds_of_its_own() -> None:
    view = replace(prepared_of(FOLDED), held=0)
    assert view.folds == []
    portion, _ = problem_of(view, 0).portions
    assert [case[0, 0] for case in portion.asked] == [0.0, 4.0, 6.0]
