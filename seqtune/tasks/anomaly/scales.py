"""Robust scales: what is in the training part by mistake does not move them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.panel import Panel
from seqtune.data.panel.split import Split

Floats = npt.NDArray[np.float64]

NORMAL_RANGE = 1.349
"""Distance between the quartiles of a normal distribution, in standard deviations."""

RANGE_SHARE = 0.1
"""Where most values are equal, the unit is at least this share of the range of nearly all."""

CONSTANT_UNIT = 0.01
"""Unit of a channel that never moved, as a share of its size: a move of 1 % counts for one."""

LARGEST = 1e6
"""Units beyond which no value counts for more: squares stay finite in single precision."""

MAX_ROWS = 200_000
"""So many rows of a series, evenly spread, are enough to measure it."""


@dataclass(frozen=True)
class Scales:
    """Centre and unit of each series and channel.

    Args:
        center: (series, channels) median.
        spread: (series, channels) robust standard deviation, above zero.
    """

    center: Floats
    spread: Floats

    def apply(self, values: npt.NDArray[np.float64], offsets: npt.NDArray[np.int64]) -> Floats:
        """Scale (rows, channels) values within `LARGEST`, of series with the given borders."""
        scaled = np.empty(values.shape)
        for series, (begin, end) in enumerate(itertools.pairwise(offsets)):
            scaled[begin:end] = (values[begin:end] - self.center[series]) / self.spread[series]
        return np.clip(scaled, -LARGEST, LARGEST, out=scaled)


def robust_scales(panel: Panel, split: Split) -> Scales:
    """Measure the training rows of each series: median, and distance between the quartiles.

    Args:
        panel: The rows.
        split: Where training ends.
    """
    shape = (len(panel.series), len(panel.target_names))
    center, spread = np.zeros(shape), np.ones(shape)
    for series, (begin, end) in enumerate(zip(split.begin, split.train_end, strict=True)):
        stride = max(1, int(end - begin) // MAX_ROWS)
        values = np.where(panel.observed[begin:end:stride], panel.target[begin:end:stride], np.nan)
        center[series], spread[series] = center_and_unit(values)
    return Scales(center, spread)


def center_and_unit(values: Floats) -> tuple[Floats, Floats]:
    """Return median and robust standard deviation of columns, the latter above zero.

    The unit is the distance between the quartiles, or a tenth of that between the 1st and the
    99th hundredth where that is more (a channel that mostly stands still), or the standard
    deviation (one that nearly always does), or a hundredth of the value (one that always does).

    Args:
        values: (rows, columns), NaN where nothing was observed.

    Returns:
        (columns,) each; 0 and 1 for a column without any value.

    Example:
        >>> center_and_unit(np.array([[5.0], [5.0], [5.0]]))
        (array([5.]), array([0.05]))
    """
    center, unit = np.zeros(values.shape[1]), np.ones(values.shape[1])
    for column in range(values.shape[1]):
        seen = values[:, column][np.isfinite(values[:, column])]
        if not len(seen):
            continue
        low, first, middle, third, high = np.quantile(seen, (0.01, 0.25, 0.5, 0.75, 0.99))
        found = max((third - first) / NORMAL_RANGE, RANGE_SHARE * (high - low))
        if found <= 1e-12 * abs(middle):
            found = float(seen.std())
        if found <= 1e-12 * abs(middle):
            found = CONSTANT_UNIT * (abs(middle) or 1.0)
        center[column], unit[column] = middle, found
    return center, unit
