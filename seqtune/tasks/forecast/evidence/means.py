"""Means of groups of errors with their standard errors, where blocks and not windows are cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FEWEST_BLOCKS = 5
"""Of fewer blocks no standard error is worked out: their spread says next to nothing."""


@dataclass(frozen=True)
class Means:
    """Means of groups.

    Args:
        values: (groups,), NaN where nothing was counted.
        errors: (groups,) standard errors, NaN where there are too few blocks.
        counts: (groups,) int64, how many values were counted.
    """

    values: Floats
    errors: Floats
    counts: Ints


def grouped_means(
    values: Floats, weights: Floats, groups: Ints, blocks: Ints, number: int
) -> Means:
    """Return the weighted mean of each group, `sum values / sum weights`.

    The standard error is that of a ratio of sums over blocks, which are independent draws.

    Args:
        values: (windows, steps), already multiplied by the weights; NaN does not count.
        weights: (windows,), what each value of a window counts.
        groups: (windows, steps) int64, the group of each value; those below 0 do not count.
        blocks: (windows,) or (windows, steps) int64, the block of each window or value, from 0.
        number: How many groups there are.

    Example:
        >>> values, groups = np.array([[1.0, 5.0], [3.0, 7.0]]), np.array([[0, 1], [0, 1]])
        >>> grouped_means(values, np.ones(2), groups, np.array([0, 1]), 2).values.tolist()
        [2.0, 6.0]

    Source:
        Cochran 1977, "Sampling Techniques", 3rd ed., equation 9.29: clusters of unequal size.
    """
    counted = np.isfinite(values) & (groups >= 0)
    window, step = np.nonzero(counted)
    group = groups[window, step]
    block = blocks[window] if blocks.ndim == 1 else blocks[window, step]
    amounts, weighing = values[window, step], weights[window]
    counts = np.bincount(group, minlength=number)
    total = np.bincount(group, weighing, number)
    has_any = total > 0
    sums = np.bincount(group, amounts, number)
    means = np.divide(sums, total, out=np.full(number, np.nan), where=has_any)
    # residuals of each pair of a block and a group; pairs without a value are left out
    pairs, place = np.unique(block * number + group, return_inverse=True)
    residuals = np.bincount(place, amounts - np.nan_to_num(means)[group] * weighing, len(pairs))
    of_pair = pairs % number
    blocks_of = np.bincount(of_pair, minlength=number)
    squares = np.bincount(of_pair, residuals**2, number)
    enough = has_any & (blocks_of >= FEWEST_BLOCKS)
    errors = np.full(number, np.nan)
    correction = blocks_of[enough] / (blocks_of[enough] - 1)
    errors[enough] = np.sqrt(correction * squares[enough]) / total[enough]
    return Means(means, errors, counts)
