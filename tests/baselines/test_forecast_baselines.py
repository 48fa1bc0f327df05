"""The forecasting baselines: textbook numbers, the library's own answers, awkward histories."""

from __future__ import annotations

import warnings
from math import sqrt
from types import SimpleNamespace

import numpy as np
import pytest

from seqtune.baselines.forecast import drift, ets, mstl, naive, seasonal_naive, theta
from seqtune.baselines.forecast._fitting import ForecastFitting
from seqtune.baselines.forecast._intervals import residual_deviation
from seqtune.baselines.forecast._statsforecast import forecast_each, longest_period
from seqtune.metrics import forecast as metrics
from seqtune.registry import baselines

LEVELS = (0.1, 0.5, 0.9)
Z = 1.2815515655446004  # the 0.9 quantile of the standard normal distribution
NAMES = [
    *("adida", "arima", "ces", "combination", "croston", "drift", "empirical", "ets", "imapa"),
    *("mstl", "naive", "pretrained", "scum", "seasonal_naive", "theta", "tsb"),
]
GLOBAL = ["boosted_trees", "ridge"]

SEASON = 10.0 * np.sin(2 * np.pi * np.arange(72) / 12)
TRENDED = 100.0 + 0.5 * np.arange(72) + SEASON
NOISE = np.random.default_rng(0).normal(0, 1, 240)


def forecast_windows(
    name: str,
    histories: list[np.ndarray],
    horizon: int,
    periods: tuple[int, ...],
    levels: tuple[float, ...],
) -> tuple[np.ndarray, int]:
    """The forecasts of a method, and for how many histories the seasonal naive stands in."""
    fitting = ForecastFitting(horizon, periods, levels)
    return fitting.predict(fitting.fit(baselines("forecast")[name]), histories)


def test_the_registry_finds_them() -> None:
    assert list(baselines("forecast")) == sorted([*NAMES, *GLOBAL])
    assert baselines("forecast").summary("seasonal_naive").endswith("the last season goes on.")


def test_naive_by_hand() -> None:
    result = naive.forecast([np.array([1.0, 3.0, 2.0])], 2, (2,), LEVELS)
    sigma = sqrt((2**2 + 1**2) / 2)
    step = Z * sigma
    expected = [
        [2.0, 2.0 - step, 2.0, 2.0 + step],
        [2.0, 2.0 - step * sqrt(2), 2.0, 2.0 + step * sqrt(2)],
    ]
    np.testing.assert_allclose(result, [expected])


def test_seasonal_naive_by_hand() -> None:
    result = seasonal_naive.forecast([np.array([1.0, 5.0, 2.0, 7.0])], 3, (2, 4), LEVELS)
    sigma = sqrt((1**2 + 2**2) / 2)
    np.testing.assert_allclose(result[0, :, 0], [2.0, 7.0, 2.0])
    np.testing.assert_allclose(result[0, :, 2], [2.0, 7.0, 2.0])
    spread = Z * sigma * np.array([1.0, 1.0, sqrt(2)])
    np.testing.assert_allclose(result[0, :, 3] - result[0, :, 0], spread)
    np.testing.assert_allclose(result[0, :, 0] - result[0, :, 1], spread)


def test_drift_by_hand() -> None:
    result = drift.forecast([np.array([1.0, 3.0, 2.0, 7.0])], 3, (), LEVELS)
    np.testing.assert_allclose(result[0, :, 0], [9.0, 11.0, 13.0])
    sigma = sqrt((0**2 + 3**2 + 3**2) / (3 - 1))
    steps = [sqrt(1 * (1 + 1 / 3)), sqrt(2 * (1 + 2 / 3)), sqrt(3 * (1 + 3 / 3))]
    np.testing.assert_allclose(result[0, :, 3] - result[0, :, 0], Z * sigma * np.array(steps))


def test_a_history_no_longer_than_the_period_is_forecast_by_the_naive_method() -> None:
    histories = [np.array([1.0, 3.0, 2.0])]
    expected = naive.forecast(histories, 4, (), LEVELS)
    np.testing.assert_array_equal(seasonal_naive.forecast(histories, 4, (3,), LEVELS), expected)
    np.testing.assert_array_equal(seasonal_naive.forecast(histories, 4, (), LEVELS), expected)


def test_residual_deviation_does_not_overflow() -> None:
    assert residual_deviation(np.array([3e200, 4e200])) == pytest.approx(sqrt(12.5) * 1e200)
    assert residual_deviation(np.array([2.0]), parameters=1) == 0.0


@pytest.mark.parametrize("name", NAMES)
def test_a_constant_series_goes_on(name: str) -> None:
    result, fallbacks = forecast_windows(name, [np.full(40, 7.0)], 3, (12,), LEVELS)
    np.testing.assert_allclose(result, 7.0, rtol=1e-5)
    assert fallbacks == 0


@pytest.mark.parametrize("name", ["ets", "mstl", "theta"])
def test_trend_and_season_are_both_followed(name: str) -> None:
    result, fallbacks = forecast_windows(name, [TRENDED[:60] + 0.1 * NOISE[:60]], 12, (12,), LEVELS)
    assert fallbacks == 0
    naive_error = np.abs(TRENDED[48:60] - TRENDED[60:]).mean()  # six: a year of the trend
    assert naive_error == pytest.approx(6.0)
    assert np.abs(result[0, :, 0] - TRENDED[60:]).mean() < 0.25 * naive_error


@pytest.mark.parametrize("name", NAMES)
def test_levels_may_be_any_and_need_not_hold_the_median(name: str) -> None:
    for levels in ((), (0.5,), (0.2,), (0.01, 0.3, 0.99)):
        result, fallbacks = forecast_windows(name, [TRENDED], 2, (12,), levels)
        assert result.shape == (1, 2, 1 + len(levels))
        assert fallbacks == 0


def test_quantiles_are_the_bounds_of_the_librarys_central_intervals() -> None:
    from statsforecast.models import AutoETS

    history = TRENDED + NOISE[:72]
    result = ets.forecast([history], 4, (12,), (0.05, 0.1, 0.5, 0.9))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = AutoETS(season_length=12).forecast(y=history, h=4, level=[80, 90])
    expected = [theirs[key] for key in ("mean", "lo-90", "lo-80", "mean", "hi-80")]
    np.testing.assert_allclose(result[0], np.stack(expected, axis=-1))


def test_a_failed_fit_is_a_row_of_nan_and_the_others_stand() -> None:
    def fit(history: np.ndarray, intervals: list[float]) -> dict[str, np.ndarray]:
        if len(history) < 3:
            raise ValueError("tiny")
        warnings.warn("the library is talkative", UserWarning, stacklevel=2)
        return {"mean": np.full(2, history[-1]), "lo-80.0": np.zeros(2), "hi-80.0": np.ones(2)}

    result = forecast_each([np.ones(2), np.full(4, 800.0)], 2, (0.1, 0.9), fit)
    assert np.isnan(result[0]).all()
    np.testing.assert_array_equal(result[1], [[800.0, 0.0, 1.0]] * 2)


def test_quantiles_that_the_library_crosses_are_put_in_order() -> None:
    answer = {"mean": np.ones(1), "lo-80.0": np.full(1, 2.0), "hi-80.0": np.zeros(1)}
    usual = np.full(3, 800.0)
    result = forecast_each([usual], 1, (0.1, 0.9), lambda history, intervals: answer)
    np.testing.assert_array_equal(result, [[[1.0, 0.0, 2.0]]])


def test_the_library_is_given_histories_of_its_usual_size() -> None:
    seen = []

    def fit(history: np.ndarray, intervals: list[float]) -> dict[str, np.ndarray]:
        seen.append(history.tolist())
        return {"mean": history[:1]}

    histories = [np.array([-3.0, 2.0]), np.array([3e-300, 0.0]), np.zeros(2), np.full(2, 600.0)]
    result = forecast_each(histories, 1, (), fit)
    # by powers of two: 3 * 2 ** 8, and nothing is lost on the way back
    assert seen[0] == [-768.0, 512.0] and seen[2:] == [[0.0, 0.0], [600.0, 600.0]]
    assert 512 <= seen[1][0] < 1024
    assert result.ravel().tolist() == [-3.0, 3e-300, 0.0, 600.0]


def test_the_longest_period_is_one_that_the_history_holds() -> None:
    assert longest_period((24, 168), 504, 3) == 168
    assert longest_period((24, 168), 503, 3) == 24
    assert longest_period((24, 168), 71, 3) == 1
    assert longest_period((), 1000, 2) == 1


def test_ets_takes_the_longest_season_of_at_most_24_steps() -> None:
    history = TRENDED + 0.1 * NOISE[:72]
    both = ets.forecast([history], 12, (4, 12, 36), LEVELS)
    np.testing.assert_array_equal(both, ets.forecast([history], 12, (12,), LEVELS))


def test_mstl_takes_the_seasons_that_the_history_holds_twice() -> None:
    history = TRENDED[:20] + 0.1 * NOISE[:20]
    result, fallbacks = forecast_windows("mstl", [history], 6, (1, 4, 12), LEVELS)
    assert fallbacks == 0
    np.testing.assert_array_equal(result, mstl.forecast([history], 6, (4,), LEVELS))


def test_mstl_follows_two_seasons_at_once() -> None:
    step = np.arange(280 + 28)
    values = 50 + 5 * np.sin(2 * np.pi * step / 7) + 9 * np.sin(2 * np.pi * step / 28)
    result = mstl.forecast([values[:280]], 28, (7, 28), LEVELS)
    assert np.abs(result[0, :, 0] - values[280:]).max() < 1.0


def test_theta_of_values_around_zero_has_intervals_as_wide_as_of_the_same_values_raised() -> None:
    values = np.tile(SEASON, 4)[:240] + NOISE
    low = theta.forecast([values], 12, (12,), LEVELS)[0]
    high = theta.forecast([values + 100.0], 12, (12,), LEVELS)[0]
    wide = (low[:, 3] - low[:, 1]).mean()
    assert wide == pytest.approx((high[:, 3] - high[:, 1]).mean(), rel=0.15)
    assert np.abs(low[:, 0] - SEASON[:12]).mean() < 1.5


@pytest.mark.parametrize("period", [2, 5, 12])
def test_seasonal_means_are_the_season_of_a_parabola_with_one(period: int) -> None:
    season = np.arange(period, dtype=np.float64) ** 2
    values = np.array([0.5 * step**2 + season[step % period] for step in range(4 * period)])
    np.testing.assert_allclose(theta.seasonal_means(values, period), season - season.mean())


def test_seasonal_means_sum_to_zero() -> None:
    assert theta.seasonal_means(NOISE + 5.0, 7).sum() == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("name", ["ets", "mstl", "theta"])
def test_only_the_recent_history_counts(name: str) -> None:
    method = baselines("forecast")[name]
    recent = 100.0 + np.resize(NOISE, method.MAX_HISTORY)
    whole = np.r_[np.resize([20.0, 500.0, 90.0], 300), recent]
    result = method.forecast([whole, recent], 3, (), (0.5,))
    assert np.isfinite(result).all()
    np.testing.assert_array_equal(result[0], result[1])


def test_ets_beats_the_seasonal_naive_on_the_last_year_of_a_growing_series() -> None:
    growing = TRENDED * np.exp(0.01 * np.arange(72))
    actual = growing[None, 60:]
    scale = np.array([metrics.seasonal_scale(growing[:60], 12)])
    by_ets = ets.forecast([growing[:60]], 12, (12,), LEVELS)[..., 0]
    by_season = seasonal_naive.forecast([growing[:60]], 12, (12,), LEVELS)[..., 0]
    assert metrics.mase(actual, by_ets, scale) < 0.5 * metrics.mase(actual, by_season, scale)


def test_short_histories_fall_back_on_the_seasonal_naive() -> None:
    histories = [np.array([1.0, 2.0]), np.arange(1.0, 41.0)]
    for name in ("ets", "theta", "mstl"):
        result, fallbacks = forecast_windows(name, histories, 2, (), LEVELS)
        assert fallbacks == 1
        expected = seasonal_naive.forecast(histories[:1], 2, (), LEVELS)
        np.testing.assert_array_equal(result[:1], expected)


def test_whatever_is_not_finite_takes_the_seasonal_naive_forecast() -> None:
    def forecast(histories: list[np.ndarray], **_: object) -> np.ndarray:
        rows = np.zeros((len(histories), 2, 4))
        rows[0, -1, -1], rows[2, 0, 0] = np.nan, np.inf
        return rows

    histories = [np.array([step, step + 1.0]) for step in (7.0, 8.0, 9.0)]
    fitting = ForecastFitting(2, (), LEVELS)
    rows, fallbacks = fitting.predict(fitting.fit(SimpleNamespace(forecast=forecast)), histories)
    assert fallbacks == 2 and not rows[1].any()
    expected = seasonal_naive.forecast(histories, 2, (), LEVELS)
    np.testing.assert_array_equal(rows[[0, 2]], expected[[0, 2]])


def test_an_answer_of_another_shape_is_refused() -> None:
    fitting = ForecastFitting(2, (), LEVELS)
    method = SimpleNamespace(forecast=lambda histories, **_: np.zeros((1, 2, 2)))
    with pytest.raises(ValueError, match=r"shape \(1, 2, 2\), expected \(1, 2, 4\)"):
        fitting.predict(fitting.fit(method), [np.ones(3)])


def test_quantiles_of_intermittent_demand_are_whole_numbers_of_the_right_size() -> None:
    from scipy.stats import nbinom, poisson

    from seqtune.baselines.forecast._intermittent import count_quantiles

    # mean 2, variance 4: two failures in a negative binomial with chance one half
    assert count_quantiles(2.0, 4.0, LEVELS).tolist() == nbinom.ppf(LEVELS, 2, 0.5).tolist()
    assert count_quantiles(2.0, 1.0, LEVELS).tolist() == poisson.ppf(LEVELS, 2.0).tolist()


def test_empirical_by_hand() -> None:
    history = np.tile([0.0, 0.0, 3.0], 9) + np.arange(27) % 2 * np.tile([0.0, 0.0, 2.0], 9)
    # the third of a season: 3, 5, 3, 5, … nine of them, 3 at first
    rows, fallbacks = forecast_windows("empirical", [history], 4, (3,), LEVELS)
    assert fallbacks == 0
    assert rows[0, 0].tolist() == [0.0] * 4 and rows[0, 3].tolist() == [0.0] * 4
    assert rows[0, 2, 1:].tolist() == [3.0, 3.0, 5.0]
    np.testing.assert_allclose(rows[0, 2, 0], (5 * 3 + 4 * 5) / 9)
    short, _ = forecast_windows("empirical", [history[:9]], 2, (3,), LEVELS)
    assert short[0].tolist() == [[pytest.approx(history[:9].mean()), 0.0, 0.0, 5.0]] * 2


@pytest.mark.parametrize("name", ["adida", "croston", "imapa", "tsb"])
def test_methods_for_intermittent_demand_forecast_its_rate(name: str) -> None:
    history = np.tile([0.0, 0.0, 0.0, 2.0], 30)
    rows, _ = forecast_windows(name, [history], 2, (), LEVELS)
    assert rows[0, 0, 0] == pytest.approx(0.5, abs=0.15)
    assert (rows[0, :, 1:] % 1 == 0).all() and rows[0, 0, 1:].tolist() == [0.0, 0.0, 2.0]
