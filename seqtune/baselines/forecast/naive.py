"""Naive: the last value goes on.

Every step of the forecast is y_T; the deviation of step h is sigma * sqrt(h), with sigma that
of the step-to-step differences.

Source:
    Hyndman and Athanasopoulos 2021, "Forecasting: Principles and Practice", 3rd edition,
    sections 5.2 and 5.5.
"""

from __future__ import annotations

from collections.abc import Sequence

from seqtune.baselines.forecast import seasonal_naive
from seqtune.baselines.forecast._intervals import Floats

ALWAYS = True


def forecast(
    histories: Sequence[Floats],
    horizon: int,
    periods: tuple[int, ...],
    levels: tuple[float, ...],
) -> Floats:
    """Repeat the last value of each history.

    Args:
        histories: A (steps,) array per window, at least one step long, without NaN.
        horizon: Steps ahead.
        periods: Seasonal periods; not used.
        levels: Quantile levels in ascending order.

    Returns:
        (windows, horizon, 1 + levels), float64: the point forecast, then the quantiles.
    """
    return seasonal_naive.forecast(histories, horizon, (1,), levels)
