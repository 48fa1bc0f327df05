"""Moving z-score: how far a row is from the mean of the rows before it, in their deviations.

`|x_t - mean| / max(deviation, floor)`, over the last 32 rows, or the last season where that is
longer (at most 1,000 rows), the row itself left out; the floor is a tenth of the channel's robust
deviation in training, so that after a calm segment not everything is strange. Of several channels
the largest counts. The first rows, with less than 8 known values before them, have no score.

Source:
    A Shewhart chart with a moving reference: Montgomery 2019, "Introduction to statistical quality
    control", 8th edition, section 6.4.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from seqtune.baselines.anomaly._units import center_and_unit, largest, stacked
from seqtune.baselines.method import Floats, Predict

ALWAYS = True
BLENDS = False
MIN_WINDOW, MAX_WINDOW = 32, 1000
MIN_KNOWN = 8
MIN_DEVIATION = 0.1
MAX_DEVIATIONS = 1e4
"""Deviations that a row counts for at most in the mean of the rows after it: the running sums would
lose the digits of all that follows."""


def fit(train: Sequence[Floats], period: int | None, *, causal: bool, seed: int) -> Predict:
    """Measure the channels."""
    center, unit = center_and_unit(stacked(train))
    window = min(max(MIN_WINDOW, period or 0), MAX_WINDOW)

    def score(values: Floats) -> Floats:
        scaled = (values - center) / unit
        near = pd.DataFrame(scaled).clip(-MAX_DEVIATIONS, MAX_DEVIATIONS)
        before = near.shift(1).rolling(window, min_periods=MIN_KNOWN)
        mean, deviation = before.mean().to_numpy(), before.std(ddof=0).to_numpy()
        return largest(np.abs(scaled - mean) / np.maximum(deviation, MIN_DEVIATION))

    return score
