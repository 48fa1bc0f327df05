"""What the methods for intermittent demand share: when they are meant, and whole-number quantiles.

Source:
    Intermittent is what waits 1.32 steps or more for a demand: Syntetos, Boylan and Croston 2005,
    "On the categorization of demand patterns", J. of the Operational Research Society 56(5).
    Negative binomial quantiles of demand: Syntetos and Boylan 2006, "On the stock control
    performance of intermittent demand estimators", Int. J. of Production Economics 103(1).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

import numpy as np
from scipy.stats import nbinom, poisson  # type: ignore[import-untyped]

from seqtune.baselines.forecast._intervals import residual_deviation, with_quantiles
from seqtune.baselines.method import Floats, Histories, Levels

INTERMITTENT_INTERVAL = 1.32
"""Mean steps from one demand to the next."""

Model = Callable[[Floats], tuple[float, Floats]]
"""From a history, at most 1, to the forecast of every step and to its fitted values."""


def is_intermittent(histories: Sequence[Floats]) -> bool:
    """Say whether data is intermittent: at least half of the histories that have any demand.

    Args:
        histories: A (steps,) array for each of some windows.

    Example:
        >>> is_intermittent([np.array([0.0, 0.0, 3.0, 0.0])])
        True
    """
    with_demand = [history for history in histories if (history != 0).any()]
    intermittent = [
        history.min() >= 0 and len(history) >= INTERMITTENT_INTERVAL * np.count_nonzero(history)
        for history in with_demand
    ]
    return bool(intermittent and 2 * sum(intermittent) >= len(intermittent))


def forecast_level(histories: Histories, horizon: int, levels: Levels, fit: Model) -> Floats:
    """Forecast each history by one level for all steps ahead.

    Quantiles of whole numbers, zeros among them and none below, are those of a negative binomial
    distribution with this mean and the variance of the history about its own mean, of a Poisson
    distribution where that is no larger; all others are normal, by the in-sample errors.

    Args:
        histories: A (steps,) array per window, without NaN.
        horizon: Steps ahead.
        levels: Quantile levels in ascending order.
        fit: Forecasts one of them; where it has no answer, NaN.

    Returns:
        (windows, horizon, 1 + levels), float64: the point forecast, then the quantiles.
    """
    rows = np.zeros((len(histories), 1 + len(levels)))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for window, history in enumerate(histories):
            values = np.array(history, dtype=np.float64)
            if values.any():
                rows[window] = _answer(values, levels, fit)
    return np.repeat(rows[:, None], horizon, axis=1)


def count_quantiles(mean: float, variance: float, levels: Levels) -> Floats:
    """Return whole-number quantiles of a count, (levels,).

    Args:
        mean: Its mean, above zero.
        variance: Its variance; no less than the mean is believed.
        levels: Quantile levels.

    Example:
        >>> count_quantiles(0.2, 0.3, (0.1, 0.5, 0.9))
        array([0., 0., 1.])
    """
    if variance <= mean * 1.001:
        quantiles: Floats = poisson.ppf(levels, mean)
    else:
        quantiles = nbinom.ppf(levels, mean**2 / (variance - mean), mean / variance)
    return np.asarray(quantiles, np.float64)


def _answer(values: Floats, levels: Levels, fit: Model) -> Floats:
    """Return the point forecast and the quantiles of one history that is not all zero."""
    largest = float(np.abs(values).max())
    # the library says "no" with exceptions of every kind
    try:
        point, fitted = fit(values / largest)
    except Exception:
        return np.full(1 + len(levels), np.nan)
    if values.min() == 0 and largest < 1e9 and not (values % 1).any():
        mean = max(point * largest, 1e-9)
        # as much more, or less, than in the history as the mean is
        variance = float(values.var()) * mean / max(float(values.mean()), 1e-9)
        return np.append(point * largest, count_quantiles(mean, variance, levels))
    residuals = values / largest - fitted
    deviation = residual_deviation(residuals[np.isfinite(residuals)]) * largest
    at, wide = np.array([[point * largest]]), np.array([[deviation]])
    return np.asarray(with_quantiles(at, wide, levels)[0, 0])
