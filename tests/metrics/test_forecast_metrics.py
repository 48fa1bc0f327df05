"""Metrics against numbers worked by hand, and against utilsforecast's."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from utilsforecast import losses

from seqtune.metrics import forecast as metrics

ACTUAL = np.array([[10.0, 20.0, 30.0], [1.0, 2.0, 4.0]])
FORECAST = np.array([[12.0, 16.0, 30.0], [1.0, 4.0, 0.0]])
FIRST_ONLY = np.array([[True, True, True], [False, False, False]])
NOTHING = np.zeros((2, 3), dtype=bool)


def test_mae_is_the_mean_of_the_windows_means() -> None:
    assert metrics.mae(ACTUAL, FORECAST) == pytest.approx((2.0 + 2.0) / 2)


def test_rmse_takes_the_root_in_each_window() -> None:
    expected = (math.sqrt(20 / 3) + math.sqrt(20 / 3)) / 2
    assert metrics.rmse(ACTUAL, FORECAST) == pytest.approx(expected)
    uneven = metrics.rmse(np.array([[0.0], [0.0]]), np.array([[3.0], [1.0]]))
    assert uneven == pytest.approx(2.0)  # the root of the mean over both would be 2.236


def test_smape_is_the_competitions_form() -> None:
    first = (200 * 2 / 22 + 200 * 4 / 36 + 0) / 3
    second = (0 + 200 * 2 / 6 + 200) / 3
    assert metrics.smape(ACTUAL, FORECAST) == pytest.approx((first + second) / 2)


def test_smape_of_zero_forecast_as_zero_is_zero() -> None:
    assert metrics.smape(np.zeros((1, 2)), np.zeros((1, 2))) == 0.0


def test_mase_divides_each_window_by_its_own_scale() -> None:
    scale = np.array([4.0, 0.5])
    assert metrics.mase(ACTUAL, FORECAST, scale) == pytest.approx((2.0 / 4.0 + 2.0 / 0.5) / 2)


@pytest.mark.parametrize("undefined", [0.0, math.nan])
def test_mase_leaves_out_windows_without_a_scale(undefined: float) -> None:
    scale = np.array([4.0, undefined])
    assert metrics.mase(ACTUAL, FORECAST, scale) == pytest.approx(0.5)
    assert math.isnan(metrics.mase(ACTUAL, FORECAST, np.full(2, undefined)))


def test_the_deviation_of_mase_is_between_origins_and_not_within_one() -> None:
    actual, forecast = np.zeros((4, 1)), np.array([[1.0], [5.0], [4.0], [8.0]])
    origins = np.array([7, 7, 9, 9])
    scale = np.array([1.0, 1.0, 2.0, 0.0])  # the last has none
    found = metrics.mase_deviation(actual, forecast, scale, origins)
    assert found == pytest.approx(np.std([3.0, 2.0], ddof=1))
    assert math.isnan(metrics.mase_deviation(actual, forecast, scale, np.full(4, 7)))
    assert math.isnan(metrics.mase_deviation(actual[:0], forecast[:0], scale[:0], origins[:0]))


def test_quantile_loss_is_the_plain_pinball_loss() -> None:
    actual = np.array([[10.0, 10.0]])
    quantiles = np.array([[[8.0, 9.0], [11.0, 14.0]]])  # levels 0.1 and 0.9
    by_level = [(0.1 * 2 + 0.9 * 1) / 2, (0.9 * 1 + 0.1 * 4) / 2]
    expected = sum(by_level) / 2
    assert metrics.mean_quantile_loss(actual, quantiles, (0.1, 0.9)) == pytest.approx(expected)


def test_quantile_loss_at_the_median_is_half_the_mae() -> None:
    loss = metrics.mean_quantile_loss(ACTUAL, FORECAST[..., None], (0.5,))
    assert loss == pytest.approx(metrics.mae(ACTUAL, FORECAST) / 2)


def test_coverage_counts_the_bounds_as_inside() -> None:
    lower = np.array([[10.0, 21.0, 0.0], [0.0, 0.0, 0.0]])
    upper = np.array([[11.0, 22.0, 30.0], [1.0, 1.0, 1.0]])
    assert metrics.coverage(ACTUAL, lower, upper) == pytest.approx((2 / 3 + 1 / 3) / 2)


def every_metric(
    actual: np.ndarray, forecast: np.ndarray, observed: np.ndarray | None = None
) -> dict[str, float]:
    quantiles = np.stack([forecast - 1, forecast + 1], axis=-1)
    return {
        "mase": metrics.mase(actual, forecast, np.ones(len(actual)), observed),
        "smape": metrics.smape(actual, forecast, observed),
        "mae": metrics.mae(actual, forecast, observed),
        "rmse": metrics.rmse(actual, forecast, observed),
        "mean_quantile_loss": metrics.mean_quantile_loss(actual, quantiles, (0.1, 0.9), observed),
        "coverage": metrics.coverage(actual, forecast - 1, forecast + 1, observed),
    }


def test_a_window_with_nothing_observed_is_left_out() -> None:
    alone = every_metric(ACTUAL[:1], FORECAST[:1])
    assert every_metric(ACTUAL, FORECAST, FIRST_ONLY) == pytest.approx(alone)


def test_unobserved_steps_and_missing_actuals_are_ignored_alike() -> None:
    observed = np.array([[True, False, True], [True, True, True]])
    gaps = np.where(observed, ACTUAL, np.nan)
    masked = every_metric(ACTUAL, FORECAST, observed)
    assert every_metric(gaps, FORECAST) == pytest.approx(masked)
    assert masked["mae"] == pytest.approx((1.0 + 2.0) / 2)


def test_nothing_observed_at_all_is_nan() -> None:
    assert all(math.isnan(value) for value in every_metric(ACTUAL, FORECAST, NOTHING).values())


def test_no_windows_at_all_is_nan() -> None:
    empty = np.empty((0, 3))
    assert all(math.isnan(value) for value in every_metric(empty, empty).values())


def test_a_missing_forecast_is_never_ignored() -> None:
    broken = FORECAST.copy()
    broken[0, 1] = np.nan
    assert all(math.isnan(value) for value in every_metric(ACTUAL, broken).values())


def test_a_missing_forecast_of_an_unobserved_step_does_not_matter() -> None:
    observed = np.array([[True, False, True], [True, True, True]])
    broken = np.where(observed, FORECAST, np.nan)
    expected = every_metric(ACTUAL, FORECAST, observed)
    assert every_metric(ACTUAL, broken, observed) == pytest.approx(expected)


def test_seasonal_scale_is_the_mean_seasonal_difference() -> None:
    values = np.array([1.0, 2.0, 4.0, 8.0])
    assert metrics.seasonal_scale(values, 2) == pytest.approx((3 + 6) / 2)
    assert metrics.seasonal_scale(values, 1) == pytest.approx((1 + 2 + 4) / 3)


def test_seasonal_scale_uses_pairs_that_were_both_observed() -> None:
    values = np.array([1.0, 2.0, 4.0, 8.0])
    assert metrics.seasonal_scale(values, 2, np.array([False, True, True, True])) == 6.0
    assert metrics.seasonal_scale(np.array([np.nan, 2.0, 4.0, 8.0]), 2) == 6.0


def test_seasonal_scale_of_a_series_no_longer_than_the_period_is_step_to_step() -> None:
    assert metrics.seasonal_scale(np.array([1.0, 3.0, 4.0]), 3) == pytest.approx(1.5)


def test_seasonal_scale_of_a_clean_sine_is_step_to_step() -> None:
    sine = 5.0 + np.sin(np.arange(96) * 2 * np.pi / 12)
    assert metrics.seasonal_scale(sine, 12) == pytest.approx(np.abs(np.diff(sine)).mean())


def test_seasonal_scale_keeps_a_small_difference_at_a_high_level() -> None:
    values = 1e9 + np.array([0.0, 0.25, 0.5, 0.75])
    assert metrics.seasonal_scale(values, 2) == pytest.approx(0.5)


@pytest.mark.parametrize("values", [[], [3.0], [3.0, 3.0, 3.0], [0.0, 0.0], [math.nan, 1.0]])
def test_seasonal_scale_of_a_constant_or_too_short_series_is_zero(values: list[float]) -> None:
    assert metrics.seasonal_scale(np.array(values), 2) == 0.0


def test_owa_of_the_seasonal_naive_on_m4_hourly() -> None:
    assert metrics.owa(13.912, 1.193, 18.383, 2.395) == pytest.approx(0.6275, abs=1e-4)


def test_all_agree_with_utilsforecast() -> None:
    random = np.random.default_rng(0)
    windows, horizon, period, levels = 3, 5, 4, (0.1, 0.5, 0.9)
    train = random.normal(20, 5, (windows, 30))
    actual = random.normal(20, 5, (windows, horizon))
    forecast = actual + random.normal(0, 3, (windows, horizon))
    quantiles = np.sort(random.normal(20, 5, (windows, horizon, 3)), axis=-1)

    def table(values: np.ndarray, **columns: np.ndarray) -> pd.DataFrame:
        steps = values.shape[1]
        frame = pd.DataFrame({"unique_id": np.repeat(np.arange(windows), steps)})
        frame["ds"] = np.tile(np.arange(steps), windows)
        frame["y"] = values.ravel()
        return frame.assign(**{name: column.ravel() for name, column in columns.items()})

    names = {f"q{level}": quantiles[..., i] for i, level in enumerate(levels)}
    frame = table(actual, model=forecast, **names)
    history = table(train)
    scale = np.array([metrics.seasonal_scale(row, period) for row in train])

    def theirs(result: pd.DataFrame) -> float:
        return float(result["model"].mean())

    assert metrics.mae(actual, forecast) == pytest.approx(theirs(losses.mae(frame, ["model"])))
    assert metrics.rmse(actual, forecast) == pytest.approx(theirs(losses.rmse(frame, ["model"])))
    assert metrics.smape(actual, forecast) == pytest.approx(
        200 * theirs(losses.smape(frame, ["model"]))
    )
    assert metrics.mase(actual, forecast, scale) == pytest.approx(
        theirs(losses.mase(frame, ["model"], period, history))
    )
    assert metrics.mean_quantile_loss(actual, quantiles, levels) == pytest.approx(
        theirs(losses.mqloss(frame, {"model": list(names)}, np.array(levels)))
    )
    ours = metrics.coverage(actual, quantiles[..., 0], quantiles[..., 2])
    covered = losses.coverage(
        frame.rename(columns={"q0.1": "model-lo-80", "q0.9": "model-hi-80"}), ["model"], 80
    )
    assert ours == pytest.approx(theirs(covered))
