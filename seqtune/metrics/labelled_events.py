"""Labelled events: runs of rows labelled 1, which end where a series ends.

Rows of several series stand one after the other; `offsets` says where each begins. A row whose
score is NaN was not scored: it counts neither as found nor as missed, nor as a false alarm, and
an event none of whose rows was scored is left out. Rows keep their places all the same: a row
that was not scored neither divides an event nor brings its neighbours closer together.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def runs(flags: npt.ArrayLike, offsets: Ints | None = None) -> Ints:
    """Return where rows that are set follow each other without a gap.

    Args:
        flags: (rows,), 0 or 1, or booleans.
        offsets: (series + 1,), int64: series i has the rows from `offsets[i]` to before
            `offsets[i + 1]`. None takes the rows as one series.

    Returns:
        (runs, 2), int64: the first and the last row of each run, in order.

    Example:
        >>> runs([0, 1, 1, 0, 1]).tolist()
        [[1, 2], [4, 4]]
        >>> runs([0, 1, 1, 0, 1], np.array([0, 2, 5])).tolist()
        [[1, 1], [2, 2], [4, 4]]
    """
    is_set = as_mask(flags)
    if not len(is_set):
        return np.empty((0, 2), np.int64)
    begins = is_set.copy()
    ends = is_set.copy()
    begins[1:] &= ~is_set[:-1]
    ends[:-1] &= ~is_set[1:]
    if offsets is not None:
        inner = offsets[(offsets > 0) & (offsets < len(is_set))]
        begins[inner] = is_set[inner]
        ends[inner - 1] = is_set[inner - 1]
    return np.stack([np.flatnonzero(begins), np.flatnonzero(ends)], axis=1)


def as_mask(flags: npt.ArrayLike) -> Mask:
    """Return labels or flags as booleans: (rows,).

    Raises:
        ValueError: There is a value other than 0 and 1, or not one per row.
    """
    values = np.asarray(flags)
    if values.ndim != 1:
        raise ValueError(f"expected one label per row, found shape {values.shape}")
    if values.dtype != np.bool_ and not np.isin(values, (0, 1)).all():
        raise ValueError("a label is neither 0 nor 1")
    return values.astype(np.bool_)


def count_within(flags: Mask, ranges: Ints) -> Ints:
    """Return how many rows of each range are set.

    Args:
        flags: (rows,).
        ranges: (ranges, 2), the first and the last row of each.

    Returns:
        (ranges,), int64.
    """
    counts = np.concatenate([[0], np.cumsum(flags)])
    return np.asarray(counts[ranges[:, 1] + 1] - counts[ranges[:, 0]], np.int64)
