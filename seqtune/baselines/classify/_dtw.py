"""Dynamic time warping between many series at once.

The cheapest way to align two series, each step of either matched to one or more of the other, in
order: the sum over matched steps of the squared Euclidean distance over channels (all channels
warped together). A band keeps matched steps i and j at |i - j| <= width.

The cost of aligning up to steps i and j is

    D(i, j) = |x_i - y_j|^2 + min(D(i - 1, j), D(i, j - 1), D(i - 1, j - 1))

and cells with the same i + j do not depend on each other: the table is filled one such
anti-diagonal after the other, for all pairs of series of two given lengths at once.

Source:
    Sakoe and Chiba 1978, "Dynamic programming algorithm optimization for spoken word
    recognition", IEEE Trans. on ASSP 26(1); dependent warping of channels: Shokoohi-Yekta et al.
    2017, Data Mining and Knowledge Discovery 31(1).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from seqtune.baselines.method import Floats

CELLS = 1 << 18  # of an anti-diagonal, over all pairs of a block

Indices = npt.NDArray[np.intp]


def warping_costs(first: Sequence[Floats], second: Sequence[Floats]) -> Floats:
    """Return the cost of warping each series of `first` onto each of `second`.

    Args:
        first: A (steps, channels) array per series, of any lengths of at least 1.
        second: The same, with the same channels.

    Returns:
        (first, second), float64: sums of squares, no root taken.
    """
    costs = np.empty((len(first), len(second)))
    for some in _by_length(first):
        x = np.stack([first[index] for index in some], axis=1)
        for others in _by_length(second):
            y = np.stack([second[index] for index in others], axis=1)
            width = band(len(x), len(y))
            block = max(CELLS // ((width + 1) * len(others)), 1)
            for start in range(0, len(some), block):
                rows = slice(start, start + block)
                costs[np.ix_(some[rows], others)] = costs_of_equal_lengths(x[:, rows], y, width)
    return costs


def band(steps: int, others: int) -> int:
    """Return the band for two lengths: a tenth of the longer, rounded up, or their difference."""
    return max(-(-max(steps, others) // 10), abs(steps - others))


def costs_of_equal_lengths(x: Floats, y: Floats, width: int) -> Floats:
    """Return the costs between series of one length and series of another.

    Args:
        x: (steps, series, channels).
        y: (other steps, other series, channels).
        width: The band, at least the difference of the lengths.

    Returns:
        (series, other series), float64.
    """
    # Row i + 1 of a diagonal is the cell of step i of x; what lies outside the band is infinite.
    shape = (len(x) + 2, x.shape[1], y.shape[1])
    before, last, current = (np.full(shape, np.inf) for _ in range(3))
    before[0] = 0.0  # so that the first cell costs its own distance only
    for diagonal in range(len(x) + len(y) - 1):
        low = max(0, diagonal - len(y) + 1, (diagonal - width + 1) // 2)
        high = min(len(x) - 1, diagonal, (diagonal + width) // 2)
        cells = slice(low + 1, high + 2)
        up = slice(low, high + 1)
        cheapest = np.minimum(last[up], last[cells])
        np.minimum(cheapest, before[up], out=cheapest)
        current[low] = current[high + 2] = np.inf
        columns = diagonal - np.arange(low, high + 1)
        np.add(cheapest, _squared_distances(x[low : high + 1], y[columns]), out=current[cells])
        before, last, current = last, current, before
    costs: Floats = last[len(x)]
    return costs


def _squared_distances(x: Floats, y: Floats) -> Floats:
    total = np.zeros((len(x), x.shape[1], y.shape[1]))
    for channel in range(x.shape[2]):
        difference = x[:, :, None, channel] - y[:, None, :, channel]
        total += np.square(difference, out=difference)
    return total


def _by_length(series: Sequence[Floats]) -> list[Indices]:
    lengths = np.array([len(one) for one in series])
    return [np.flatnonzero(lengths == length) for length in np.unique(lengths)]
