"""Complex exponential smoothing (CES), its season chosen by AICc.

statsforecast's AutoCES tries no season, a simple one, a partial one and a full one. The season is
the longest period of at most 24 steps that the history holds twice.

The library adds noise to the last states, and simulates 5,000 paths for its intervals, which takes
ten times as long as all else. A forecast is a linear function of these states: its deviation is
worked out here, and is the one that the paths have.

It is left out where `baselines.methods` is auto and the data is intermittent, long or many windows.

Source:
    Svetunkov, Kourentzes and Ord 2022, "Complex exponential smoothing", Naval Research Logistics
    69(8).
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import numpy as np

from seqtune.baselines.forecast._short import is_short
from seqtune.baselines.forecast._statsforecast import forecast_each, longest_period
from seqtune.baselines.method import Floats, Histories, Levels, Periods

MAX_HISTORY = 1000
MAX_SEASON = 24

suits = is_short


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Forecast each history by the CES model with the lowest AICc."""
    short = tuple(period for period in periods if period <= MAX_SEASON)

    def fit(history: Floats, intervals: list[float]) -> Mapping[str, Any]:
        from statsforecast.models import AutoCES

        recent = history[-MAX_HISTORY:]
        period = longest_period(short, len(recent), cycles=2)
        fitted = AutoCES(season_length=period).fit(y=recent)
        if not isinstance(fitted, AutoCES):  # values that never change have no states
            return dict(fitted.predict(h=horizon, level=intervals or None))
        mean = fitted.predict(h=horizon)["mean"]
        deviation = deviations(fitted, mean)
        answer = {"mean": mean}
        for centre in intervals:
            half = NormalDist().inv_cdf(0.5 + centre / 200.0) * deviation
            answer |= {f"lo-{centre}": mean - half, f"hi-{centre}": mean + half}
        return answer

    return forecast_each(histories, horizon, levels, fit)


def deviations(fitted: Any, mean: Floats) -> Floats:
    """Return the standard deviation of each step ahead, (horizon,).

    Each of the states that a forecast begins with has an error as large as a residual.

    Args:
        fitted: A model of the library.
        mean: (horizon,), its forecast.
    """
    model, variance = fitted.model_, np.zeros(len(mean))
    states, first, sigma = model["states"], model["n"], np.sqrt(model["sigma2"])
    try:
        for row in range(first, first + model["m"]):
            for column in range(states.shape[1]):
                moved = states.copy()
                moved[row, column] += sigma
                model["states"] = moved
                variance += (fitted.predict(h=len(mean))["mean"] - mean) ** 2
    finally:
        model["states"] = states
    return np.asarray(np.sqrt(variance), np.float64)
