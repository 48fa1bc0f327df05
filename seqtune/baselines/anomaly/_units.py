"""The centre and the unit of each channel, which anomalies in training do not move much."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqtune.baselines.method import Floats

CONSTANT_SHARE = 0.01
"""The unit of a channel that never moves, as a share of its size."""


def center_and_unit(values: Floats) -> tuple[Floats, Floats]:
    """Return the median and a robust deviation of columns: (columns,) each, the latter above 0.

    The deviation is the median absolute one times 1.4826; where that is 0 (more than half of the
    values are equal) the standard deviation, and where that is 0 too a hundredth of the value.

    Args:
        values: (rows, columns), NaN where not observed; columns without any have 0 and 1.
    """
    columns = values.shape[1]
    center, unit = np.zeros(columns), deviations(values)
    for column in range(columns):
        known = values[np.isfinite(values[:, column]), column]
        if len(known):
            center[column] = np.median(known)
        if unit[column] == 0.0:
            unit[column] = CONSTANT_SHARE * abs(float(center[column])) or 1.0
    return center, unit


def deviations(values: Floats) -> Floats:
    """Return a robust deviation of columns, as `center_and_unit` tells, 0 for constant ones."""
    found = np.zeros(values.shape[1])
    for column in range(values.shape[1]):
        known = values[np.isfinite(values[:, column]), column]
        if len(known):
            robust = 1.4826 * float(np.median(np.abs(known - np.median(known))))
            least = 1e-12 * float(np.abs(known).max())
            spreads = (robust, float(known.std()))
            found[column] = next((spread for spread in spreads if spread > least), 0.0)
    return found


def stacked(train: Sequence[Floats]) -> Floats:
    """Return the rows of all segments under each other: (rows, channels)."""
    return np.concatenate(train) if train else np.empty((0, 0))


def without_unknown(scores: Floats, values: Floats) -> Floats:
    """Return (rows,) scores with NaN at rows where nothing was observed."""
    return np.where(np.isfinite(values).any(axis=1), scores, np.nan)


def largest(errors: Floats) -> Floats:
    """Return the largest error of each row over its channels: (rows,), NaN where none is known."""
    filled = np.where(np.isnan(errors), -np.inf, errors).max(axis=1, initial=-np.inf)
    return np.where(np.isfinite(filled), filled, np.nan)
