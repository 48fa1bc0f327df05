"""The metrics of forecasts: formula, unit and source of each.

Common shapes:

    actual:    (windows, horizon), float64, in the target's unit; NaN counts as not observed
    forecast:  (windows, horizon), float64, in the target's unit
    quantiles: (windows, horizon, levels), float64, in the target's unit
    observed:  (windows, horizon), bool; None means that every step was observed
    scale:     (windows,), float64, from `seasonal_scale`

Every metric is first worked out for each window over its observed steps, then averaged over
windows, each window counting once (the M4 competition's way; Makridakis, Spiliotis and
Assimakopoulos 2020, "The M4 Competition", Int. J. of Forecasting 36(1), section 3). A window
with nothing observed is left out; with every window left out the result is NaN. A NaN in a
*forecast* is a fault of the forecaster and makes the result NaN: it is never ignored.

Lower is better for all of them but `coverage`, which should meet its nominal level.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def mase(actual: Floats, forecast: Floats, scale: Floats, observed: Mask | None = None) -> float:
    """Mean absolute scaled error: the error in units of the seasonal naive's in-sample error.

    `mean_h |y - f| / scale`; no unit; below 1 is better than repeating the last season was in
    training. A window whose scale is zero or NaN has no defined MASE and is left out.

    Args:
        actual: (windows, horizon), in the target's unit.
        forecast: (windows, horizon), in the target's unit.
        scale: (windows,), the `seasonal_scale` of each window's training rows.
        observed: (windows, horizon); False where the actual value is not known.

    Source:
        Hyndman and Koehler 2006, "Another look at measures of forecast accuracy", Int. J. of
        Forecasting 22(4), equation 3; with the seasonal denominator of M4.
    """
    errors, seen = _scaled_errors(actual, forecast, scale, observed)
    return _mean_of_known(errors, seen)


def mase_deviation(
    actual: Floats,
    forecast: Floats,
    scale: Floats,
    origins: npt.NDArray[np.int64],
    observed: Mask | None = None,
) -> float:
    """Standard deviation of the MASE over origins: how much it hangs on when one forecasts.

    Forecasts of one origin err together, so each origin counts once: the mean of its windows.

    Args:
        actual: (windows, horizon), in the target's unit.
        forecast: (windows, horizon), in the target's unit.
        scale: (windows,), as of `mase`.
        origins: (windows,), the step at which each window begins.
        observed: (windows, horizon); False where the actual value is not known.

    Returns:
        NaN where windows of fewer than two origins can be scored.

    Example:
        >>> mase_deviation(np.zeros((3, 1)), np.array([[1.0], [3.0], [4.0]]), np.ones(3),
        ...                np.array([0, 0, 5])).__round__(3)
        1.414
    """
    errors, seen = _scaled_errors(actual, forecast, scale, observed)
    usable = np.isfinite(scale) & (scale > 0)
    _, number = np.unique(origins[usable][seen], return_inverse=True)
    if len(number) == 0 or number.max() == 0:
        return float("nan")
    means = np.bincount(number, errors[seen]) / np.bincount(number)
    return float(means.std(ddof=1))


def smape(actual: Floats, forecast: Floats, observed: Mask | None = None) -> float:
    """Symmetric mean absolute percentage error, between 0 and 200.

    `mean_h 200 |y - f| / (|y| + |f|)`; per cent; a step where both are zero counts 0.

    Args:
        actual: (windows, horizon), in the target's unit.
        forecast: (windows, horizon), in the target's unit.
        observed: (windows, horizon); False where the actual value is not known.

    Source:
        Makridakis 1993, Int. J. of Forecasting 9(4); in the form of the M4 competition
        (Makridakis et al. 2020, section 3).
    """
    size = np.abs(actual) + np.abs(forecast)
    error = 200.0 * np.abs(actual - forecast)
    share = np.divide(error, size, out=np.zeros_like(error), where=size != 0)
    return _mean_of_windows(share, actual, observed)


def mae(actual: Floats, forecast: Floats, observed: Mask | None = None) -> float:
    """Mean absolute error: `mean_h |y - f|`, in the target's unit.

    Args:
        actual: (windows, horizon), in the target's unit.
        forecast: (windows, horizon), in the target's unit.
        observed: (windows, horizon); False where the actual value is not known.

    Source:
        Hyndman and Athanasopoulos 2021, "Forecasting: Principles and Practice", section 5.8.
    """
    return _mean_of_windows(np.abs(actual - forecast), actual, observed)


def rmse(actual: Floats, forecast: Floats, observed: Mask | None = None) -> float:
    """Root mean squared error: `sqrt(mean_h (y - f)^2)` of each window, in the target's unit.

    The root is taken per window, before the mean over windows.

    Args:
        actual: (windows, horizon), in the target's unit.
        forecast: (windows, horizon), in the target's unit.
        observed: (windows, horizon); False where the actual value is not known.

    Source:
        Hyndman and Athanasopoulos 2021, "Forecasting: Principles and Practice", section 5.8.
    """
    squares = _window_means((actual - forecast) ** 2, actual, observed)
    return _mean_of_known(np.sqrt(squares), _seen(actual, observed))


def mean_quantile_loss(
    actual: Floats, quantiles: Floats, levels: Sequence[float], observed: Mask | None = None
) -> float:
    """Mean quantile loss: the plain pinball loss, averaged over levels and steps.

    `mean_q mean_h max(q (y - f_q), (q - 1) (y - f_q))`, in the target's unit. It is neither
    doubled nor divided by the size of the data (AutoGluon's WQL is: twice this sum over the sum
    of |y|); at the single level 0.5 it is half the MAE, and with levels ever denser it tends to
    half the CRPS.

    Args:
        actual: (windows, horizon), in the target's unit.
        quantiles: (windows, horizon, levels), in the target's unit.
        levels: The level of each of the last axis' entries, each within (0, 1).
        observed: (windows, horizon); False where the actual value is not known.

    Source:
        Koenker and Bassett 1978, Econometrica 46(1); a proper score for quantiles: Gneiting and
        Raftery 2007, JASA 102(477), section 6.1.
    """
    above = actual[..., None] - quantiles
    level = np.asarray(levels, dtype=np.float64)
    pinball = np.maximum(level * above, (level - 1.0) * above)
    return _mean_of_windows(pinball.mean(axis=-1), actual, observed)


def weighted_scaled_quantile_loss(
    actual: Floats,
    quantiles: Floats,
    levels: Sequence[float],
    scale: Floats,
    observed: Mask | None = None,
) -> float:
    """Weighted scaled quantile loss: all quantile losses over all scales, each summed over windows.

    `sum_w 2 mean_q mean_h pinball / sum_w scale`; no unit; 0 is best. A window counts by its scale,
    so that series in which hardly anything happens neither divide by nearly zero nor decide. At the
    single level 0.5 it is a mean absolute error relative to the mean scale.

    Args:
        actual: (windows, horizon), in the target's unit.
        quantiles: (windows, horizon, levels), in the target's unit.
        levels: The level of each of the last axis' entries, each within (0, 1).
        scale: (windows,), the `seasonal_scale` of each window's training rows, 0 where it has none.
        observed: (windows, horizon); False where the actual value is not known.

    Source:
        Sums over sums instead of means of ratios, for intermittent demand: Kolassa and Schuetz
        2007, "Advantages of the MAD/Mean ratio over the MAPE", Foresight 6; the scaled quantile
        loss of the M5 competition (Makridakis, Spiliotis, Assimakopoulos et al. 2022, "The M5
        uncertainty competition", Int. J. of Forecasting 38(4), equation 2).
    """
    above = actual[..., None] - quantiles
    level = np.asarray(levels, dtype=np.float64)
    pinball = 2 * np.maximum(level * above, (level - 1.0) * above)
    losses = _window_means(pinball.mean(axis=-1), actual, observed)
    seen = _seen(actual, observed)
    total = float(scale[seen].sum())
    return float(losses[seen].sum()) / (total if total > 0 else max(int(seen.sum()), 1))


def coverage(actual: Floats, lower: Floats, upper: Floats, observed: Mask | None = None) -> float:
    """Coverage: the share of actual values within the interval, bounds included; 0 to 1.

    Args:
        actual: (windows, horizon), in the target's unit.
        lower: (windows, horizon), lower bounds, such as the 0.1 quantile.
        upper: (windows, horizon), upper bounds, such as the 0.9 quantile.
        observed: (windows, horizon); False where the actual value is not known.

    Source:
        Gneiting, Balabdaoui and Raftery 2007, JRSS B 69(2), section 3.
    """
    inside = ((lower <= actual) & (actual <= upper)).astype(np.float64)
    inside[np.isnan(lower) | np.isnan(upper)] = np.nan
    return _mean_of_windows(inside, actual, observed)


def seasonal_scale(values: Floats, period: int, observed: Mask | None = None) -> float:
    """Mean absolute seasonal difference of a training series: the denominator of MASE.

    `mean_t |y_t - y_(t-m)|`, over pairs of steps that were both observed, in the target's unit.
    Where no such pair is there (a series no longer than the period) or the series repeats
    itself to within rounding (a clean sine), the step-to-step difference (m = 1) takes its
    place; a constant series, or fewer than two values, gives 0: its MASE is undefined.

    Args:
        values: (steps,), the training rows of one series alone; NaN counts as not observed.
        period: m, the seasonal period in steps, 1 for none.
        observed: (steps,); False where a value was filled in.

    Example:
        >>> seasonal_scale(np.array([1.0, 2.0, 4.0, 8.0]), period=2)
        4.5

    Source:
        Hyndman and Koehler 2006, equation 3; the seasonal form is that of the M4 competition.
    """
    known = _observed(values, observed)
    by_step = _lagged_difference(values, known, 1)
    by_season = _lagged_difference(values, known, period)
    scale = by_season if by_season > 1e-9 * by_step else by_step
    largest = float(np.abs(values[known]).max()) if known.any() else 0.0
    return scale if scale > 1e-14 * largest else 0.0


def owa(smape: float, mase: float, naive_smape: float, naive_mase: float) -> float:
    """Overall weighted average: the mean of sMAPE and MASE, each relative to Naive2's.

    `(sMAPE / sMAPE_Naive2 + MASE / MASE_Naive2) / 2`; no unit; 1 is as good as Naive2.

    Args:
        smape: The forecast's mean sMAPE over all series.
        mase: The forecast's mean MASE over all series.
        naive_smape: Naive2's mean sMAPE over the same series (M4 hourly: 18.383).
        naive_mase: Naive2's mean MASE over the same series (M4 hourly: 2.395).

    Source:
        Makridakis, Spiliotis and Assimakopoulos 2020, section 3.
    """
    return (smape / naive_smape + mase / naive_mase) / 2.0


def _lagged_difference(values: Floats, known: Mask, lag: int) -> float:
    pairs = known[lag:] & known[:-lag]
    if not pairs.any():
        return 0.0
    return float(np.abs(values[lag:] - values[:-lag])[pairs].mean())


def _observed(actual: Floats, observed: Mask | None) -> Mask:
    present = np.logical_not(np.isnan(actual))
    return present if observed is None else np.logical_and(present, observed)


def _scaled_errors(
    actual: Floats, forecast: Floats, scale: Floats, observed: Mask | None
) -> tuple[Floats, Mask]:
    """Return the MASE of each window that has a scale, and whether anything of it was observed."""
    errors = _window_means(np.abs(actual - forecast), actual, observed)
    usable = np.isfinite(scale) & (scale > 0)
    return errors[usable] / scale[usable], _seen(actual, observed)[usable]


def _seen(actual: Floats, observed: Mask | None) -> Mask:
    """Return (windows,) whether anything was observed in the window."""
    return np.asarray(_observed(actual, observed).any(axis=1))


def _window_means(losses: Floats, actual: Floats, observed: Mask | None) -> Floats:
    """Return (windows,) the mean loss over each window's observed steps, NaN where none was."""
    known = _observed(actual, observed)
    total = np.where(known, losses, 0.0).sum(axis=1)
    count = known.sum(axis=1)
    means: Floats = np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
    return means


def _mean_of_known(by_window: Floats, seen: Mask) -> float:
    return float(by_window[seen].mean()) if seen.any() else float("nan")


def _mean_of_windows(losses: Floats, actual: Floats, observed: Mask | None) -> float:
    return _mean_of_known(_window_means(losses, actual, observed), _seen(actual, observed))
