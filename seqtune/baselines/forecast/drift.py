"""Drift: the straight line through the first and the last value goes on.

Step h is y_T + h * (y_T - y_1) / (T - 1); its deviation is sigma * sqrt(h * (1 + h / (T - 1))),
with sigma that of the step-to-step differences about the slope, the one estimated parameter.

Source:
    Hyndman and Athanasopoulos 2021, "Forecasting: Principles and Practice", 3rd edition,
    sections 5.2 and 5.5.
"""

from __future__ import annotations

import numpy as np

from seqtune.baselines.forecast._intervals import residual_deviation, with_quantiles
from seqtune.baselines.method import Floats, Histories, Levels, Periods

ALWAYS = True


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Continue each history along its mean slope."""
    changes = np.array([max(len(history) - 1, 1) for history in histories], dtype=np.float64)
    last = np.array([history[-1] for history in histories], dtype=np.float64)
    first = np.array([history[0] for history in histories], dtype=np.float64)
    slope = (last - first) / changes  # (windows,)
    residuals = [np.diff(history) - rise for history, rise in zip(histories, slope, strict=True)]
    sigma = np.array([residual_deviation(each, parameters=1) for each in residuals])
    step = np.arange(1, horizon + 1, dtype=np.float64)
    deviation = sigma[:, None] * np.sqrt(step * (1.0 + step / changes[:, None]))
    return with_quantiles(last[:, None] + step * slope[:, None], deviation, levels)
