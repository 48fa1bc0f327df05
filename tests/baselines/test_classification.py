"""The runner of classifiers: what is fitted on what, and what is left out, by the test's clock."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hand_moved import Clock

from seqtune.baselines import classification
from seqtune.baselines.classification import (
    ClassificationProblem,
    methods_for,
    probabilities_of,
    run_classifiers,
)
from seqtune.baselines.classify import majority, nearest_neighbour, nearest_neighbour_dtw
from seqtune.baselines.pace import ALL_THE_TIME, Allowance
from seqtune.errors import RecipeError
from seqtune.progress import BaselineEnded, Event
from seqtune.registry import baselines


@pytest.fixture
def methods(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    known: dict[str, Any] = {"majority": majority}
    monkeypatch.setattr(classification, "baselines", lambda task: known)
    return known


def problem(train: int = 100, validation: int = 50, test: int = 50) -> ClassificationProblem:
    """Texts "train 0", "train 1", …; two classes in turn."""
    sizes = {"train": train, "validation": validation, "test": test}
    return ClassificationProblem(
        "text",
        lambda part: [f"{part} {case}" for case in range(sizes[part])],
        lambda part: np.eye(2)[np.arange(sizes[part]) % 2],
        False,
        0,
    )


def timed(
    clock: Clock,
    seconds: float,
    first: float = 0.0,
    work: Callable[[int, int], float] = lambda training, cases: training + cases,
    calls: list[tuple[int, int]] | None = None,
) -> SimpleNamespace:
    """The majority, at so many seconds a case (or unit of work), and more for the first fit."""
    state = {"first": first}

    def fit(cases: Sequence[str], targets: np.ndarray, **options: Any) -> Any:
        predict = majority.fit(cases, targets, **options)

        def timed_predict(others: Sequence[str]) -> np.ndarray:
            clock.now += seconds * work(len(cases), len(others)) + state["first"]
            state["first"] = 0.0
            if calls is not None:
                calls.append((len(cases), len(others)))
            return predict(others)

        return timed_predict

    return SimpleNamespace(KINDS=("text",), fit=fit, work=work)


def fail_on_event(event: Event) -> None:
    raise AssertionError(event)


def test_validation_is_by_training_alone_and_test_by_both(clock: Clock) -> None:
    values = {"train": [0.0, 0.1, 9.0, 9.1], "validation": [50.0, 51.0], "test": [50.4, 0.05]}
    labels = {"train": [0, 0, 1, 1], "validation": [2, 2], "test": [2, 0]}
    planted = ClassificationProblem(
        "series",
        lambda part: [np.array([[value]]) for value in values[part]],
        lambda part: np.eye(3)[labels[part]],
        False,
        0,
    )
    names = ["majority", "nearest_neighbour", "nearest_neighbour_dtw"]
    majority_, *neighbours = run_classifiers(names, planted, Allowance(1.0), fail_on_event)
    for result in neighbours:
        assert result.probabilities["validation"].argmax(axis=1).tolist() == [1, 1]
        assert result.probabilities["test"].argmax(axis=1).tolist() == [2, 0]
    np.testing.assert_allclose(majority_.probabilities["validation"], [[0.5, 0.5, 0.0]] * 2)
    np.testing.assert_allclose(majority_.probabilities["test"], [[1 / 3] * 3] * 2)


def test_results_stand_in_the_order_asked_for(clock: Clock, methods: dict[str, Any]) -> None:
    methods["costly"] = timed(clock, 0.01)
    names = ["costly", "majority"]
    results = run_classifiers(names, problem(), Allowance(100.0), fail_on_event)
    assert [result.name for result in results] == names
    for result in results:
        assert result.left_out == ""
        assert {part: rows.shape for part, rows in result.probabilities.items()} == {
            "validation": (50, 2),
            "test": (50, 2),
        }


def test_few_cases_are_tried_before_all(clock: Clock, methods: dict[str, Any]) -> None:
    calls: list[tuple[int, int]] = []
    methods["costly"] = timed(clock, 0.01, calls=calls)
    (result,) = run_classifiers(["costly"], problem(), Allowance(100.0), fail_on_event)
    assert calls == [(4, 1), (40, 10), (100, 50), (150, 50)]
    assert result.seconds == pytest.approx(0.01 * (5 + 50 + 150 + 200))


def test_a_method_that_would_not_end_in_time_is_left_out_and_said(
    clock: Clock, methods: dict[str, Any]
) -> None:
    methods["slow"] = timed(clock, 2.0)
    events: list[Event] = []
    clock.now = 1000.0
    (result,) = run_classifiers(["slow"], problem(), Allowance(1310.0), events.append)
    # (100 + 50) + (150 + 50) cases at 2 s, after 55 cases of samples
    reason = "would take about 12m; its share of the budget has 200s left"
    assert result.left_out == reason
    assert result.probabilities == {}
    assert result.seconds == pytest.approx(110.0)
    assert events == [BaselineEnded("slow", None, 110.0, reason)]


def test_the_total_grows_by_the_methods_own_law(clock: Clock, methods: dict[str, Any]) -> None:
    def pairs(training: int, cases: int) -> float:
        return float(training * cases)

    methods["pairs"] = timed(clock, 0.01, work=pairs)
    results = run_classifiers(["pairs"], problem(), Allowance(100.0), lambda event: None)
    # 40 x 10 pairs take 4 s, 80 x 20 take 16 s, 100 x 50 + 150 x 50 pairs 125 s
    assert results[0].left_out == "would take about 3m; its share of the budget has 80s left"


def test_a_slow_first_fit_is_not_held_against_a_method(
    clock: Clock, methods: dict[str, Any]
) -> None:
    methods["imports"] = timed(clock, 0.1, first=20.0)
    (result,) = run_classifiers(["imports"], problem(), Allowance(61.0), fail_on_event)
    assert result.seconds == pytest.approx(20.0 + 0.1 * 405)


def test_a_small_sample_that_says_too_slow_is_followed_by_a_larger(
    clock: Clock, methods: dict[str, Any]
) -> None:
    calls: list[tuple[int, int]] = []
    costly = timed(clock, 0.0, calls=calls)

    def fit(*known: Any, **options: Any) -> Any:
        clock.now += 1.0  # whatever the number of cases
        return costly.fit(*known, **options)

    methods["overhead"] = SimpleNamespace(KINDS=("text",), fit=fit)
    (result,) = run_classifiers(
        ["overhead"], problem(4000, 100, 100), Allowance(100.0), fail_on_event
    )
    # 8,300 cases at 1 s per 50 would take 166 s; at 1 s per 100, 83 s
    assert calls[:4] == [(4, 1), (40, 10), (80, 20), (4000, 100)]
    assert result.left_out == ""


def test_the_larger_sample_takes_only_a_little_of_the_time(
    clock: Clock, methods: dict[str, Any]
) -> None:
    calls: list[tuple[int, int]] = []
    methods["slow"] = timed(clock, 0.2, calls=calls)
    run_classifiers(["slow"], problem(4000, 100, 100), Allowance(100.0), lambda event: None)
    assert calls == [(4, 1), (40, 10)]  # the next 100 cases would take 20 of 89 s


def test_the_cheaper_run_first_and_only_the_costlier_is_left_out(
    clock: Clock, methods: dict[str, Any]
) -> None:
    methods["costlier"] = timed(clock, 1.0)
    methods["cheaper"] = timed(clock, 0.5)
    results = run_classifiers(
        ["costlier", "cheaper"], problem(), Allowance(500.0), lambda event: None
    )
    assert [bool(result.left_out) for result in results] == [True, False]


def test_a_method_slower_than_its_sample_is_given_up_after_the_first_part(
    clock: Clock, methods: dict[str, Any]
) -> None:
    calls: list[tuple[int, int]] = []
    methods["tiring"] = timed(clock, 0.001, calls=calls)
    methods["tiring"].work = lambda training, cases: 1.0
    (result,) = run_classifiers(["tiring"], problem(), Allowance(0.3), lambda event: None)
    # by its own word the second part takes no longer than the first: 0.15 s
    assert calls[-1] == (100, 50)
    assert result.left_out == "would take about 1s; its share of the budget has 0s left"
    assert result.probabilities == {}


def test_the_simple_methods_run_even_after_the_deadline(
    clock: Clock, methods: dict[str, Any]
) -> None:
    methods["majority"] = timed(clock, 1.0)
    methods["costly"] = timed(clock, 0.01)
    events: list[Event] = []
    results = run_classifiers(["costly", "majority"], problem(), Allowance(-1.0), events.append)
    assert [result.left_out for result in results] == ["no time was left", ""]
    assert events == [BaselineEnded("costly", None, 0.0, "no time was left")]


@pytest.mark.parametrize("sizes", [(1, 0, 0), (1, 1, 0), (1, 0, 1), (3, 1, 2), (40, 5, 5)])
def test_few_cases_are_all_predicted(
    clock: Clock, methods: dict[str, Any], sizes: tuple[int, int, int]
) -> None:
    methods["costly"] = timed(clock, 0.01)
    for result in run_classifiers(
        ["majority", "costly"], problem(*sizes), Allowance(100.0), fail_on_event
    ):
        assert result.probabilities["validation"].shape == (sizes[1], 2)
        assert result.probabilities["test"].shape == (sizes[2], 2)


def test_a_method_for_another_kind_is_left_out_and_never_called(clock: Clock) -> None:
    events: list[Event] = []
    names = ["nearest_neighbour", "random_convolutions"]
    results = run_classifiers(names, problem(), Allowance(100.0), events.append)
    reason = "is for series, not for text"
    assert [(result.left_out, result.probabilities) for result in results] == [(reason, {})] * 2
    assert events == [BaselineEnded(name, None, 0.0, reason) for name in names]


def test_methods_by_kind() -> None:
    assert methods_for("text") == ["majority", "tfidf_logistic", "tfidf_naive_bayes"]
    series = ["majority", "nearest_neighbour", "nearest_neighbour_dtw", "random_convolutions"]
    assert methods_for("series") == series


def test_a_method_that_breaks_is_left_out_with_the_reason(
    clock: Clock, methods: dict[str, Any]
) -> None:
    calls: list[int] = []

    def fit(*_: object, **__: object) -> Any:
        calls.append(1)
        raise ZeroDivisionError("by nought")

    methods["broken"] = SimpleNamespace(KINDS=("text",), fit=fit)
    broken, other = run_classifiers(
        ["broken", "majority"], problem(), Allowance(100.0), lambda event: None
    )
    assert broken.left_out == "failed: ZeroDivisionError: by nought"
    assert calls == [1]
    assert other.left_out == ""


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (np.zeros((2, 2)), r"answered with shape (2, 2), expected (1, 2)"),
        (np.full((1, 2), np.nan), "answered with probabilities outside [0, 1]"),
        (np.array([[-0.5, 1.5]]), "answered with probabilities outside [0, 1]"),
    ],
)
def test_a_wrong_answer_is_left_out(
    clock: Clock, methods: dict[str, Any], answer: np.ndarray, reason: str
) -> None:
    methods["wrong"] = SimpleNamespace(KINDS=("text",), fit=lambda *_, **__: lambda cases: answer)
    (result,) = run_classifiers(["wrong"], problem(), Allowance(100.0), lambda event: None)
    assert result.left_out == f"failed: ValueError: {reason}"


def test_warnings_of_a_method_do_not_reach_the_user(clock: Clock, methods: dict[str, Any]) -> None:
    def fit(*known: Any, **options: Any) -> Any:
        warnings.warn("did not converge", UserWarning, stacklevel=1)
        return majority.fit(*known, **options)

    methods["loud"] = SimpleNamespace(KINDS=("text",), fit=fit)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        (result,) = run_classifiers(["loud"], problem(), Allowance(100.0), fail_on_event)
    assert heard == []
    assert result.left_out == ""


def test_seed_and_several_classes_reach_the_method(methods: dict[str, Any]) -> None:
    heard: list[dict[str, Any]] = []

    def fit(cases: Any, targets: Any, **options: Any) -> Any:
        heard.append(options)
        return majority.fit(cases, targets, **options)

    methods["curious"] = SimpleNamespace(KINDS=("text",), fit=fit)
    probabilities_of("curious", ["a"], np.ones((1, 2)), ["b"], is_multi=True, seed=7)
    assert heard == [{"is_multi": True, "seed": 7}]


def test_an_unknown_method_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(RecipeError, match="did you mean 'majority'"):
        run_classifiers(["majorty"], problem(), Allowance(100.0), fail_on_event)


def test_the_real_methods_through_the_runner() -> None:
    text = problem(12, 4, 6)
    results = run_classifiers(methods_for("text"), text, ALL_THE_TIME, fail_on_event)
    assert [result.probabilities["test"].shape for result in results] == [(6, 2)] * 3
    expected = probabilities_of(
        "tfidf_logistic",
        text.cases("train"),
        text.targets("train"),
        text.cases("validation"),
        is_multi=False,
        seed=0,
    )
    np.testing.assert_array_equal(results[1].probabilities["validation"], expected)


def test_what_always_runs_exists_and_distances_grow_by_pairs() -> None:
    assert set(baselines("classify")) >= classification.ALWAYS
    for method in (nearest_neighbour, nearest_neighbour_dtw):
        assert method.work(10, 5) == 10 * (10 + 5)
