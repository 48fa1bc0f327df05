"""What an anomaly detector takes and gives.

A module defines:

    def fit(train: Sequence[Floats], period: int | None, *, seed: int) -> Scorer

`train` has a (rows, channels) array for each stretch of training rows, in order of time, NaN where
a value was not observed; there may be no rows, constant channels, and anomalies among them.
`period` is the season in rows, None where there is none. A scorer takes the rows of one stretch,
(rows, channels), and returns (rows,), float64: higher is stranger. The score of a row depends on
that row and the rows before it in the stretch alone; it is NaN where too few rows are before it, or
nothing was observed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Scorer = Callable[[Floats], Floats]
