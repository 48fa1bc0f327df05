"""Empirical: the quantiles of what the same step of the season was in the past.

For intermittent demand, whose quantiles a normal distribution misses: step h has those of the last
26 values at its place in the longest period that the history holds eight times; without such a
period, of the last 104 values. Whole numbers have quantiles that are whole numbers, none larger
than what there ever was. The point forecast is the mean of these values.

It is left out where `baselines.methods` is auto and the data is not intermittent.

Source:
    The empirical quantile, type 1 of Hyndman and Fan 1996, "Sample quantiles in statistical
    packages", The American Statistician 50(4); as a benchmark of count forecasts: Kolassa 2016,
    "Evaluating predictive count data distributions in retail sales forecasting", Int. J. of
    Forecasting 32(3).
"""

from __future__ import annotations

import numpy as np

from seqtune.baselines.forecast._intermittent import is_intermittent
from seqtune.baselines.forecast._statsforecast import longest_period
from seqtune.baselines.method import Floats, Histories, Levels, Periods

suits = is_intermittent

CYCLES = 8
"""A season must have been seen so many times: less says nothing of its quantiles."""

MAX_CYCLES = 26
"""Values of one place of the season that count."""

MAX_STEPS = 104
"""Values that count where there is no season."""


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Forecast each step by the quantiles of its place in the season."""
    rows = np.empty((len(histories), horizon, 1 + len(levels)))
    for window, history in enumerate(histories):
        values = np.asarray(history, dtype=np.float64)
        period = longest_period(periods, len(values), CYCLES)
        count = len(values) // period
        kept = min(count, MAX_CYCLES if period > 1 else MAX_STEPS)
        cycles = values[len(values) - kept * period :].reshape(kept, period)
        quantiles = np.quantile(cycles, levels, axis=0, method="inverted_cdf")  # (levels, period)
        places = np.arange(horizon) % period
        rows[window] = np.concatenate([cycles.mean(axis=0)[None], quantiles])[:, places].T
    return rows
