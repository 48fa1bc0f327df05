"""Naive: the last value goes on.

Every step of the forecast is y_T; the deviation of step h is sigma * sqrt(h), with sigma that
of the step-to-step differences.

Source:
    Hyndman and Athanasopoulos 2021, "Forecasting: Principles and Practice", 3rd edition,
    sections 5.2 and 5.5.
"""

from __future__ import annotations

from seqtune.baselines.forecast import seasonal_naive
from seqtune.baselines.method import Floats, Histories, Levels, Periods

ALWAYS = True


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Repeat the last value of each history."""
    return seasonal_naive.forecast(histories, horizon, (1,), levels)
