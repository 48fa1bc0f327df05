"""TSB: the chance of a demand and its size, smoothed apart (Teunter, Syntetos and Babai).

For intermittent demand. The chance is brought up to date at every step, not only where something
is wanted, so that what is no longer wanted fades (statsforecast, both smoothed by 0.1). Quantiles:
`_intermittent.py`.

It is left out where `baselines.methods` is auto and the data is not intermittent.

Source:
    Teunter, Syntetos and Babai 2011, "Intermittent demand: Linking forecasting to inventory
    obsolescence", European J. of Operational Research 214(3).
"""

from __future__ import annotations

import numpy as np

from seqtune.baselines.forecast._intermittent import forecast_level, is_intermittent
from seqtune.baselines.method import Floats, Histories, Levels, Periods

suits = is_intermittent

SMOOTHING = 0.1
"""Of the chance and of the size."""


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Forecast each history by the chance of a demand times its size."""
    return forecast_level(histories, horizon, levels, _fit)


def _fit(values: Floats) -> tuple[float, Floats]:
    """Return the forecast of every step, and the fitted values."""
    from statsforecast.models import TSB

    answer = TSB(alpha_d=SMOOTHING, alpha_p=SMOOTHING).forecast(y=values, h=1, fitted=True)
    return float(answer["mean"][0]), np.asarray(answer["fitted"])
