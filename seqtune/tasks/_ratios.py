"""Ratios of sums over examples, with standard errors that allow for what is not independent."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.tasks._compared import ERRORS

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ratio:
    """A sum over examples divided by another one.

    Args:
        value: The ratio; NaN where there is nothing.
        influence: (examples,) by how much each example moves it.
    """

    value: float
    influence: Floats

    @property
    def error(self) -> float:
        """Its standard error; NaN where fewer than two examples have a part in it."""
        return _error(self.influence)


def ratio(above: npt.ArrayLike, below: npt.ArrayLike) -> Ratio:
    """Return the ratio of two sums over examples.

    Args:
        above: (examples,).
        below: (examples,).

    Example:
        >>> ratio([1, 1], [2, 2]).value, ratio([1, 1], [2, 2]).error
        (0.5, 0.0)

    Source:
        The error is that of a ratio estimator: Cochran 1977, Sampling Techniques, equation 6.4.
    """
    top, bottom = np.asarray(above, np.float64), np.asarray(below, np.float64)
    total = float(bottom.sum())
    if not total:
        return Ratio(math.nan, np.zeros(len(bottom)))
    value = float(top.sum()) / total
    return Ratio(value, (top - value * bottom) / total)


def apart(own: Ratio, other: Ratio) -> int:
    """Return 1 where the first ratio of the same examples is larger, -1 where smaller, or 0.

    Ratios whose difference is below two of its standard errors are not told apart.
    """
    gain = own.value - other.value
    error = _error(own.influence - other.influence)
    if not math.isfinite(gain) or not math.isfinite(error) or abs(gain) <= ERRORS * error:
        return 0
    return 1 if gain > 0 else -1 if gain < 0 else 0


def _error(influence: Floats) -> float:
    count = len(influence)
    if count < 2:
        return math.nan
    return float(np.sqrt((influence**2).sum() * count / (count - 1)))
