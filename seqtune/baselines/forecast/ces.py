"""Complex exponential smoothing (CES), its season chosen by AICc.

statsforecast's AutoCES tries no season, a simple one, a partial one and a full one. The season is
the longest period of at most 24 steps that the history holds twice.

Source:
    Svetunkov, Kourentzes and Ord 2022, "Complex exponential smoothing", Naval Research Logistics
    69(8).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqtune.baselines.forecast._statsforecast import forecast_each, longest_period
from seqtune.baselines.method import Floats, Histories, Levels, Periods

MAX_HISTORY = 1000
MAX_SEASON = 24


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Forecast each history by the CES model with the lowest AICc."""
    short = tuple(period for period in periods if period <= MAX_SEASON)

    def fit(history: Floats, intervals: list[float]) -> Mapping[str, Any]:
        from statsforecast.models import AutoCES

        recent = history[-MAX_HISTORY:]
        period = longest_period(short, len(recent), cycles=2)
        model = AutoCES(season_length=period)
        answer: Mapping[str, Any] = model.forecast(y=recent, h=horizon, level=intervals or None)
        return answer

    return forecast_each(histories, horizon, levels, fit)
