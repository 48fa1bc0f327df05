"""Forecasts as they are given out: what never was is not below zero, sparse counts are whole."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.window import Windows
from seqtune.tasks.forecast.coded import CodedPanel
from seqtune.tasks.forecast.counts import rounded

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


def given_out(forecast: Floats, coded: CodedPanel, windows: Windows) -> Floats:
    """Return quantiles as they are given out: not below zero, whole numbers of sparse counts.

    Args:
        forecast: (windows, horizon, quantiles), in the target's unit.
        coded: The panel.
        windows: The windows that are forecast.
    """
    lifted = floored(forecast, coded, windows)
    return rounded(lifted) if coded.counts else lifted
