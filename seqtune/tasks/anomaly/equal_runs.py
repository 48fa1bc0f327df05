"""Runs of rows in which one channel keeps its value."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seqtune.tasks.anomaly.smoothing import smooth

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NEAR, MAX_COUNTED = 1_000, 100_000
"""Rows on either side of one that are searched for the ends of its run, first and at most."""


def equal_rows(values: Floats, observed: Mask, bridge: int = 0) -> Ints:
    """Return for how many observed rows one channel has kept the value it has, (rows,).

    Args:
        values: (rows,).
        observed: (rows,); those that are not have 0.
        bridge: So many rows that are not observed have what the last one before them has.

    Example:
        >>> seen = np.array([1, 1, 0, 1, 1, 0, 0], bool)
        >>> equal_rows(np.array([5.0, 5.0, 0.0, 5.0, 7.0, 0.0, 0.0]), seen, bridge=1)
        array([1, 2, 2, 3, 1, 1, 0])
    """
    seen = np.flatnonzero(observed)
    found = np.zeros(len(values), np.int64)
    if not len(seen):
        return found
    place = np.arange(len(seen))
    found[seen] = place - np.maximum.accumulate(np.where(_begins(values[seen]), place, 0)) + 1
    if not bridge or len(seen) == len(values):
        return found
    return np.nan_to_num(smooth(np.where(observed, found, np.nan), 1, bridge)).astype(np.int64)


def run_around(values: Floats, observed: Mask, row: int) -> tuple[int, int]:
    """Return the first row, and the row after the last, of the run of equal values around a row.

    Args:
        values: (rows,) of one channel; where nothing was observed, the value before.
        observed: (rows,); what was not observed ends no run.
        row: The row.

    Example:
        >>> run_around(np.array([1.0, 2.0, 2.0, 2.0, 3.0]), np.ones(5, bool), 2)
        (1, 4)
    """
    begin, end = 0, len(values)
    for reach in (NEAR, MAX_COUNTED):  # most runs are short
        first, last = max(0, row - reach), min(len(values), row + reach)
        differs = observed[first:last] & (values[first:last] != values[row])
        others = first + np.flatnonzero(differs)
        after = int(np.searchsorted(others, row))
        begin = int(others[after - 1]) + 1 if after else first
        end = int(others[after]) if after < len(others) else last
        if begin > row - reach and end < row + reach:
            break
    return begin, end


def run_lengths(values: Floats) -> Ints:
    """Return the lengths of the runs of equal values, (runs,), in their order.

    Args:
        values: (rows,), all of them observed.

    Example:
        >>> run_lengths(np.array([5.0, 5.0, 0.0, 5.0]))
        array([2, 1, 1])
    """
    starts = np.flatnonzero(_begins(values))
    return np.diff(np.append(starts, len(values))).astype(np.int64)


def _begins(values: Floats) -> Mask:
    """Return where runs of equal values begin, (rows,)."""
    if not len(values):
        return np.zeros(0, np.bool_)
    return np.append(True, values[1:] != values[:-1])
