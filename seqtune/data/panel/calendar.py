"""Calendar features of regular time steps: the position of each step in the day, week and year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from seqtune.data.panel.grid import Grid

DAY = 86_400.0

CYCLES = {"day": DAY, "week": 7 * DAY, "year": 365.25 * DAY}
"""The length of each cycle of the calendar, in seconds."""

TIMES_SEEN = 2
"""Turns of a cycle that the data must cover for it to be a feature. From a single turn, a network
memorises each date (a year of hours: docs/notes/forecasting.md, "A history of hours")."""

ENOUGH = 0.999 * TIMES_SEEN
"""Two years of 365 days are two years."""

STEPS_LOOKED_AT = 8
"""Steps from which the mean distance is taken: enough for business days to pass a weekend."""


def calendar_cycles(grid: Grid, steps: int | None = None) -> tuple[str, ...]:
    """Return the cycles that steps of this frequency resolve and that the data cover often enough.

    Hours and shorter steps stand somewhere in the day, days and shorter ones in the week, and all
    but yearly ones in the year. Integer steps have no calendar.

    Args:
        grid: The time axis.
        steps: How many steps training spans; without end if None.

    Returns:
        Keys of `CYCLES`, those that `steps` hold `TIMES_SEEN` times.

    Example:
        >>> calendar_cycles(Grid("h", "2024-01-01T00:00:00"), 24 * 60)
        ('day', 'week')
    """
    if grid.frequency == "step":
        return ()
    distance = float(np.median(np.diff(_seconds(grid, np.arange(STEPS_LOOKED_AT)))))
    shortest = {"day": DAY - 1, "week": DAY, "year": 360 * DAY - 1}
    resolved = tuple(name for name in CYCLES if distance <= shortest[name])
    if steps is None:
        return resolved
    begin, end = _seconds(grid, np.array([0, steps]))
    return tuple(name for name in resolved if end - begin >= ENOUGH * CYCLES[name])


def _seconds(grid: Grid, steps: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return the times of grid steps, in seconds."""
    return grid.times(steps).astype("datetime64[s]").astype(np.float64)


def calendar_features(
    grid: Grid, first: int, count: int, cycles: Sequence[str]
) -> npt.NDArray[np.float32]:
    """Return the sines, then the cosines, of the position of each step in the cycles.

    Args:
        grid: The time axis.
        first: Grid step of the first row.
        count: Number of steps.
        cycles: Keys of `CYCLES`, from `calendar_cycles`.

    Returns:
        (count, 2 * cycles) float32 in -1 … 1.

    Source:
        Cyclic encoding as in Salinas et al., DeepAR, arXiv 1704.04110, section 3.4, by angle.
    """
    if not cycles or count <= 0:
        return np.empty((max(count, 0), 2 * len(cycles)), np.float32)
    times = pd.DatetimeIndex(grid.times(np.arange(first, first + count, dtype=np.int64)))
    day = np.asarray(times.hour * 3600 + times.minute * 60 + times.second) / DAY
    turns = {
        "day": day,
        "week": (np.asarray(times.dayofweek) + day) / 7,
        "year": (np.asarray(times.dayofyear) - 1) / 365.25,
    }
    angles = 2 * np.pi * np.stack([turns[name] for name in cycles], axis=1)  # (count, cycles)
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)
