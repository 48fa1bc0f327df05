"""Whether a column is the label in other words: each of its few values comes with one label."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MIN_REPEATS = 5
"""Each value comes so often on average: a measured number, which comes once, tells nothing here."""

MIN_OTHERS = 10
"""Cases that have not the commonest label: fewer may have a value of their own by chance."""


def names_label(values: Floats, labels: Ints) -> bool:
    """Say whether each value comes with one label, more often than by chance.

    Args:
        values: (cases,).
        labels: (cases,) numbers.

    Example:
        >>> names_label(np.repeat([3.0, 4.0], 20), np.repeat([0, 1], 20))
        True
    """
    kinds, code = np.unique(values, return_inverse=True)
    count = np.bincount(labels)
    if MIN_REPEATS * len(kinds) > len(values) or len(labels) - count.max() < MIN_OTHERS:
        return False
    pairs = np.unique(code * len(count) + labels)
    return len(pairs) == len(kinds)
