"""Moving deviation: how far the last rows were, all together, from what is usual.

The root mean square of `(x - median) / deviation` over a window of three seasons (see
`_windows.py`) and over all channels, with each channel's median and robust deviation in training.
A level that stays high, a season that grows and a burst of noise all raise it; a single row hardly
does.

Source:
    Iglewicz and Hoaglin 1993, "How to detect and handle outliers", ASQC, section 3.3: z-scores by
    the median and the median absolute deviation; here their moving root mean square.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqtune.baselines.anomaly._windows import Windows
from seqtune.baselines.method import Floats, Predict

ALWAYS = True
SEASONS = 3


def fit(train: Sequence[Floats], period: int | None, *, causal: bool, seed: int) -> Predict:
    """Measure the channels."""
    windows = Windows.fitted(train, period, SEASONS)

    def score(flat: Floats) -> Floats:
        return np.asarray(np.sqrt(np.mean(flat**2, axis=1)))

    return windows.scorer(score, causal=causal)
