"""Croston's method: how much is wanted at a time, over how long it takes until it is.

For intermittent demand: sizes of the values that are not zero, and the steps between them, are
smoothed apart (statsforecast, smoothing 0.1), and every step ahead is their ratio. Its bias is
corrected as Syntetos and Boylan do, (1 - 0.1 / 2), where a history has zeros at all. Where no
value differs from zero, zero goes on. Quantiles: `_intermittent.py`.

It is left out where `baselines.methods` is auto and the data is not intermittent.

Source:
    Croston 1972, Operational Research Quarterly 23(3); Syntetos and Boylan 2005, "The accuracy of
    intermittent demand estimates", Int. J. of Forecasting 21(2).
"""

from __future__ import annotations

import numpy as np

from seqtune.baselines.forecast._intermittent import forecast_level, is_intermittent
from seqtune.baselines.method import Floats, Histories, Levels, Periods

suits = is_intermittent


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Forecast each history by the ratio of size and interval."""
    return forecast_level(histories, horizon, levels, _fit)


def _fit(values: Floats) -> tuple[float, Floats]:
    """Return the forecast of every step, and the fitted values."""
    from statsforecast.models import CrostonClassic, CrostonSBA

    model = CrostonClassic() if values.all() else CrostonSBA()
    answer = model.forecast(y=values, h=1, fitted=True)
    return float(answer["mean"][0]), np.asarray(answer["fitted"])
