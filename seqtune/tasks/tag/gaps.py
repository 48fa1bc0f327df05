"""Missing values of series, filled from the values around them, or from those before alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


def filled(values: Floats, offsets: Rows, *, is_causal: bool = False) -> Floats:
    """Fill gaps within each series: by straight lines, at the ends by the nearest value.

    A network that looks back alone must not learn from what comes: the last value before a gap
    fills it then. What has no value to take stays NaN.

    Args:
        values: (positions, channels), NaN where missing.
        offsets: (series + 1,), where each series begins.
        is_causal: Whether only values before a gap may fill it.

    Example:
        >>> filled(np.array([[1.0], [np.nan], [3.0]]), np.array([0, 3])).ravel().tolist()
        [1.0, 2.0, 3.0]
    """
    known = np.isfinite(values)
    if known.all():
        return values
    place = np.arange(len(values))
    first = np.repeat(offsets[:-1], np.diff(offsets))  # (positions,) of the series of each
    end = np.repeat(offsets[1:], np.diff(offsets))
    made = np.where(known, values, np.nan)
    for channel in np.flatnonzero(~known.all(axis=0)).tolist():
        seen = known[:, channel]
        gaps = np.flatnonzero(~seen)
        before = np.maximum.accumulate(np.where(seen, place, -1))[gaps]
        after = np.minimum.accumulate(np.where(seen, place, len(values))[::-1])[::-1][gaps]
        has_before, has_after = before >= first[gaps], after < end[gaps]
        column = values[:, channel]
        low = np.where(has_before, column[np.maximum(before, 0)], np.nan)
        if is_causal:
            made[gaps, channel] = low
            continue
        high = np.where(has_after, column[np.minimum(after, len(values) - 1)], np.nan)
        share = (gaps - before) / np.maximum(after - before, 1)
        between = low * (1 - share) + high * share
        made[gaps, channel] = np.where(has_before & has_after, between,
                                       np.where(has_before, low, high))  # fmt: skip
    return made
