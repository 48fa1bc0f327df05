"""IMAPA: the mean of forecasts from demand added up over every number of steps to its interval.

For intermittent demand: as `adida`, over one step, two, up to the mean interval of demands, and
averaged (statsforecast). Quantiles: `_intermittent.py`.

It is left out where `baselines.methods` is auto and the data is not intermittent.

Source:
    Petropoulos and Kourentzes 2015, "Forecast combinations for intermittent demand", J. of the
    Operational Research Society 66(6).
"""

from __future__ import annotations

import numpy as np

from seqtune.baselines.forecast._intermittent import forecast_level, is_intermittent
from seqtune.baselines.method import Floats, Histories, Levels, Periods

suits = is_intermittent


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Forecast each history by sums over several numbers of steps."""
    return forecast_level(histories, horizon, levels, _fit)


def _fit(values: Floats) -> tuple[float, Floats]:
    """Return the forecast of every step, and the fitted values."""
    from statsforecast.models import IMAPA

    answer = IMAPA().forecast(y=values, h=1)
    return float(answer["mean"][0]), np.full(len(values), values.mean())
