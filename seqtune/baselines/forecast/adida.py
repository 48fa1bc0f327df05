"""ADIDA: demand is added up over its mean interval, smoothed, and spread out again.

For intermittent demand: sums over so many steps as lie between two demands have few zeros, and are
forecast by exponential smoothing (statsforecast). Quantiles: `_intermittent.py`.

It is left out where `baselines.methods` is auto and the data is not intermittent.

Source:
    Nikolopoulos, Syntetos, Boylan, Petropoulos and Assimakopoulos 2011, "An
    aggregate-disaggregate intermittent demand approach (ADIDA) to forecasting", J. of the
    Operational Research Society 62(3).
"""

from __future__ import annotations

import numpy as np

from seqtune.baselines.forecast._intermittent import forecast_level, is_intermittent
from seqtune.baselines.method import Floats, Histories, Levels, Periods

suits = is_intermittent


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Forecast each history by sums over its mean interval."""
    return forecast_level(histories, horizon, levels, _fit)


def _fit(values: Floats) -> tuple[float, Floats]:
    """Return the forecast of every step, and the fitted values."""
    from statsforecast.models import ADIDA

    answer = ADIDA().forecast(y=values, h=1)
    return float(answer["mean"][0]), np.full(len(values), values.mean())
