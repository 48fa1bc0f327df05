"""What was never negative is not forecast to be: sales, counts, loads stay at zero or above."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.window import Windows
from seqtune.tasks.forecast.coded import CodedPanel

Floats = npt.NDArray[np.float64]


def floored(forecast: Floats, coded: CodedPanel, windows: Windows) -> Floats:
    """Lift forecasts to zero where no value before them, in the whole series, is below it.

    Args:
        forecast: (windows, horizon, quantiles), in the target's unit.
        coded: The panel.
        windows: The windows that are forecast.

    Returns:
        (windows, horizon, quantiles); windows without any history are as they were.
    """
    where = windows.series, windows.target
    has_history = windows.cut > coded.first_row[where]
    bounded = has_history & (windows.cut <= coded.first_negative[where])
    lifted: Floats = np.where(bounded[:, None, None], np.maximum(forecast, 0.0), forecast)
    return lifted
