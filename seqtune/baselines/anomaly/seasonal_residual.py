"""Seasonal residual: how far a row is from what the last seasons and the row before lead to expect.

The seasonal part s_t is the median of the same row in the last three seasons (as many as there
are), so that an anomaly does not come back a season later. The row before corrects it:
`expected = s_t + w (x_(t-1) - s_(t-1))`, a blend of the seasonal naive forecast (w = 0) and the
naive one on what the season leaves over (w = 1). Each channel has the w of 0, 0.25, 0.5, 0.75 and 1
whose median absolute residual in training is smallest. The score is the residual's size in units
of its robust deviation in training, the largest of the channels. Without a season s_t is 0 and w is
1: the naive forecast. Rows of the first season have no score.

Source:
    Hyndman and Athanasopoulos 2021, "Forecasting: Principles and Practice", 3rd edition, sections
    5.2 (the forecasts) and 13.9 (outliers by their remainder).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqtune.baselines.anomaly._units import center_and_unit, deviations, largest, stacked
from seqtune.baselines.method import Floats, Predict

ALWAYS = True
BLENDS = False
SEASONS = 3
WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
MIN_UNIT = 1e-3
"""Unit of the residuals at least, in units of the channel: of a series that repeats itself."""


def fit(train: Sequence[Floats], period: int | None, *, causal: bool, seed: int) -> Predict:
    """Choose the weight of the row before, and measure the residuals."""
    lag = period if period is not None and period > 1 else None
    values = stacked(train)
    _, channel_unit = center_and_unit(values)
    candidates = WEIGHTS if lag is not None else (1.0,)
    residuals = [
        stacked([_residuals(part, lag, np.full(values.shape[1], weight)) for part in train])
        for weight in candidates
    ]
    sizes = np.array([_median_size(each) for each in residuals])  # (weights, channels)
    best = sizes.argmin(axis=0) if sizes.size else np.empty(0, np.int64)
    weights = np.array(candidates)[best]
    chosen = stacked([_residuals(part, lag, weights) for part in train])
    unit = np.maximum(deviations(chosen), MIN_UNIT * channel_unit)
    unit[unit == 0.0] = 1.0  # of the smallest numbers that there are, a thousandth is nothing

    def score(values: Floats) -> Floats:
        return largest(np.abs(_residuals(values, lag, weights)) / unit)

    return score


def _residuals(values: Floats, lag: int | None, weights: Floats) -> Floats:
    """Return what is not expected: (rows, channels), NaN where nothing could be expected."""
    seasonal = np.zeros(values.shape) if lag is None else _seasonal(values, lag)
    left = values - seasonal
    before = np.full(values.shape, np.nan)
    before[1:] = left[:-1]
    # Where the row before is not known, the season alone is expected.
    fallback = np.nan if lag is None else 0.0
    correction = np.where(np.isfinite(before), weights * before, fallback)
    return left - correction


def _seasonal(values: Floats, lag: int) -> Floats:
    """Return the median of the same row in the last seasons: (rows, channels), NaN where none."""
    shifted = np.full((SEASONS, *values.shape), np.nan)
    for number in range(1, SEASONS + 1):
        if number * lag < len(values):
            shifted[number - 1, number * lag :] = values[: -number * lag]
    shifted.sort(axis=0)  # NaN last
    known = np.isfinite(shifted).sum(axis=0)
    upper = np.take_along_axis(shifted, np.maximum(known // 2, 0)[None] % SEASONS, axis=0)[0]
    lower = np.take_along_axis(shifted, np.maximum((known - 1) // 2, 0)[None], axis=0)[0]
    return np.where(known > 0, (lower + upper) / 2.0, np.nan)


def _median_size(residuals: Floats) -> Floats:
    """Return the median size of each channel's residuals, infinite where there is none."""
    sizes = np.full(residuals.shape[1], np.inf)
    for channel in range(residuals.shape[1]):
        known = residuals[np.isfinite(residuals[:, channel]), channel]
        if len(known):
            sizes[channel] = np.median(np.abs(known))
    return sizes
