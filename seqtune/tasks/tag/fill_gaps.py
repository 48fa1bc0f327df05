"""Missing values of steps, by straight lines between those that are known."""

from __future__ import annotations

import numpy as np

from seqtune.tasks.tag.sequences import Floats, Rows


def fill_gaps(values: Floats, offsets: Rows) -> Floats:
    """Fill the gaps of each series by straight lines, its ends by the nearest value.

    A channel that is missing throughout a series stays NaN there.

    Args:
        values: (positions, channels), NaN where missing.
        offsets: (sequences + 1,) where each series begins.

    Example:
        >>> values = np.array([[np.nan], [1.0], [np.nan], [3.0], [9.0]])
        >>> fill_gaps(values, np.array([0, 4, 5]))[:, 0]
        array([1., 1., 2., 3., 9.])
    """
    known = np.isfinite(values)
    if known.all():
        return values
    filled = values.copy()
    place = np.arange(len(values))
    number = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    begin, end = offsets[:-1][number], offsets[1:][number] - 1
    for channel in np.flatnonzero(~known.all(axis=0)).tolist():
        seen = known[:, channel]
        before = np.maximum.accumulate(np.where(seen, place, -1))
        after = np.minimum.accumulate(np.where(seen, place, len(place))[::-1])[::-1]
        has_before, has_after = before >= begin, after <= end
        left = np.where(has_before, before, after)
        right = np.where(has_after, after, before)
        gap = ~seen & (has_before | has_after)
        one, two, at = left[gap], right[gap], place[gap]
        low, high = values[one, channel], values[two, channel]
        share = (at - one) / np.maximum(1, two - one)
        filled[gap, channel] = low + (high - low) * np.where(one == two, 0.0, share)
    return filled
