"""Calendar features of regular time steps: where each step stands in the day, week and year."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.data.grid import Grid

STEPS_LOOKED_AT = 8
"""The usual distance between steps shows over so many: business days pass a weekend, once."""


def calendar_features(grid: Grid, first: int, count: int) -> npt.NDArray[np.float32]:
    """Return sine and cosine of the cycles that a step of this frequency can tell apart.

    Hours and shorter steps have the time of day, days and shorter ones the day of the week, and
    all but yearly ones the time of the year. Integer steps have no calendar.

    Args:
        grid: The time axis.
        first: Grid step of the first row.
        count: Number of steps.

    Returns:
        (count, features) float32 in -1 … 1; no features for integer steps.

    Source:
        Cyclic encoding as in Salinas et al., DeepAR, arXiv 1704.04110, section 3.4, by angle.
    """
    if grid.frequency == "step" or count <= 0:
        return np.empty((max(count, 0), 0), np.float32)
    some = max(count, STEPS_LOOKED_AT)
    times = pd.DatetimeIndex(grid.times(np.arange(first, first + some, dtype=np.int64)))
    distance = float(np.median(np.diff(times.to_numpy()).astype("timedelta64[s]").astype(float)))
    times = times[:count]
    seconds = times.hour * 3600 + times.minute * 60 + times.second
    day = 86_400.0
    cycles: list[npt.NDArray[np.float64]] = []
    if distance < day:
        cycles.append(np.asarray(seconds / day))
    if distance <= day:
        cycles.append(np.asarray((times.dayofweek + seconds / day) / 7))
    if distance < 360 * day:
        cycles.append(np.asarray((times.dayofyear - 1) / 365.25))
    if not cycles:
        return np.empty((count, 0), np.float32)
    angles = 2 * np.pi * np.stack(cycles, axis=1)  # (count, cycles)
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)
