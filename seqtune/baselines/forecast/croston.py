"""Croston's method: how much is wanted at a time, over how long it takes until it is.

For intermittent demand: sizes of the values that are not zero, and the steps between them, are
smoothed apart (statsforecast, smoothing 0.1), and every step ahead is their ratio. Its bias is
corrected as Syntetos and Boylan do, (1 - 0.1 / 2), where a history has zeros at all. The deviation
is that of the in-sample errors of one step. Where no value differs from zero, zero goes on.

It is left out where `baselines.methods` is auto and the data is not intermittent.

Source:
    Croston 1972, Operational Research Quarterly 23(3); Syntetos and Boylan 2005, "The accuracy of
    intermittent demand estimates", Int. J. of Forecasting 21(2); intermittent is what waits 1.32
    steps or more for a demand: Syntetos, Boylan and Croston 2005, J. of the Operational Research
    Society 56(5).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from seqtune.baselines.forecast._intervals import residual_deviation, with_quantiles
from seqtune.baselines.method import Floats, Histories, Levels, Periods

INTERMITTENT_INTERVAL = 1.32
"""Mean steps from one demand to the next."""


def suits(histories: Sequence[Floats]) -> bool:
    """Say whether data is intermittent: at least half of the histories that have any demand.

    Args:
        histories: A (steps,) array for each of some windows.

    Example:
        >>> suits([np.array([0.0, 0.0, 3.0, 0.0])]), suits([np.array([2.0, 1.0, 3.0])])
        (True, False)
    """
    with_demand = [history for history in histories if (history != 0).any()]
    intermittent = [
        history.min() >= 0 and len(history) >= INTERMITTENT_INTERVAL * np.count_nonzero(history)
        for history in with_demand
    ]
    return bool(intermittent and 2 * sum(intermittent) >= len(intermittent))


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Forecast each history by the ratio of size and interval."""
    point, deviation = np.zeros((2, len(histories)))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for window, history in enumerate(histories):
            values = np.array(history, dtype=np.float64)
            point[window], deviation[window] = _answer(values)
    steps = np.ones(horizon)
    return with_quantiles(point[:, None] * steps, deviation[:, None] * steps, levels)


def _answer(values: Floats) -> tuple[float, float]:
    """Return the forecast of every step, and the deviation of its error."""
    from statsforecast.models import CrostonClassic, CrostonSBA

    if not values.any():
        return 0.0, 0.0
    largest = float(np.abs(values).max())
    model = CrostonClassic() if values.all() else CrostonSBA()
    answer = model.forecast(y=values / largest, h=1, fitted=True)
    residuals = values / largest - answer["fitted"]
    known = residuals[np.isfinite(residuals)]
    return float(answer["mean"][0]) * largest, residual_deviation(known) * largest
