"""Which rows of a long stretch are drawn, so that no peak is lost and spans keep their place."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def kept_rows(count: int, most: int, lines: Sequence[Floats]) -> Ints:
    """Return rows to draw: all, or of each part the least and the largest of every line.

    Args:
        count: Rows there are.
        most: Rows that may be drawn.
        lines: (count,) each, NaN for gaps.

    Returns:
        (at most `most`,) int64, rising.

    Example:
        >>> kept_rows(6, 4, [np.array([0.0, 9.0, 1.0, 2.0, -5.0, 3.0])]).tolist()
        [0, 1, 4, 5]
    """
    if count <= most:
        return np.arange(count)
    parts = max(1, most // max(1, 2 * len(lines)))
    borders = np.linspace(0, count, parts + 1).astype(np.int64)
    kept: set[int] = set()
    for begin, end in pairwise(borders.tolist()):
        for line in lines:
            part = line[begin:end]
            if np.isnan(part).all():
                kept.add(begin)
            else:
                kept |= {begin + int(np.nanargmin(part)), begin + int(np.nanargmax(part))}
    return np.array(sorted(kept), np.int64)


def drawn_span(first: int, last: int, kept: Ints) -> tuple[int, int]:
    """Return the first and the last place among the kept rows of a range of rows.

    A range of which no row was kept stands at the nearest one after it, or the last.

    Example:
        >>> drawn_span(3, 9, np.array([0, 4, 8, 12])), drawn_span(5, 6, np.array([0, 4, 8, 12]))
        ((1, 2), (2, 2))
    """
    begin = min(int(np.searchsorted(kept, first)), len(kept) - 1)
    end = int(np.searchsorted(kept, last, side="right")) - 1
    return begin, max(begin, end)
