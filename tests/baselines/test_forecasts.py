"""The runner: what runs, in what order, and what is left out, by a clock of the test's own."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest
from hand_moved import Clock

from seqtune.baselines import forecasts
from seqtune.baselines.forecast import drift, naive, seasonal_naive
from seqtune.baselines.forecasts import BaselineProblem, forecast_windows, run_baselines
from seqtune.baselines.pace import Allowance
from seqtune.errors import RecipeError
from seqtune.progress import BaselineEnded, Event, Note

LEVELS = (0.1, 0.9)


@pytest.fixture
def methods(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    known: dict[str, object] = {"naive": naive, "seasonal_naive": seasonal_naive, "drift": drift}
    monkeypatch.setattr(forecasts, "baselines", lambda task: known)
    return known


def problem(validation: int = 60, test: int = 40) -> BaselineProblem:
    """Window i of validation has the history [i, i + 1], of test [1000 + i, 1001 + i]."""
    first = {"validation": 0.0, "test": 1000.0}

    def histories(part: str, start: int, stop: int) -> list[np.ndarray]:
        return [first[part] + np.array([i, i + 1.0]) for i in range(start, stop)]

    return BaselineProblem(histories, {"validation": validation, "test": test}, 2, (), LEVELS)


def timed(
    clock: Clock, seconds: float, first: float = 0.0, calls: list[int] | None = None
) -> SimpleNamespace:
    """A naive method that takes so many seconds a window, and more for the first."""
    state = {"first": first}

    def forecast(
        histories: Sequence[np.ndarray],
        horizon: int,
        periods: tuple[int, ...],
        levels: tuple[float, ...],
    ) -> np.ndarray:
        clock.now += seconds * len(histories) + state["first"]
        state["first"] = 0.0
        if calls is not None:
            calls.append(len(histories))
        return naive.forecast(histories, horizon, periods, levels)

    return SimpleNamespace(forecast=forecast)


def test_every_window_of_both_parts_gets_its_own_forecast(
    clock: Clock, methods: dict[str, object]
) -> None:
    methods["costly"] = timed(clock, 0.01)
    for result in run_baselines(["naive", "costly"], problem(), Allowance(100.0), fail_on_event):
        assert result.left_out == ""
        assert result.fallbacks == 0
        np.testing.assert_array_equal(
            result.forecasts["validation"][:, 1, 0], np.arange(60) + 1.0, result.name
        )
        np.testing.assert_array_equal(
            result.forecasts["test"][:, 1, 0], np.arange(40) + 1001.0, result.name
        )


def test_results_stand_in_the_order_asked_for(clock: Clock, methods: dict[str, object]) -> None:
    methods["costly"] = timed(clock, 0.01)
    names = ["costly", "drift", "naive"]
    assert [
        r.name for r in run_baselines(names, problem(), Allowance(100.0), fail_on_event)
    ] == names


def test_a_method_that_would_not_end_in_time_is_left_out_and_said(
    clock: Clock, methods: dict[str, object]
) -> None:
    methods["slow"] = timed(clock, 1.0)
    events: list[Event] = []
    clock.now = 1000.0
    (result,) = run_baselines(["slow"], problem(), Allowance(1045.0), events.append)
    # 5 of the 100 windows are done
    reason = "would take about 95s; its share of the budget has 40s left"
    assert result.left_out == reason
    assert result.forecasts == {}
    assert result.seconds == pytest.approx(5.0)
    assert events == [BaselineEnded("slow", None, 5.0, reason)]


def test_a_slow_first_window_is_not_held_against_a_method(
    clock: Clock, methods: dict[str, object]
) -> None:
    methods["imports"] = timed(clock, 0.1, first=20.0)
    (result,) = run_baselines(["imports"], problem(), Allowance(30.0), fail_on_event)
    assert result.left_out == ""
    assert result.seconds == pytest.approx(30.0)


def test_the_cheaper_run_first_and_only_the_costlier_is_left_out(
    clock: Clock, methods: dict[str, object]
) -> None:
    methods["costlier"] = timed(clock, 1.0)
    methods["cheaper"] = timed(clock, 0.5)
    results = run_baselines(
        ["costlier", "cheaper"], problem(), Allowance(120.0), lambda event: None
    )
    assert [bool(result.left_out) for result in results] == [True, False]


def test_a_method_that_slows_down_is_given_up_on_the_way(
    clock: Clock, methods: dict[str, object]
) -> None:
    steady = naive.forecast

    def forecast(histories: Sequence[np.ndarray], *others: object) -> np.ndarray:
        clock.now += sum(0.1 if history[0] < 20 else 2.0 for history in histories)
        return steady(histories, *others)  # type: ignore[arg-type]

    methods["tiring"] = SimpleNamespace(forecast=forecast)
    (result,) = run_baselines(["tiring"], problem(), Allowance(60.0), lambda event: None)
    assert result.left_out.startswith("would take about")
    assert clock.now < 60.0


def test_the_simple_methods_run_even_after_the_deadline(
    clock: Clock, methods: dict[str, object]
) -> None:
    methods["naive"] = timed(clock, 1.0)
    methods["costly"] = timed(clock, 0.01)
    names = ["naive", "seasonal_naive", "drift", "costly"]
    events: list[Event] = []
    results = run_baselines(names, problem(2000, 40), Allowance(-1.0), events.append)
    assert [result.left_out for result in results] == ["", "", "", "no time was left"]
    assert events == [BaselineEnded("costly", None, 0.0, "no time was left")]


def test_costly_methods_look_at_the_clock_every_few_windows(
    clock: Clock, methods: dict[str, object]
) -> None:
    calls: list[int] = []
    methods["costly"] = timed(clock, 0.01, calls=calls)
    run_baselines(["costly"], problem(), Allowance(100.0), fail_on_event)
    assert calls == [1, 4, 32, 23, 9, 31]  # a chunk that spans the two parts is two calls


@pytest.mark.parametrize(("validation", "test"), [(0, 0), (1, 0), (0, 1), (1, 1), (5, 0), (2, 3)])
def test_few_windows_are_all_forecast(
    clock: Clock, methods: dict[str, object], validation: int, test: int
) -> None:
    methods["costly"] = timed(clock, 0.01)
    (result,) = run_baselines(
        ["costly"], problem(validation, test), Allowance(100.0), fail_on_event
    )
    assert result.forecasts["validation"].shape == (validation, 2, 3)
    assert result.forecasts["test"].shape == (test, 2, 3)
    assert result.forecasts["test"][:, 0, 0].tolist() == [1001.0 + i for i in range(test)]


def test_windows_without_an_answer_take_the_seasonal_naives_and_are_counted(
    clock: Clock, methods: dict[str, object]
) -> None:
    def forecast(histories: Sequence[np.ndarray], horizon: int, *_: object) -> np.ndarray:
        rows = np.zeros((len(histories), horizon, 1 + len(LEVELS)))
        for window, history in enumerate(histories):
            if history[0] in (0, 7):
                rows[window, -1, -1] = np.nan
            if history[0] == 1003:
                rows[window, 0, 0] = np.inf
        return rows

    methods["patchy"] = SimpleNamespace(forecast=forecast)
    events: list[Event] = []
    (result,) = run_baselines(["patchy"], problem(), Allowance(100.0), events.append)
    assert result.fallbacks == 3
    stand_in = seasonal_naive.forecast([np.array([7.0, 8.0])], 2, (), LEVELS)
    np.testing.assert_array_equal(result.forecasts["validation"][7:8], stand_in)
    assert not result.forecasts["validation"][8].any()
    assert np.isfinite(result.forecasts["test"]).all()
    text = (
        "patchy: seasonal_naive stands in for 3 of 100 windows "
        "(history too short, or the fit failed)"
    )
    assert events == [Note(text)]


def test_a_method_that_breaks_is_left_out_with_the_reason(
    clock: Clock, methods: dict[str, object]
) -> None:
    calls: list[int] = []

    def forecast(*_: object) -> np.ndarray:
        calls.append(1)
        raise ZeroDivisionError("by nought")

    methods["broken"] = SimpleNamespace(forecast=forecast)
    (result,) = run_baselines(["broken"], problem(), Allowance(100.0), lambda event: None)
    assert result.left_out == "failed: ZeroDivisionError: by nought"
    assert calls == [1]


def test_a_method_that_answers_in_the_wrong_shape_is_left_out(
    clock: Clock, methods: dict[str, object]
) -> None:
    methods["narrow"] = SimpleNamespace(forecast=lambda histories, *_: np.zeros((1, 2, 2)))
    (result,) = run_baselines(["narrow"], problem(), Allowance(100.0), lambda event: None)
    assert result.left_out.startswith("failed: ValueError")


def test_an_unknown_method_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(RecipeError, match="did you mean 'seasonal_naive'"):
        run_baselines(["sesonal_naive"], problem(), Allowance(100.0), fail_on_event)


def test_short_histories_fall_back_through_the_real_methods() -> None:
    histories = [np.array([1.0, 2.0]), np.arange(1.0, 41.0)]
    for name in ("ets", "theta", "mstl"):
        result, fallbacks = forecast_windows(name, histories, 2, (), LEVELS)
        assert fallbacks == 1
        expected = seasonal_naive.forecast(histories[:1], 2, (), LEVELS)
        np.testing.assert_array_equal(result[:1], expected)


def fail_on_event(event: Event) -> None:
    raise AssertionError(event)
