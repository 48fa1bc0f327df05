"""Missing values within series: linear interpolation, the nearest value at the edges."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def fill_series(values: npt.NDArray[np.float64], offsets: npt.NDArray[np.int64]) -> None:
    """Fill the NaN of every column in place, each series for itself.

    Between two values the line between them; before the first and after the last, that value;
    zero where a series has no value in a column.

    Args:
        values: (rows, columns), float64, NaN where missing.
        offsets: (series + 1,), int64, borders of the series.

    Example:
        >>> column = np.array([[1.0], [np.nan], [3.0], [np.nan], [8.0]])
        >>> fill_series(column, np.array([0, 4, 5]))
        >>> column.ravel()
        array([1., 2., 3., 3., 8.])
    """
    for column in range(values.shape[1]):
        _fill(values[:, column], offsets)


def _fill(values: npt.NDArray[np.float64], offsets: npt.NDArray[np.int64]) -> None:
    is_missing = np.isnan(values)
    missing = np.flatnonzero(is_missing)
    if len(missing) == 0:
        return
    present = np.flatnonzero(~is_missing)
    if len(present) == 0:
        values[:] = 0.0
        return
    # Series of no rows share a border with the next: side="right" skips them.
    series = np.searchsorted(offsets, missing, side="right") - 1
    following = np.searchsorted(present, missing)
    left = present[np.maximum(following - 1, 0)]
    right = present[np.minimum(following, len(present) - 1)]
    has_left = (following > 0) & (left >= offsets[series])
    has_right = (following < len(present)) & (right < offsets[series + 1])
    left = np.where(has_left, left, right)
    right = np.where(has_right, right, left)
    share = (missing - left) / np.maximum(right - left, 1)
    before, after = values[left], values[right]
    with np.errstate(over="ignore", invalid="ignore"):
        filled = before + share * (after - before)
    # The difference of huge values may overflow; their weighted mean does not.
    filled = np.where(np.isfinite(filled), filled, before * (1.0 - share) + after * share)
    filled[~(has_left | has_right)] = 0.0
    values[missing] = filled
