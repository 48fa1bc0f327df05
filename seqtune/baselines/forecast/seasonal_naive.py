"""Seasonal naive: the last season goes on.

Step h repeats the value of the same season in the last period m, the shortest of the seasonal
periods; its deviation is sigma * sqrt(k + 1), with k = floor((h - 1) / m) and sigma that of the
seasonal differences y_t - y_(t-m). A history no longer than the period is forecast with m = 1,
the naive method.

Source:
    Hyndman and Athanasopoulos 2021, "Forecasting: Principles and Practice", 3rd edition,
    sections 5.2 and 5.5. The shortest period is the one that the M4 competition uses (24 for
    hourly series).
"""

from __future__ import annotations

import numpy as np

from seqtune.baselines.forecast._intervals import residual_deviation, with_quantiles
from seqtune.baselines.method import Floats, Histories, Levels, Periods

ALWAYS = True


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Repeat the last season of each history."""
    shortest = min(periods, default=1)
    period = np.array([shortest if len(history) > shortest else 1 for history in histories])
    point = np.empty((len(histories), horizon))
    sigma = np.empty(len(histories))
    for window, (history, lag) in enumerate(zip(histories, period, strict=True)):
        values = np.asarray(history, dtype=np.float64)
        point[window] = np.resize(values[-lag:], horizon)
        sigma[window] = residual_deviation(values[lag:] - values[:-lag])
    seasons = np.arange(horizon) // period.reshape(-1, 1) + 1  # (windows, horizon): k + 1
    return with_quantiles(point, sigma[:, None] * np.sqrt(seasons), levels)
