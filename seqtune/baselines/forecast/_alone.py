"""Methods as a combination takes them: one history, and perhaps its logarithms.

A regression that learns from all series learns here from the windows of the one history.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from seqtune.baselines.forecast import ridge
from seqtune.baselines.method import Floats, Levels, Periods
from seqtune.baselines.window_batch import WindowBatch

SEASONS = 2
"""Seasons of history that a window holds."""

LEAST_REACH = 8

Alone = Callable[[Floats, int, Periods, Levels], Floats]
"""From a history, (steps,), to (horizon, 1 + levels), NaN where there is no answer."""


def of_logarithms(method: Alone) -> Alone:
    """Return the method on logarithms: what it adds then multiplies.

    They are of the history in units of its last value. A median of logarithms is the logarithm of
    the median, and so are all quantiles; the point forecast is a median too. There is no answer
    where a value is not above zero.
    """

    def forecast(history: Floats, horizon: int, periods: Periods, levels: Levels) -> Floats:
        if history.min() <= 0.0:
            return np.full((horizon, 1 + len(levels)), np.nan)
        unit = history[-1]
        with np.errstate(over="ignore"):
            said = method(np.log(history / unit), horizon, periods, levels)
            found: Floats = np.exp(said) * unit
        return np.where(np.isfinite(found), found, np.nan)

    return forecast


def by_ridge(history: Floats, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Forecast by a ridge regression for each step ahead, on the windows of this history.

    A window reaches over two seasons.
    """
    known = tuple(each for each in periods if 2 * each + horizon < len(history))
    reach = max(SEASONS * max(known, default=0) + 1, LEAST_REACH)
    windows = len(history) - reach - horizon + 1
    if windows < ridge.MIN_WINDOWS:
        return np.full((horizon, 1 + len(levels)), np.nan)
    rows = sliding_window_view(history, reach + horizon)
    last = history[None, -reach:]
    batch = WindowBatch.of_values(np.concatenate([rows[:, :reach], last]), horizon)
    predict = ridge.fit(batch[:windows], rows[:, reach:], known, levels, seed=0)
    (found,) = predict(batch[windows:])
    return np.asarray(found, np.float64)
