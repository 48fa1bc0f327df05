"""Exponential smoothing (ETS), its form chosen by AICc.

statsforecast's AutoETS chooses error, trend and season by AICc. Its cost and its parameters grow
with the period, so the season is the longest period of at most 24 steps that the history holds
twice; longer ones are left to `mstl`, and where no other is there the model has no season. Up to
12 steps all forms are tried ("ZZZ"); from 13 to 24 the additive ones alone ("AZA"), which took
0.16 s instead of 0.53 s for a series of 850 steps (M4 hourly, one core).

Source:
    Hyndman, Koehler, Ord and Snyder 2008, "Forecasting with Exponential Smoothing"; Hyndman and
    Khandakar 2008, J. of Statistical Software 27(3), section 2; the limit of 24 steps is that of
    their R package `forecast`.
"""

from __future__ import annotations

from typing import Any

from seqtune.baselines.forecast._statsforecast import forecast_by_model
from seqtune.baselines.method import Floats, Histories, Levels, Periods

MAX_HISTORY = 1000
MAX_SEASON = 24
MAX_FULL_SEARCH = 12


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Forecast each history by the ETS model with the lowest AICc."""
    return forecast_by_model(
        histories, horizon, periods, levels, _model,
        max_history=MAX_HISTORY, max_season=MAX_SEASON,
    )  # fmt: skip


def _model(period: int) -> Any:
    from statsforecast.models import AutoETS

    return AutoETS(season_length=period, model=_form(period))


def _form(period: int) -> str:
    """Return the forms to try, as error, trend and season; Z is "any of them"."""
    return "ZZZ" if period <= MAX_FULL_SEARCH else "AZA"
