"""Centre and deviation of the channels of series, whatever their unit."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged

Floats = npt.NDArray[np.float64]

LARGEST = 1e6
"""Deviations beyond which a network sees no value: its squares stay finite."""

MIN_SPREAD = 1e-12
"""Relative to its size; a channel, or a case, that varies less is constant."""


def fit_channels(series: Ragged, rows: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Measure training cases.

    Args:
        series: All cases, (steps, channels) each; NaN where a value is missing.
        rows: Those of the training part.

    Returns:
        Mean and standard deviation of each channel over all their steps, (channels,) each; where a
        channel is constant, its size, or 1.
    """
    steps = np.concatenate([np.asarray(case, np.float64) for case in series.select(rows)])
    known = np.isfinite(steps)
    count = np.maximum(known.sum(axis=0, keepdims=True), 1)
    center, spread = center_and_spread(steps, known, count, axis=0)
    return center[0], spread[0]


def center_and_spread(values: Floats, counted: Any, count: Any, axis: int) -> tuple[Floats, Floats]:
    """Return mean and deviation along an axis, which is kept; where constant, the size, or 1.

    Values are counted in the largest of them, so that no square is too large or too small.
    """
    values = np.where(counted, values, 0.0)
    size = np.abs(values).max(axis=axis, keepdims=True, initial=0.0)
    size = np.where(size > 0, size, 1.0)
    center = (values / size).sum(axis=axis, keepdims=True) / count
    squares = np.where(counted, (values / size - center) ** 2, 0.0)
    spread = np.sqrt(squares.sum(axis=axis, keepdims=True) / count)
    return size * center, size * np.where(spread > MIN_SPREAD, spread, 1.0)


def in_deviations(values: Floats, center: Floats, spread: Floats) -> Floats:
    """Return values in deviations from their centre, `LARGEST` at most."""
    return np.clip((values - center) / spread, -LARGEST, LARGEST)
