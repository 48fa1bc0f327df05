"""Moving z-score: how far a row is from the mean of the rows before it, in their deviations.

`|x_t - mean| / max(deviation, floor)`, over the last 32 rows, or the last season where that is
longer (at most 1,000 rows), the row itself left out; the floor is a tenth of the channel's robust
deviation in training, so that after a calm stretch not everything is strange. Of several channels
the largest counts. The first rows, with less than 8 known values before them, have no score.

Source:
    A Shewhart chart with a moving reference: Montgomery 2019, "Introduction to statistical quality
    control", 8th edition, section 6.4.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqtune.baselines.anomaly._units import center_and_unit, largest, stacked
from seqtune.baselines.method import Floats, Predict

ALWAYS = True
SHORTEST, LONGEST = 32, 1000
LEAST = 8
FLOOR = 0.1
FARTHEST = 1e4
"""Deviations that a row counts for at most in the mean of the rows after it: the running sums would
lose the digits of all that follows."""


def fit(train: Sequence[Floats], period: int | None, *, seed: int) -> Predict:
    """Measure the channels.

    Args:
        train: (rows, channels) of each stretch, NaN where not observed.
        period: Season in rows, None where there is none.
        seed: Not used.

    Returns:
        From (rows, channels) to (rows,), float64.
    """
    center, unit = center_and_unit(stacked(train))
    window = min(max(SHORTEST, period or 0), LONGEST)

    def score(values: Floats) -> Floats:
        if not len(values):
            return np.empty(0)
        scaled = (values - center) / unit
        known = np.isfinite(scaled)
        filled = np.where(known, scaled, 0.0).clip(-FARTHEST, FARTHEST)
        count = _sums(known.astype(np.float64), window)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = _sums(filled, window) / count
            variance = _sums(filled**2, window) / count - mean**2
        deviation = np.sqrt(np.maximum(variance, FLOOR**2))
        errors = np.abs(scaled - mean) / deviation
        return largest(np.where(known & (count >= LEAST), errors, np.nan))

    return score


def _sums(values: Floats, window: int) -> Floats:
    """Return the sums over the rows before each row, `window` of them at most."""
    total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    row = np.arange(len(values))
    return np.asarray(total[row] - total[np.maximum(row - window, 0)])
