"""How much a channel moves from row to row, which shows flat lines and bursts of noise."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

ROWS = 8
"""Moves that are averaged over: enough to tell a flat line from two equal values."""

FLOOR = 0.01
"""Added to moves, in units of the channel, so that standing still has a logarithm."""

LARGEST = 1e3
"""A move counts for no more units than this: sums that run on must not lose what is small."""


def moving_activity(scaled: Floats, offsets: npt.NDArray[np.int64]) -> Floats:
    """Return the logarithm of the mean absolute move over the last few rows.

    Args:
        scaled: (rows, channels), in units of the channel.
        offsets: (series + 1,) borders between series; no move leads across one.

    Returns:
        (rows, channels) float64; it uses the row and those before it alone. NaN in the first row
        of a series, into which no move leads.
    """
    sums = np.zeros((len(scaled) + 1, scaled.shape[1]))
    moves = np.minimum(np.abs(np.diff(scaled, axis=0)), LARGEST)
    np.cumsum(moves, axis=0, out=sums[2:])
    rows = np.arange(len(scaled))
    before = np.minimum(ROWS, rows - np.repeat(offsets[:-1], np.diff(offsets)))[:, None]
    mean = (sums[rows + 1] - sums[rows + 1 - before[:, 0]]) / np.maximum(before, 1)
    activity: Floats = np.log(np.maximum(mean, 0.0) + FLOOR)
    return np.where(before > 0, activity, np.nan)
