"""Complex exponential smoothing (CES), its season chosen by AICc.

statsforecast's AutoCES tries no season, a simple one, a partial one and a full one. The season is
the longest period of at most 24 steps that the history holds twice.

It is left out where `baselines.methods` is auto and the data is intermittent, long or many windows.

Source:
    Svetunkov, Kourentzes and Ord 2022, "Complex exponential smoothing", Naval Research Logistics
    69(8).
"""

from __future__ import annotations

from typing import Any

from seqtune.baselines.forecast._short import is_short
from seqtune.baselines.forecast._statsforecast import forecast_by_model
from seqtune.baselines.method import Floats, Histories, Levels, Periods

MAX_HISTORY = 1000
MAX_SEASON = 24

suits = is_short


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Forecast each history by the CES model with the lowest AICc."""
    return forecast_by_model(
        histories, horizon, periods, levels, _model,
        max_history=MAX_HISTORY, max_season=MAX_SEASON,
    )  # fmt: skip


def _model(period: int) -> Any:
    from statsforecast.models import AutoCES

    return AutoCES(season_length=period)
