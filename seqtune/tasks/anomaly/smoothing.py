"""Errors averaged over a span of rows: a score that does not jump from row to row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def smooth(
    errors: npt.NDArray[np.floating], span: int, bridge: int, *, noncausal: bool = False
) -> npt.NDArray[np.float64]:
    """Average the errors over a span of rows.

    Args:
        errors: (rows,), NaN where a row has none.
        span: Rows that are averaged over: the row and those before it; in noncausal, half of them
            after it.
        bridge: A row without an error has that of the last one before it, not more than so many
            rows before.
        noncausal: Whether rows after a row count too.

    Returns:
        (rows,) float64, NaN where there is nothing to average.

    Example:
        >>> smooth(np.array([2.0, 4.0, np.nan, 6.0]), 2, 1)
        array([2., 3., 4., 5.])
    """
    values = _carried(np.asarray(errors, np.float64), bridge)
    span = max(1, span)
    if span == 1:
        return values
    rows = np.arange(len(values))
    after = (span - 1) // 2 if noncausal else 0
    end = np.minimum(rows + 1 + after, len(values))
    begin = np.maximum(rows + 1 + after - span, 0)
    known = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    amount = counts[end] - counts[begin]
    mean = (sums[end] - sums[begin]) / np.maximum(amount, 1)
    return np.where(known & (amount > 0), mean, np.nan)


def moved_on(averages: npt.NDArray[np.float64], span: int) -> npt.NDArray[np.float64]:
    """Let averages of a row and of those before it speak for the row in the middle of them.

    Args:
        averages: (rows,), each of `span` rows that end with its own; NaN where there is none.
        span: Rows that were averaged. A row in the middle of nothing, as the last ones are, keeps
            the latest one; where a row had none it has none.

    Example:
        >>> moved_on(np.array([1.0, 2.0, np.nan, 3.0, 4.0]), 3)
        array([2., 2., nan, 4., 4.])
    """
    known = np.isfinite(averages)
    rows = np.arange(len(averages))
    latest = np.maximum.accumulate(np.where(known, rows, 0))  # at a row or before it
    ahead = np.minimum(rows + (span - 1) // 2, len(averages) - 1)
    return np.where(known, averages[np.maximum(latest[ahead], rows)], np.nan)


def smooth_part(
    errors: npt.NDArray[np.floating],
    span: int,
    bridge: int,
    part: tuple[int, int],
    *,
    noncausal: bool = False,
) -> npt.NDArray[np.float64]:
    """Average as `smooth` does, but return some rows alone, looking at no more than they need.

    Args:
        errors: (rows,), of all rows.
        span: Rows that are averaged over.
        bridge: Rows without an error that are bridged.
        part: The first row, and the first row after the last.
        noncausal: Whether rows after a row count too.

    Example:
        >>> smooth_part(np.array([2.0, 4.0, np.nan, 6.0]), 2, 1, (2, 4))
        array([4., 5.])
    """
    begin, end = part
    first = max(0, begin - max(1, span) - bridge)
    last = min(len(errors), end + (span if noncausal else 0))
    smoothed = smooth(errors[first:last], span, bridge, noncausal=noncausal)
    return smoothed[begin - first : end - first]


def _carried(values: npt.NDArray[np.float64], bridge: int) -> npt.NDArray[np.float64]:
    """Fill rows without an error by the last one before them, not more than `bridge` rows on."""
    rows = np.arange(len(values))
    if not len(values):
        return values
    last = np.maximum.accumulate(np.where(np.isfinite(values), rows, -1))
    near = (last >= 0) & (rows - last <= bridge)
    return np.where(near, values[np.maximum(last, 0)], np.nan)
