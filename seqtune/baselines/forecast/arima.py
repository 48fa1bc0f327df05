"""ARIMA, its orders chosen by AICc in steps, as in R's `auto.arima`.

statsforecast's AutoARIMA. The season is the longest period of at most 12 steps that the history
holds twice. The search compares models by conditional sums of squares, and the best of them is
fitted by maximum likelihood: on months that is several times quicker.

It is left out where `baselines.methods` is auto and the data is intermittent, long or many windows.

Source:
    Hyndman and Khandakar 2008, "Automatic time series forecasting: the forecast package for R",
    J. of Statistical Software 27(3), section 3.
"""

from __future__ import annotations

from typing import Any

from seqtune.baselines.forecast._short import is_short
from seqtune.baselines.forecast._statsforecast import forecast_by_model
from seqtune.baselines.method import Floats, Histories, Levels, Periods

MAX_HISTORY = 200
MAX_SEASON = 12

suits = is_short


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Forecast each history by the ARIMA model with the lowest AICc."""
    return forecast_by_model(
        histories, horizon, periods, levels, _model,
        max_history=MAX_HISTORY, max_season=MAX_SEASON,
    )  # fmt: skip


def _model(period: int) -> Any:
    from statsforecast.models import AutoARIMA

    return AutoARIMA(season_length=period, approximation=True)
