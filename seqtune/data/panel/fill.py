"""Missing values within series: the last value before the gap is carried forward.

A line drawn to the value after the gap would let a history that ends inside the gap see the
future. What lies before the first value has nothing to carry: it stays open.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def fill_series(values: npt.NDArray[np.float64], offsets: npt.NDArray[np.int64]) -> None:
    """Fill the NaN of every column in place, each series for itself.

    A gap takes the value before it; what lies before the first value stays NaN, and so does a
    series without any value in a column.

    Args:
        values: (rows, columns), float64, NaN where missing.
        offsets: (series + 1,), int64, borders of the series.

    Example:
        >>> column = np.array([[1.0], [np.nan], [3.0], [np.nan], [8.0]])
        >>> fill_series(column, np.array([0, 3, 5]))
        >>> column.ravel()
        array([ 1.,  1.,  3., nan,  8.])
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
        return
    # Series of no rows share a border with the next: side="right" skips them.
    series = np.searchsorted(offsets, missing, side="right") - 1
    following = np.searchsorted(present, missing)
    before = present[np.maximum(following - 1, 0)]
    has_before = (following > 0) & (before >= offsets[series])
    values[missing[has_before]] = values[before[has_before]]
