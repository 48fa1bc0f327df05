"""Normal prediction intervals of the simple methods, for many windows at once.

Source:
    Hyndman and Athanasopoulos 2021, "Forecasting: Principles and Practice", 3rd edition,
    section 5.5 (https://otexts.com/fpp3/prediction-intervals.html), table 5.2.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from seqtune.baselines.method import Floats, Levels


def with_quantiles(point: Floats, deviation: Floats, levels: Levels) -> Floats:
    """Return the point forecasts with normal quantiles behind them.

    Args:
        point: (windows, horizon), in the target's unit.
        deviation: (windows, horizon), the standard deviation of the forecast error.
        levels: Quantile levels in ascending order, each within (0, 1).

    Returns:
        (windows, horizon, 1 + levels), float64: the point forecast, then the quantiles.
    """
    scores = np.array([NormalDist().inv_cdf(level) for level in levels], dtype=np.float64)
    quantiles = point[..., None] + deviation[..., None] * scores
    return np.concatenate([point[..., None], quantiles], axis=-1)


def residual_deviation(residuals: Floats, parameters: int = 0) -> float:
    """Return the standard deviation of the residuals about zero, 0 where too few are there.

    `sqrt(sum e^2 / (n - K))` with K parameters (FPP3, equation 5.1, with the missing residuals
    already absent). The residuals are divided by their largest before they are squared, so
    that huge values do not overflow.

    Args:
        residuals: (n,), in the target's unit.
        parameters: K, how many parameters the method estimated.
    """
    largest = float(np.abs(residuals).max()) if residuals.size else 0.0
    freedom = residuals.size - parameters
    if largest == 0.0 or freedom < 1:
        return 0.0
    scaled = residuals / largest
    return largest * float(np.sqrt(np.square(scaled).sum() / freedom))
